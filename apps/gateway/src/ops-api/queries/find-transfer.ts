import type { Selectable } from 'kysely';
import type { ItemState, ItemVerdict, OperationKind } from '../../ledger/operation-tables.ts';
import type { AttemptsTable } from '../../ledger/tables.ts';
import type { Reading } from '../ops-ledger.ts';
import { TRANSFER_COLUMNS } from './transfer-columns.ts';
import type { TransferRow } from './transfer-columns.ts';

const MAX_ATTEMPTS = 200;
const MAX_OPERATIONS = 50;

/** One transfer as lists show it. */
export function findTransfer(trx: Reading, id: string): Promise<TransferRow | undefined> {
  return trx.selectFrom('transfers').innerJoin('events', 'events.seq', 'transfers.event_seq')
    .select(TRANSFER_COLUMNS).where('transfers.id', '=', id).executeTakeFirst();
}

/** The newest attempts of one transfer, newest first. Index: attempts_transfer_attempt. */
export function attemptsOf(trx: Reading, id: string): Promise<Selectable<AttemptsTable>[]> {
  return trx.selectFrom('attempts').selectAll().where('transfer_id', '=', id).orderBy('attempt', 'desc').limit(MAX_ATTEMPTS).execute();
}

/** A transfer's part in an operation. */
export interface PartRow {
  readonly operation_id: string;
  readonly kind: OperationKind;
  readonly state: ItemState;
  readonly verdict: ItemVerdict | null;
}

/** The operations a transfer was part of, newest first. Index: operation_items_of_transfer. */
export function operationsOf(trx: Reading, id: string): Promise<PartRow[]> {
  return trx.selectFrom('operation_items as i').innerJoin('operations as o', 'o.id', 'i.operation_id')
    .select(['i.operation_id', 'o.kind', 'i.state', 'i.verdict']).where('i.transfer_id', '=', id)
    .orderBy('o.created_at', 'desc').limit(MAX_OPERATIONS).execute();
}
