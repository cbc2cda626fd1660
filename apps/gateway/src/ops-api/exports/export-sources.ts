import type { ItemRow } from '../../ledger/operation-item-rows.ts';
import type { ItemState, ItemVerdict } from '../../ledger/operation-tables.ts';
import type { CaseAnswer } from '../cases/case.answer.ts';
import { showCase } from '../cases/show-case.ts';
import type { OperationItemAnswer } from '../operations/operation.answer.ts';
import { showItem } from '../operations/show-operation.ts';
import type { OpsLedger } from '../ops-ledger.ts';
import { encodeCursor } from '../paging/cursor.ts';
import type { TimePlace } from '../paging/cursor.ts';
import type { CaseListRow } from '../queries/case-columns.ts';
import { listCases } from '../queries/list-cases.ts';
import type { CaseFilter } from '../queries/list-cases.ts';
import { listGroupMembers } from '../queries/list-group-members.ts';
import type { GroupMemberRow } from '../queries/list-group-members.ts';
import { listOperationItems } from '../queries/list-operations.ts';
import { listTransfers } from '../queries/list-transfers.ts';
import type { TransferFilter, TransferListRow } from '../queries/list-transfers.ts';
import type { TransferAnswer } from '../transfers/transfer.answer.ts';
import { showTransfer } from '../transfers/show-transfer.ts';
import type { CsvSource } from './csv-pages.ts';
import { CASE_COLUMNS, ITEM_COLUMNS, TRANSFER_COLUMNS } from './export-columns.ts';

/** Cases in the order of their list, from a place in it on. */
export function casesSource(ledger: OpsLedger, filter: CaseFilter, place: TimePlace | null, now: Date): CsvSource<CaseListRow, CaseAnswer> {
  return {
    columns: CASE_COLUMNS,
    page: (last, rows) => ledger.read((trx) => listCases(trx, filter, last === null ? place : { at: last.created_micros, key: last.project_no }, rows)),
    show: (row) => showCase(row, now),
    cursorOf: (row) => encodeCursor([row.created_micros, row.project_no]),
  };
}

export function transfersSource(ledger: OpsLedger, filter: TransferFilter, place: TimePlace | null): CsvSource<TransferListRow, TransferAnswer> {
  return {
    columns: TRANSFER_COLUMNS,
    page: (last, rows) => ledger.read((trx) => listTransfers(trx, filter, last === null ? place : { at: last.created_micros, key: last.id }, rows)),
    show: showTransfer,
    cursorOf: (row) => encodeCursor([row.created_micros, row.id]),
  };
}

/** What is failed now in a failure group. */
export function groupSource(ledger: OpsLedger, groupId: string, place: TimePlace | null): CsvSource<GroupMemberRow, TransferAnswer> {
  return {
    columns: TRANSFER_COLUMNS,
    page: (last, rows) => ledger.read((trx) => listGroupMembers(trx, groupId, last === null ? place : { at: last.failed_micros, key: last.id }, rows)),
    show: showTransfer,
    cursorOf: (row) => encodeCursor([row.failed_micros, row.id]),
  };
}

/** The transfers of an operation, with what came of each. */
export function itemsSource(ledger: OpsLedger, operationId: string, filter: { readonly state?: ItemState; readonly verdict?: ItemVerdict }, after: number | null): CsvSource<ItemRow, OperationItemAnswer> {
  return {
    columns: ITEM_COLUMNS,
    page: (last, rows) => ledger.read((trx) => listOperationItems(trx, operationId, filter, last === null ? after : last.seq, rows)),
    show: showItem,
    cursorOf: (row) => encodeCursor([row.seq]),
  };
}
