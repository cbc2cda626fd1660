import type { EventType, Party } from '#contracts';
import type { Reading } from '../ops-ledger.ts';

export interface CaseDuplicateRow {
  readonly seq: number;
  readonly event_seq: number;
  readonly event_id: string;
  readonly type: EventType;
  readonly party: Party;
  readonly door_at: Date;
  readonly recorded_at: Date;
  readonly same_body: boolean;
}

/** The suppressed duplicates of a case's events, with the event each repeats. Indexes: events (project_no, seq), suppressed_duplicates (event_seq). */
export function caseDuplicates(trx: Reading, projectNo: string, rows: number): Promise<CaseDuplicateRow[]> {
  return trx.selectFrom('suppressed_duplicates as d')
    .innerJoin('events as e', 'e.seq', 'd.event_seq')
    .select(['d.seq', 'd.event_seq', 'e.event_id', 'e.type', 'e.party', 'd.door_at', 'd.recorded_at', 'd.same_body'])
    .where('e.project_no', '=', projectNo)
    .orderBy('d.seq')
    .limit(rows)
    .execute();
}
