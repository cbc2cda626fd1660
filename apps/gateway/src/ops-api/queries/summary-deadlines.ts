import { CASE_STATUSES } from '#contracts';
import { sql } from 'kysely';
import type { Reading } from '../ops-ledger.ts';

const OPEN = Object.entries(CASE_STATUSES).filter(([, { terminal }]) => !terminal).map(([status]) => status);

/** What is promised for one day. */
export interface PromisedToday {
  /** Not finished when it was promised for. */
  readonly breached: number;
  /** Still to come, and not finished. */
  readonly due: number;
  /** How many were looked at: finished ones, too. */
  readonly looked: number;
}

/** Cases promised for the day from `from` to `to`, at most `cap` of them. Index: cases_promised. */
export async function countPromised(trx: Reading, from: Date, to: Date, cap: number): Promise<PromisedToday> {
  const { rows: [counts] } = await sql<PromisedToday>`
    select count(*) filter (where promise_due_at <= statement_timestamp() and (status in (${sql.join(OPEN)}) or completed_at > promise_due_at)) as breached,
      count(*) filter (where promise_due_at > statement_timestamp() and status in (${sql.join(OPEN)})) as due, count(*) as looked
    from (select promise_due_at, status, completed_at from cases
          where promise_due_at is not null and not canary and promise_due_at >= ${from} and promise_due_at < ${to} order by promise_due_at limit ${cap}) c`.execute(trx);
  if (counts === undefined) throw new Error('counting gave no row');
  return counts;
}
