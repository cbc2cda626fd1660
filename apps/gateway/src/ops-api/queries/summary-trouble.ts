import { sql } from 'kysely';
import { isReal } from '../../ledger/canary-rows.ts';
import type { Reading } from '../ops-ledger.ts';

/** What did not go as it should since a moment. */
export interface TroubleCounts {
  readonly refused_at_door: number;
  readonly refused_by_lifecycle: number;
  readonly dead_letters: number;
  readonly duplicates: number;
  /** One event id, two contents: an alarm. */
  readonly conflicting_duplicates: number;
}

/**
 * Counts refusals, dead letters and duplicates since `since`, looking at no more than the newest `cap` rows of each table (by its primary key,
 * so no index on time is needed): the answer is exact below `cap` and says "at least" above. Index: events (outcome, seq) where not applied.
 */
export async function countTrouble(trx: Reading, since: Date, cap: number): Promise<TroubleCounts> {
  const { rows: [counts] } = await sql<TroubleCounts>`
    select
      (select count(*) from (select recorded_at from door_refusals order by seq desc limit ${cap}) r where recorded_at >= ${since}) as refused_at_door,
      (select count(*) from (select recorded_at from events where outcome = 'refused' and outcome <> 'applied' and ${isReal()} order by seq desc limit ${cap}) e
       where recorded_at >= ${since}) as refused_by_lifecycle,
      (select count(*) from (select received_at from dead_letters where status = 'open' order by seq desc limit ${cap}) l where received_at >= ${since}) as dead_letters,
      d.duplicates, d.conflicting_duplicates
    from (
      select count(*) as duplicates, count(*) filter (where not same_body) as conflicting_duplicates
      from (select recorded_at, same_body from suppressed_duplicates order by seq desc limit ${cap}) newest where recorded_at >= ${since}
    ) d`.execute(trx);
  if (counts === undefined) throw new Error('counting gave no row');
  return counts;
}
