import type { Destination } from '#contracts';
import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import type { LedgerTables } from './tables.ts';

/** The transfers to one destination that wait after the same attempt. */
export interface Rung {
  readonly destination: Destination;
  /** The attempt that failed. */
  readonly attempt: number;
  readonly count: number;
  /** How many of them are past their time. */
  readonly due: number;
  readonly next_at: Date;
  readonly oldest_at: Date;
}

/** The statement behind {@link loadRetryLadder}, for its plan to be looked at. */
export function retryLadder(destinations: readonly Destination[]): ReturnType<typeof sql<Rung>> {
  return sql<Rung>`
    select d.destination, rung.* from unnest(${destinations}::text[]) as d(destination)
    cross join lateral (
      select attempts as attempt, count(*) as count, count(*) filter (where next_attempt_at <= statement_timestamp()) as due,
        min(next_attempt_at) as next_at, min(created_at) as oldest_at
      from transfers t where t.status = 'retry_wait' and t.destination = d.destination
      group by attempts
    ) rung
    order by d.destination, rung.attempt`;
}

/** How many wait on each rung of these destinations (重试阶梯). Index: transfers_ladder, which holds every column that is asked for. */
export async function loadRetryLadder(db: Kysely<LedgerTables>, destinations: readonly Destination[]): Promise<Rung[]> {
  const { rows } = await retryLadder(destinations).execute(db);
  return rows;
}
