import { lockBatch } from '../cases/batch-time.ts';
import { rowToOrder } from '../dispatch/transfer-order.ts';
import type { OrderedTransfer } from '../dispatch/transfer-order.ts';
import { loadShutDestinations } from '../ledger/edge-rows.ts';
import { pickBlocked, pickItems, releaseClaims, writeSteps } from '../ledger/operation-item-rows.ts';
import type { ItemPlace, ItemStep } from '../ledger/operation-item-rows.ts';
import type { OperationNow } from '../ledger/operation-rows.ts';
import { loadReplayFacts, lockTransfers, replayTransfers } from '../ledger/operation-transfer-rows.ts';
import type { ReplayFacts } from '../ledger/operation-transfer-rows.ts';
import type { TransferRow } from '../ledger/transfer-rows.ts';
import { judgeReplay } from './judge-replay.ts';
import type { ReplayRefusal } from './judge-replay.ts';
import { problemsOfPayload } from './read-payload.ts';
import type { StepContext } from './step-context.ts';

/** What one step moved. */
export interface Moved {
  readonly sent: number;
  readonly discarded: number;
  readonly skipped: number;
  readonly orders: readonly OrderedTransfer[];
}

const NOTHING: Moved = { sent: 0, discarded: 0, skipped: 0, orders: [] };
const BLOCKED_PAGE = 500;

/** What only has to wait. */
const WAITS: ReadonlySet<ReplayRefusal> = new Set(['not-its-turn', 'channel-paused']);

/**
 * Sends up to `room` items: everything is judged once more under the locks, and an item becomes `sent` in the transaction that sets its
 * transfer under way. A process that dies afterwards leaves orders that the watchdog misses, never an item that is sent twice.
 */
export async function sendItems(context: StepContext, operation: OperationNow, room: number): Promise<Moved> {
  const { trx, keys, config } = context;
  if (room <= 0 || !context.brokerReady) return NOTHING;
  const picked = await pickItems(trx, operation.id, await loadShutDestinations(trx, config.programSilentMs), room);
  if (picked.length === 0) return NOTHING;
  const ids = picked.map((item) => item.transfer_id);
  await lockBatch(trx, picked.map((item) => item.project_no), { receiptMs: config.receiptPatienceMs, permissionMs: config.permissionPatienceMs });
  await lockTransfers(trx, ids);
  const facts = new Map((await loadReplayFacts(trx, ids)).map((one) => [one.id, one]));
  const refusals = new Map(picked.map((item) => [item.transfer_id, judge(context, operation, facts.get(item.transfer_id))]));
  const rows = await replayTransfers(trx, ids.filter((id) => refusals.get(id) === null), config.receiptPatienceMs);
  const steps = stepsOf(picked, refusals, rows);
  await writeSteps(trx, operation.id, steps);
  const skipped = new Set(steps.filter(({ state }) => state === 'skipped').map(({ seq }) => seq));
  await releaseClaims(trx, operation.id, picked.filter(({ seq }) => skipped.has(seq)).map((item) => item.transfer_id));
  return { sent: rows.length, discarded: 0, skipped: skipped.size, orders: rows.map((row) => rowToOrder(row, keys)) };
}

/** Skips what will never get its turn, and says how many that were: a failed transfer that is not sent stands before it. */
export async function skipBlocked({ trx }: StepContext, operationId: string): Promise<number> {
  const blocked = await pickBlocked(trx, operationId, BLOCKED_PAGE);
  await writeSteps(trx, operationId, blocked.map(({ seq }) => skipped(seq, 'not-its-turn')));
  await releaseClaims(trx, operationId, blocked.map((item) => item.transfer_id));
  return blocked.length;
}

/** An item that is not going to be sent after all. */
export function skipped(seq: number, note: string): ItemStep {
  return { seq, state: 'skipped', note, attempt: null, troubled: false, signature: null };
}

function judge({ keys, windows }: StepContext, { id, override }: OperationNow, facts: ReplayFacts | undefined): ReplayRefusal | 'not-deliverable' | null {
  if (facts === undefined) return 'not-failed';
  const refusal = judgeReplay(facts, { operationId: id, windowMs: windows.of(facts.destination), override });
  return refusal ?? (problemsOfPayload(facts, keys).length > 0 ? 'not-deliverable' : null);
}

function stepsOf(picked: readonly ItemPlace[], refusals: ReadonlyMap<string, string | null>, rows: readonly TransferRow[]): ItemStep[] {
  const sent = new Map(rows.map((row) => [row.id, row]));
  return picked.flatMap(({ seq, transfer_id: id }) => {
    const row = sent.get(id);
    if (row !== undefined) return [{ seq, state: 'sent' as const, note: null, attempt: row.attempts, troubled: false, signature: null }];
    const refusal = refusals.get(id) ?? null;
    return refusal === null || WAITS.has(refusal as ReplayRefusal) ? [] : [skipped(seq, refusal)];
  });
}
