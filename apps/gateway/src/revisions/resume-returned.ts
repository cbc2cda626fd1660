import type { CompletionUpdate, Destination, JiujinEvent, WorkItem } from '#contracts';
import type { KeyRing } from '#runtime';
import type { Transaction } from 'kysely';
import { eventKey } from '../cases/arrived-event.ts';
import type { BatchMemory, JudgedEvent } from '../cases/batch-memory.ts';
import type { BatchTime, Patience } from '../cases/batch-time.ts';
import type { CaseRecord } from '../cases/case-record.ts';
import { isOrdered, rowToOrder } from '../dispatch/transfer-order.ts';
import type { OrderedTransfer } from '../dispatch/transfer-order.ts';
import type { Translated } from '../hall-to-centre/untranslatable.ts';
import { findEventBySeq } from '../ledger/event-rows.ts';
import { loadReplayFacts, lockTransfers, replayTransfers } from '../ledger/operation-transfer-rows.ts';
import { closeReturn, findEditable, findOpenReturns, listRevisions, noteMendProblem } from '../ledger/revision-rows.ts';
import type { Editable } from '../ledger/revision-rows.ts';
import { openJson } from '../ledger/sealed-json.ts';
import type { LedgerTables } from '../ledger/tables.ts';
import type { TransferRow } from '../ledger/transfer-rows.ts';
import { judgeReplay } from '../operations/judge-replay.ts';
import { carriedPayload } from './carried-payload.ts';
import { makeRevision } from './edit-transfer.ts';
import { judgeMend } from './judge-mend.ts';
import { translateAnew } from './translate-anew.ts';

type Trx = Transaction<LedgerTables>;

/** The batch in whose transaction returned transfers go on. */
export interface ResumingBatch {
  readonly memory: Pick<BatchMemory, 'cases'>;
  readonly seqs: ReadonlyMap<string, number>;
  readonly time: BatchTime;
  readonly options: { readonly keys: KeyRing; readonly patience: Patience; readonly windowOf: (destination: Destination) => number | null };
}

/** The bridge itself, where it and no person makes a revision. */
export const BRIDGE = { id: 'service:bridge', name: '桥接' } as const;

/**
 * What was returned to its hall goes on when the hall has corrected the case: its payload is made anew from the case as it now reads, as a
 * revision, and it is sent in its old place, before everything that waits behind it. Where it may not go now (an operation has it in hand, its
 * channel is paused, the receiver may have forgotten it) it stays failed, with the new payload, for a person to replay. One that is under way all the same
 * cannot be mended now; its return stays open, so that nobody sends it once more as it was. Costs nothing while no event of the batch corrects a case.
 */
export async function resumeReturned(trx: Trx, judged: readonly JudgedEvent[], batch: ResumingBatch): Promise<OrderedTransfer[]> {
  const corrections = new Map(judged.filter(corrects).map((event) => [event.arrived.orderKey, event]));
  if (corrections.size === 0) return [];
  const returns = await findOpenReturns(trx, [...corrections.keys()]);
  await lockTransfers(trx, returns.map((one) => one.transfer_id));
  const orders: OrderedTransfer[] = [];
  for (const one of returns) {
    const correction = corrections.get(one.project_no);
    const record = batch.memory.cases.get(one.project_no);
    if (correction === undefined || record === undefined) continue;
    const row = await mendReturned(trx, one, correction, record, batch);
    if (row !== null && isOrdered(row)) orders.push(rowToOrder(row, batch.options.keys));
  }
  return orders;
}

/** The events that change what a work item is made from: the correction of a receipt, and the materials of a supplement. */
function corrects({ arrived: { event }, verdict }: JudgedEvent): boolean {
  if (verdict.outcome !== 'applied') return false;
  return (event.type === 'case.corrected' && event.data.receipt !== undefined) || event.type === 'case.supplement.submitted';
}

/**
 * Null when nothing is to be sent now. A correction that does not mend it leaves the return open, and what is carried as it is: the hall may
 * correct once more, and people read why.
 */
async function mendReturned(
  trx: Trx, { id: returnId, transfer_id: id }: { id: string; transfer_id: string }, correction: JudgedEvent, record: CaseRecord, batch: ResumingBatch,
): Promise<TransferRow | null> {
  const { options: { keys }, time } = batch;
  const eventSeq = correction.seq ?? batch.seqs.get(eventKey(correction.arrived.event)) ?? null;
  const row = await findEditable(trx, id);
  if (row !== undefined && hasEnded(row)) await closeReturn(trx, returnId, { at: time.at, endedAs: 'finished', eventSeq });
  if (row?.status !== 'failed') {
    await noteMendProblem(trx, returnId, 'under-way', []);
    return null;
  }
  const carried = carriedPayload(row, keys);
  const mend = judgeMend(row, carried, await payloadAnew(trx, row, record, keys), await listRevisions(trx, id));
  if (mend.kind === 'problem') {
    await noteMendProblem(trx, returnId, mend.problem, mend.fields);
    return null;
  }
  const { payload, paths } = mend;
  const made = await makeRevision(trx, { id, revision: row.revision, attempts: row.attempts, carried, carriedSealed: row, payload, paths }, {
    cause: 'correction', author: BRIDGE, approver: null, reason: `大厅已更正（事件 ${correction.arrived.event.id}）`, ticket: null,
  }, keys);
  if (!made) return null;
  await closeReturn(trx, returnId, { at: time.at, endedAs: 'corrected', eventSeq });
  return replayed(trx, id, batch);
}

function hasEnded({ status }: Editable): boolean {
  return status === 'delivered' || status === 'discarded';
}

async function payloadAnew(trx: Trx, row: Editable, record: CaseRecord, keys: KeyRing): Promise<Translated<WorkItem | CompletionUpdate>> {
  const event = await findEventBySeq(trx, row.event_seq);
  if (event === undefined) throw new Error('a transfer has lost its event');
  return translateAnew({
    destination: row.destination, kind: row.kind, event: openJson<JiujinEvent>(keys, event), updateNumber: 0,
    intake: { projectNo: record.projectNo, hallCode: record.facts.hallCode, itemCode: record.itemCode, receipt: record.receipt() },
  });
}

async function replayed(trx: Trx, id: string, { options: { patience, windowOf } }: ResumingBatch): Promise<TransferRow | null> {
  const [facts] = await loadReplayFacts(trx, [id]);
  if (facts === undefined || judgeReplay(facts, { operationId: null, windowMs: windowOf(facts.destination), override: false }) !== null) return null;
  const [row] = await replayTransfers(trx, [id], patience.receiptMs);
  return row ?? null;
}
