import { lockBatch } from '../cases/batch-time.ts';
import { attemptOf, isOrdered, rowToOrder } from '../dispatch/transfer-order.ts';
import type { OrderedTransfer } from '../dispatch/transfer-order.ts';
import { loadShutDestinations } from '../ledger/edge-rows.ts';
import { endOfWindow, pickBlocked, pickItems, releaseClaims, writeSteps } from '../ledger/operation-item-rows.ts';
import type { ItemPlace, ItemStep, ItemWindow } from '../ledger/operation-item-rows.ts';
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
  readonly discarded?: number;
  readonly returned?: number;
  readonly skipped: number;
  readonly orders: readonly OrderedTransfer[];
  /** From where the next step looks on, where one looks in windows. */
  readonly look: Partial<Pick<OperationNow, 'picked_until' | 'lap_moved'>>;
  /** False while there may be something that could go and was not looked at. */
  readonly lookedAtAll: boolean;
}

/** Nothing can go now, wherever one looks. */
export const NOTHING: Moved = { sent: 0, skipped: 0, orders: [], look: {}, lookedAtAll: true };
/** Pending items that one step looks at: however many of them have to wait, no step costs more. */
export const WINDOW = 1_000;

/** What only has to wait. */
const WAITS: ReadonlySet<ReplayRefusal> = new Set(['not-its-turn', 'channel-paused', 'outside-hours']);

/**
 * Sends up to `room` items of the next window. Where none may go and nothing is under way (`idle`), it skips what will never get its turn.
 * The look goes round until in a whole lap nothing moved.
 */
export async function sendItems(context: StepContext, operation: OperationNow, room: number, idle: boolean): Promise<Moved> {
  const { trx, config } = context;
  if (room <= 0 || !context.brokerReady) return NOTHING;
  const window = { operationId: operation.id, after: operation.picked_until, size: WINDOW };
  const picked = await pickItems(trx, window, await loadShutDestinations(trx, config.programSilentMs), room);
  const sending = picked.length > 0 ? await send(context, operation, picked) : { sent: 0, skipped: idle ? await skipBlocked(context, window) : 0, orders: [] };
  // A full room ends the look at the last one taken: behind it in the window there may be more.
  const end = picked.length === room ? picked.at(-1)?.seq ?? null : await endOfWindow(trx, window);
  return { ...sending, ...lookAfter(operation.lap_moved || sending.sent + sending.skipped > 0, end) };
}

/** How a look goes on behind item number `end`; null: the lap is over, and a new one begins from the first item. */
function lookAfter(moved: boolean, end: number | null): Pick<Moved, 'look' | 'lookedAtAll'> {
  if (end !== null) return { look: { picked_until: end, lap_moved: moved }, lookedAtAll: false };
  return { look: { picked_until: 0, lap_moved: false }, lookedAtAll: !moved };
}

/**
 * Sends what was picked: everything is judged once more under the locks, and an item becomes `sent` in the transaction that sets its
 * transfer under way. A process that dies afterwards leaves orders that the watchdog misses, never an item that is sent twice.
 */
async function send(context: StepContext, operation: OperationNow, picked: readonly ItemPlace[]): Promise<Pick<Moved, 'sent' | 'skipped' | 'orders'>> {
  const { trx, keys, config } = context;
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
  return { sent: rows.length, skipped: skipped.size, orders: rows.filter(isOrdered).map((row) => rowToOrder(row, keys)) };
}

/** Skips what will never get its turn, and says how many that were: a failed transfer that is not sent stands before it. */
async function skipBlocked({ trx }: StepContext, window: ItemWindow): Promise<number> {
  const { operationId } = window;
  const blocked = await pickBlocked(trx, window);
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
    if (row !== undefined) return [{ seq, state: 'sent' as const, note: null, attempt: attemptOf(row), troubled: false, signature: null }];
    const refusal = refusals.get(id) ?? null;
    return refusal === null || WAITS.has(refusal as ReplayRefusal) ? [] : [skipped(seq, refusal)];
  });
}
