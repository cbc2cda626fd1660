import { sql } from 'kysely';
import { isReal } from '../../ledger/canary-rows.ts';
import type { Reading } from '../ops-ledger.ts';

/** Transfers and receipts looked at for the strip, at most. */
export const STRIP_CAP = 100_000;

/** What is not through of the cases of one day. */
export interface StripRow {
  /** `2026-11-22`, in Beijing. */
  readonly day: string;
  readonly what: 'waiting' | 'failed' | 'given-up' | 'unapplied';
  readonly cases: number;
}

/**
 * What did not go through, by the day on which its case entered the ledger: found from what is not delivered, so that the many days on which all went well cost
 * nothing. Indexes: transfers_undelivered_age, transfers_discarded, events_receipts_unapplied.
 */
export async function readStrip(trx: Reading, from: Date, until: Date): Promise<StripRow[]> {
  const { rows } = await sql<StripRow>`
    select to_char((at at time zone 'UTC') + interval '8 hours', 'YYYY-MM-DD') as day, what, count(distinct project_no) as cases from (
      select c.created_at as at, t.project_no, t.what from (
        (select project_no, case when status = 'failed' then 'failed' else 'waiting' end as what from transfers
          where status in ('held', 'in_flight', 'retry_wait', 'failed') and created_at >= ${from} and ${isReal('project_no')} order by created_at desc, id desc limit ${STRIP_CAP})
        union all
        (select project_no, 'given-up' from transfers where status = 'discarded' and created_at >= ${from} and ${isReal('project_no')} order by created_at desc, id desc limit ${STRIP_CAP})
      ) t join cases c on c.project_no = t.project_no
      union all
      (select e.recorded_at, e.project_no, 'unapplied' from events e
        where e.type = 'case.received' and e.outcome <> 'applied' and e.recorded_at >= ${from} and ${isReal('e.project_no')}
          and not exists (select from cases c where c.project_no = e.project_no) limit ${STRIP_CAP})
    ) open
    where at >= ${from} and at < ${until} group by 1, 2`.execute(trx);
  return rows;
}
