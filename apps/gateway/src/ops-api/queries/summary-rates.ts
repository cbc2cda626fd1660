import { sql } from 'kysely';
import { isReal } from '../../ledger/canary-rows.ts';
import type { Reading } from '../ops-ledger.ts';

export interface RecentWork {
  readonly events: number;
  readonly delivered: number;
  readonly failed_attempts: number;
  /** Milliseconds of the delivered attempts; `null` when there were none. */
  readonly p50_ms: number | null;
  readonly p99_ms: number | null;
}

/** What was recorded in the last seconds, out of the newest `cap` rows of each table. Indexes: the primary keys. */
export async function recentWork(trx: Reading, seconds: number, cap: number): Promise<RecentWork> {
  const { rows: [work] } = await sql<RecentWork>`
    select
      (select count(*) from (select recorded_at, project_no from events order by seq desc limit ${cap}) e
       where ${isReal()} and recorded_at >= now() - make_interval(secs => ${seconds})) as events,
      count(*) filter (where outcome = 'delivered') as delivered,
      count(*) filter (where outcome <> 'delivered') as failed_attempts,
      percentile_disc(0.5) within group (order by latency_ms) filter (where outcome = 'delivered') as p50_ms,
      percentile_disc(0.99) within group (order by latency_ms) filter (where outcome = 'delivered') as p99_ms
    from (select transfer_id, outcome, latency_ms, recorded_at from attempts order by seq desc limit ${cap}) a
    join transfers t on t.id = a.transfer_id and ${isReal('t.project_no')}
    where recorded_at >= now() - make_interval(secs => ${seconds})`.execute(trx);
  if (work === undefined) throw new Error('counting gave no row');
  return work;
}
