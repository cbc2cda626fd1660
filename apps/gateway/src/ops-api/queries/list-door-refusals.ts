import type { Selectable } from 'kysely';
import type { DoorRefusalsTable } from '../../ledger/tables.ts';
import type { Reading } from '../ops-ledger.ts';
import { given } from './sql-forms.ts';

/** What a list of refusals is narrowed to; every part is optional. */
export interface RefusalFilter {
  readonly code?: string;
  readonly party?: string;
  readonly projectNo?: string;
  /** Recorded at or after. */
  readonly from?: Date;
  /** Recorded before. */
  readonly until?: Date;
}

export type DoorRefusalRow = Selectable<DoorRefusalsTable>;

/** Refusals at the doors, last recorded first, below a row number. Indexes: the primary key; door_refusals (project_no). */
export function listDoorRefusals(trx: Reading, filter: RefusalFilter, below: number | null, rows: number): Promise<DoorRefusalRow[]> {
  return trx.selectFrom('door_refusals')
    .selectAll()
    .where((eb) => eb.and([
      ...given(filter.code, (code) => eb('code', '=', code)),
      ...given(filter.party, (party) => eb('party', '=', party as DoorRefusalRow['party'])),
      ...given(filter.projectNo, (projectNo) => eb('project_no', '=', projectNo)),
      ...given(filter.from, (from) => eb('recorded_at', '>=', from)),
      ...given(filter.until, (until) => eb('recorded_at', '<', until)),
      ...given(below, (seq) => eb('seq', '<', seq)),
    ]))
    .orderBy('seq', 'desc')
    .limit(rows)
    .execute();
}
