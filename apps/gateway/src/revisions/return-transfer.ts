import { randomUUID } from 'node:crypto';
import { transferIdOf } from '#contracts';
import type { Destination, FieldProblem } from '#contracts';
import type { KeyRing } from '#runtime';
import type { Transaction } from 'kysely';
import type { Caller } from '../access/caller.ts';
import type { Patience } from '../cases/batch-time.ts';
import { rowToOrder } from '../dispatch/transfer-order.ts';
import type { OrderedTransfer } from '../dispatch/transfer-order.ts';
import { loadCases } from '../ledger/case-rows.ts';
import type { CaseRow } from '../ledger/case-rows.ts';
import type { ReplayFacts } from '../ledger/operation-transfer-rows.ts';
import { countReturns, findEditable, insertReturn, markReturned, numberHallTransfer } from '../ledger/revision-rows.ts';
import { sealJson } from '../ledger/sealed-json.ts';
import type { LedgerTables } from '../ledger/tables.ts';
import { insertTransfers, loadBusyLanes, loadUnanswered } from '../ledger/transfer-rows.ts';
import { lockForAction } from '../operations/act-on-transfer.ts';
import { prepareReturn } from './prepare-return.ts';
import type { NoReturn } from './prepare-return.ts';
import type { ReturnItem } from './return-notice.ts';

type Trx = Transaction<LedgerTables>;

/** What a person returns, and why. */
export interface ReturnWish {
  readonly id: string;
  /** The operation on whose behalf it is; null for a person's single return. */
  readonly operationId: string | null;
  readonly caller: Pick<Caller, 'id' | 'name'>;
  readonly reason: string;
  readonly ticket: string | null;
  readonly items: readonly ReturnItem[];
}

export interface ReturnRefused {
  readonly kind: 'refused';
  readonly code: NoReturn | 'transfer-unknown';
  readonly facts: ReplayFacts | null;
  readonly problems: readonly FieldProblem[];
}

/** Returned; `orders` is what must be published once this is committed. */
export interface Returned {
  readonly kind: 'done';
  readonly facts: ReplayFacts;
  readonly noticeId: string;
  readonly noticeNo: number;
  readonly noticeStatus: string;
  readonly orders: readonly OrderedTransfer[];
}

/** Tells the hall what is wrong with a failed work item. The work item stays failed, and keeps its place, until the hall's correction comes. */
export async function returnTransfer(trx: Trx, wish: ReturnWish, keys: KeyRing, patience: Patience): Promise<Returned | ReturnRefused> {
  const locked = await lockForAction(trx, wish.id, patience);
  const row = locked === null ? undefined : await findEditable(trx, wish.id);
  if (locked === null || row === undefined) return refused('transfer-unknown', null);
  const { facts, time } = locked;
  const [found] = await loadCases(trx, [row.project_no]);
  if (found === undefined) throw new Error('a transfer has lost its case');
  const ready = prepareReturn({ facts, row, found, returns: await countReturns(trx, row.project_no) }, { ...wish, at: time.at }, keys);
  if (ready.kind === 'unreturnable') return refused(ready.code, facts, ready.problems);
  const { noticeNo } = ready;
  const { transfer_count: ordinal, update_sequence: updateSequence } = await numberHallTransfer(trx, row.project_no);
  const sent = await sendNotice(trx, { found, eventSeq: row.event_seq, ordinal, payload: { ...ready.notice, updateSequence }, returnId: randomUUID(), time }, keys);
  await insertReturn(trx, {
    id: sent.returnId, transfer_id: wish.id, project_no: row.project_no, notice_id: sent.id, notice_no: noticeNo, returned_by: wish.caller.id, returned_by_name: wish.caller.name,
    reason: wish.reason, ticket: wish.ticket, paths: JSON.stringify(wish.items.map(({ path, materialCode }) => path ?? materialCode)), returned_at: time.at,
  });
  await markReturned(trx, wish.id, time.at);
  return { kind: 'done', facts, noticeId: sent.id, noticeNo, noticeStatus: sent.status, orders: sent.orders };
}

interface Notice {
  readonly found: CaseRow;
  readonly eventSeq: number;
  readonly ordinal: number;
  readonly payload: object;
  readonly returnId: string;
  readonly time: { readonly at: Date; readonly receiptDueAt: Date };
}

/** Puts the notice at the end of the hall's lane; it goes at once when nothing is before it, and its channel is not paused. */
async function sendNotice(trx: Trx, { found, eventSeq, ordinal, payload, returnId, time }: Notice, keys: KeyRing): Promise<{ returnId: string; id: string; status: string; orders: OrderedTransfer[] }> {
  const id = transferIdOf('/bridge', returnId, 'hall');
  const destination: Destination = `hall:${found.hall_code}`;
  const busy = (await loadBusyLanes(trx, [found.project_no])).some((lane) => lane.destination === destination);
  await insertTransfers(trx, [{
    id, project_no: found.project_no, destination, kind: 'supplement_notice', ordinal, event_seq: eventSeq, trace_id: null, status: busy ? 'held' : 'in_flight', attempts: busy ? 0 : 1,
    receipt_due_at: busy ? null : time.receiptDueAt, error_word: null, error_code: null, error_detail: null, http_status: null, created_at: time.at, dispatched_at: busy ? null : time.at,
    finished_at: null, failure_group: null, failed_at: null, ...sealJson(keys, payload),
  }]);
  const out = (await loadUnanswered(trx, [found.project_no])).filter((row) => row.id === id);
  return { returnId, id, status: out.length > 0 ? 'in_flight' : 'held', orders: out.map((row) => rowToOrder(row, keys)) };
}

function refused(code: ReturnRefused['code'], facts: ReplayFacts | null, problems: readonly FieldProblem[] = []): ReturnRefused {
  return { kind: 'refused', code, facts, problems };
}
