import { lockBatch } from '../cases/batch-time.ts';
import { rowToOrder } from '../dispatch/transfer-order.ts';
import { pickAnyItems, releaseClaims, writeSteps } from '../ledger/operation-item-rows.ts';
import type { ItemPlace, ItemStep } from '../ledger/operation-item-rows.ts';
import type { OperationNow } from '../ledger/operation-rows.ts';
import { discardTransfers, loadReplayFacts, lockTransfers } from '../ledger/operation-transfer-rows.ts';
import { releaseNext } from '../ledger/transfer-rows.ts';
import { discardCodeOf } from './act-on-transfer.ts';
import { judgeDiscard } from './judge-replay.ts';
import { NOTHING, skipped } from './send-items.ts';
import type { Moved } from './send-items.ts';
import type { StepContext } from './step-context.ts';

/** Discards up to `room` items and sets what waited behind them under way, all in one transaction. */
export async function discardItems({ trx, keys, config }: StepContext, operation: OperationNow, room: number): Promise<Moved> {
  const picked = room <= 0 ? [] : await pickAnyItems(trx, operation.id, room);
  if (picked.length === 0) return NOTHING;
  const ids = picked.map((item) => item.transfer_id);
  const time = await lockBatch(trx, picked.map((item) => item.project_no), { receiptMs: config.receiptPatienceMs, permissionMs: config.permissionPatienceMs });
  await lockTransfers(trx, ids);
  const facts = await loadReplayFacts(trx, ids);
  const good = facts.filter((one) => judgeDiscard(one, operation.id) === null);
  const done = new Set(await discardTransfers(trx, good.map((one) => ({ id: one.id, code: discardCodeOf(one) })), operation.reason));
  const released = await releaseNext(trx, good.map(({ project_no, destination }) => ({ project_no, destination })), time.at, time.receiptDueAt);
  const notes = new Map(facts.map((one) => [one.id, judgeDiscard(one, operation.id)]));
  const steps = picked.map((item) => stepOf(item, done, notes.get(item.transfer_id) ?? 'not-failed'));
  await writeSteps(trx, operation.id, steps);
  await releaseClaims(trx, operation.id, ids);
  return { ...NOTHING, sent: done.size, discarded: done.size, skipped: picked.length - done.size, orders: released.map((row) => rowToOrder(row, keys)) };
}

function stepOf({ seq, transfer_id: id }: ItemPlace, done: ReadonlySet<string>, note: string): ItemStep {
  return done.has(id) ? { seq, state: 'discarded', note: null, attempt: null, troubled: false, signature: null } : skipped(seq, note);
}
