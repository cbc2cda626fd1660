import type { ItemRow } from '../../ledger/operation-item-rows.ts';
import type { OperationRow } from '../../ledger/operation-rows.ts';
import type { ItemState, ItemVerdict, OperationKind, OperationStatus } from '../../ledger/operation-tables.ts';
import type { Reading } from '../ops-ledger.ts';
import type { TimePlace } from '../paging/cursor.ts';
import { after, given, micros } from './sql-forms.ts';

export interface OperationFilter {
  readonly status?: OperationStatus;
  readonly kind?: OperationKind;
  readonly open?: boolean;
  /** Open, or ended and not acknowledged. */
  readonly pinned?: boolean;
}

/** Operations newest first. Indexes: operations_created; operations_pinned for those that are. */
export function listOperations(trx: Reading, { status, kind, open, pinned }: OperationFilter, place: TimePlace | null, rows: number): Promise<(OperationRow & { created_micros: string })[]> {
  return trx.selectFrom('operations').selectAll().select(micros('operations.created_at').as('created_micros'))
    .where((eb) => eb.and([
      ...given(status, (word) => eb('status', '=', word)),
      ...given(kind, (word) => eb('kind', '=', word)),
      ...given(open, (is) => eb('finished_at', is ? 'is' : 'is not', null)),
      ...given(pinned, (is) => eb('acknowledged_at', is ? 'is' : 'is not', null)),
      ...given(place, (from) => after('operations.created_at', 'operations.id', from)),
    ]))
    .orderBy('created_at', 'desc').orderBy('id', 'desc').limit(rows).execute();
}

export function findOperation(trx: Reading, id: string): Promise<OperationRow | undefined> {
  return trx.selectFrom('operations').selectAll().where('id', '=', id).executeTakeFirst();
}

/** The transfers of an operation in their order. */
export function listOperationItems(
  trx: Reading, id: string, { state, verdict }: { readonly state?: ItemState; readonly verdict?: ItemVerdict }, after: number | null, rows: number,
): Promise<ItemRow[]> {
  return trx.selectFrom('operation_items').selectAll().where('operation_id', '=', id)
    .where((eb) => eb.and([
      ...given(state, (word) => eb('state', '=', word)),
      ...given(verdict, (word) => eb('verdict', '=', word)),
      ...given(after, (seq) => eb('seq', '>', seq)),
    ]))
    .orderBy('seq').limit(rows).execute();
}

const MAX_HISTORY = 200;

/** What was recorded of an operation, oldest first. Index: evidence_subject. */
export async function operationHistory(trx: Reading, id: string): Promise<string[]> {
  const rows = await trx.selectFrom('evidence').select('entry').where('subject_kind', '=', 'operation').where('subject', '=', id).orderBy('seq').limit(MAX_HISTORY).execute();
  return rows.map(({ entry }) => entry);
}
