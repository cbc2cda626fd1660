import { lockBatch } from '../cases/batch-time.ts';
import { recordAction } from '../evidence/record-action.ts';
import { pickAnyItems, releaseClaims, writeSteps } from '../ledger/operation-item-rows.ts';
import type { ItemPlace, ItemStep } from '../ledger/operation-item-rows.ts';
import type { OperationNow } from '../ledger/operation-rows.ts';
import { lockTransfers } from '../ledger/operation-transfer-rows.ts';
import { returnTransfer } from '../revisions/return-transfer.ts';
import type { Returned, ReturnRefused } from '../revisions/return-transfer.ts';
import { BRIDGE } from './record-step.ts';
import { NOTHING, skipped } from './send-items.ts';
import type { Moved } from './send-items.ts';
import type { StepContext } from './step-context.ts';

/** One item, and what came of it. */
interface Tried {
  readonly item: ItemPlace;
  readonly outcome: Returned | ReturnRefused;
}

/**
 * Returns up to `room` items to their halls, each as one that a person returns, all in one transaction: an item becomes `returned` in the transaction that
 * makes its notice. A process that dies afterwards leaves notices that the watchdog misses, never a second notice.
 */
export async function returnItems(context: StepContext, operation: OperationNow, room: number): Promise<Moved> {
  const { trx, brokerReady } = context;
  const picked = room <= 0 || !brokerReady ? [] : await pickAnyItems(trx, operation.id, room);
  if (picked.length === 0) return NOTHING;
  const tried = await tryAll(context, operation, picked);
  await writeSteps(trx, operation.id, tried.map(stepOf));
  await releaseClaims(trx, operation.id, picked.map((item) => item.transfer_id));
  const done = tried.flatMap(({ item, outcome }) => (outcome.kind === 'done' ? [{ item, outcome }] : []));
  for (const { item, outcome } of done) await record(context, operation, item, outcome);
  return { ...NOTHING, sent: done.length, returned: done.length, skipped: tried.length - done.length, orders: done.flatMap(({ outcome }) => outcome.orders) };
}

/** All locks first, in the order of everybody who moves transfers: taken one by one, two operations could wait for each other. */
async function tryAll({ trx, keys, config }: StepContext, operation: OperationNow, picked: readonly ItemPlace[]): Promise<Tried[]> {
  const patience = { receiptMs: config.receiptPatienceMs, permissionMs: config.permissionPatienceMs };
  const caller = { id: operation.creator, name: operation.creator_name };
  await lockBatch(trx, picked.map((item) => item.project_no), patience);
  await lockTransfers(trx, picked.map((item) => item.transfer_id));
  const tried: Tried[] = [];
  for (const item of picked) {
    const wish = { id: item.transfer_id, operationId: operation.id, caller, reason: operation.reason, ticket: operation.ticket, items: operation.return_items ?? [] };
    tried.push({ item, outcome: await returnTransfer(trx, wish, keys, patience) });
  }
  return tried;
}

function stepOf({ item: { seq }, outcome }: Tried): ItemStep {
  return outcome.kind === 'done' ? { seq, state: 'returned', note: outcome.noticeId, attempt: null, troubled: false, signature: null } : skipped(seq, outcome.code);
}

/** Under a name of its own: hundreds of them would drown what people did one by one. */
function record({ trx }: StepContext, { id, creator, reason, ticket, return_items: items }: OperationNow, item: ItemPlace, { facts, noticeId, noticeNo }: Returned): Promise<void> {
  return recordAction(trx, {
    caller: BRIDGE, action: 'transfer.returned-by-operation', subjectKind: 'transfer', subject: item.transfer_id, reason, result: 'done',
    facts: {
      projectNo: item.project_no, destination: facts.destination, operation: id, creator, notice: noticeId, noticeNo, items: (items ?? []).map(({ path, materialCode }) => path ?? materialCode), ticket,
    },
  });
}
