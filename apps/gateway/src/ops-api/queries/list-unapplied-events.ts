import { isCanary } from '#contracts';
import type { Selectable } from 'kysely';
import { isReal } from '../../ledger/canary-rows.ts';
import type { EventOutcome, EventsTable } from '../../ledger/tables.ts';
import type { RefusalFilter } from './list-door-refusals.ts';
import type { Reading } from '../ops-ledger.ts';
import { given } from './sql-forms.ts';

const COLUMNS = [
  'seq', 'source', 'event_id', 'type', 'party', 'project_no', 'hall_code', 'data_version', 'sequence', 'trace_id', 'occurred_at', 'door_at',
  'recorded_at', 'outcome', 'outcome_code', 'outcome_zh', 'outcome_at',
] as const satisfies readonly (keyof EventsTable)[];

export type UnappliedEventRow = Pick<Selectable<EventsTable>, (typeof COLUMNS)[number]>;

/** Events that did not move their case, of one outcome, last recorded first, below a row number. Canaries (拨测) are left out unless one is asked for. Index: events (outcome, seq) where not applied. */
export function listUnappliedEvents(
  trx: Reading, outcome: Exclude<EventOutcome, 'applied'>, filter: RefusalFilter, below: number | null, rows: number,
): Promise<UnappliedEventRow[]> {
  return trx.selectFrom('events')
    .select(COLUMNS)
    .where('outcome', '=', outcome)
    .where((eb) => eb.and([
      eb('outcome', '<>', 'applied'),
      ...(isCanary(filter.projectNo ?? '') ? [] : [isReal()]),
      ...given(filter.code, (code) => eb('outcome_code', '=', code)),
      ...given(filter.party, (party) => eb('party', '=', party as UnappliedEventRow['party'])),
      ...given(filter.projectNo, (projectNo) => eb('project_no', '=', projectNo)),
      ...given(filter.from, (from) => eb('recorded_at', '>=', from)),
      ...given(filter.until, (until) => eb('recorded_at', '<', until)),
      ...given(below, (seq) => eb('seq', '<', seq)),
    ]))
    .orderBy('seq', 'desc')
    .limit(rows)
    .execute();
}
