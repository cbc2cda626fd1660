import type { EventType } from '#contracts';
import { sql } from 'kysely';
import { isReal } from '../../ledger/canary-rows.ts';
import type { Reading } from '../ops-ledger.ts';

export interface WaitingEvents {
  readonly count: number;
  readonly oldest_event_id: string | null;
  readonly oldest_type: EventType | null;
  readonly oldest_project_no: string | null;
  readonly oldest_recorded_at: Date | null;
}

/** How many events wait for their predecessor (at most `cap` are counted), and the one that waits longest. Index: events (outcome, seq) where not applied. */
export async function countWaiting(trx: Reading, cap: number): Promise<WaitingEvents> {
  const { rows: [waiting] } = await sql<WaitingEvents>`
    select
      (select count(*) from (select from events where outcome = 'parked' and outcome <> 'applied' and ${isReal()} limit ${cap}) parked) as count,
      oldest.event_id as oldest_event_id, oldest.type as oldest_type, oldest.project_no as oldest_project_no, oldest.recorded_at as oldest_recorded_at
    from (select) nothing
    left join (
      select event_id, type, project_no, recorded_at from events where outcome = 'parked' and outcome <> 'applied' and ${isReal()} order by seq limit 1
    ) oldest on true`.execute(trx);
  if (waiting === undefined) throw new Error('counting gave no row');
  return waiting;
}
