import type { Selectable } from 'kysely';
import type { EventsTable } from '../../ledger/tables.ts';
import type { Reading } from '../ops-ledger.ts';

const COLUMNS = [
  'seq', 'source', 'event_id', 'type', 'party', 'data_version', 'sequence', 'trace_id', 'occurred_at', 'door_at', 'recorded_at',
  'outcome', 'outcome_code', 'outcome_zh', 'outcome_at', 'status_after',
] as const satisfies readonly (keyof EventsTable)[];

export type CaseEventRow = Pick<Selectable<EventsTable>, (typeof COLUMNS)[number]>;

/** The events of a case in the order they were recorded, whatever became of them; never their sealed bodies. Index: events (project_no, seq). */
export function caseEvents(trx: Reading, projectNo: string, rows: number): Promise<CaseEventRow[]> {
  return trx.selectFrom('events').select(COLUMNS).where('project_no', '=', projectNo).orderBy('seq').limit(rows).execute();
}
