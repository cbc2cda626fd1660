import { hasPending } from '../ledger/operation-item-rows.ts';
import { changeOperation } from '../ledger/operation-rows.ts';
import type { OperationChange, OperationNow } from '../ledger/operation-rows.ts';
import { rungTarget } from './canary-ladder.ts';
import { discardItems } from './discard-items.ts';
import { toSend } from './examine-items.ts';
import { judgeAbort } from './judge-abort.ts';
import type { AbortReason } from './judge-abort.ts';
import { allowance, STEP_MS, usedAfter } from './pace.ts';
import { recordStep } from './record-step.ts';
import { sendItems, skipBlocked } from './send-items.ts';
import type { Moved } from './send-items.ts';
import { settleItems } from './settle-items.ts';
import type { Settled } from './settle-items.ts';
import { AT_ONCE, RESTS } from './step-context.ts';
import type { StepContext, StepOutcome } from './step-context.ts';
import { figuresOf } from './wind-down.ts';

/** Transfers moved in one step: a transaction holds the locks of so many cases. */
const PAGE = 25;
/** How soon an operation looks again that can only wait: for a paused channel, an endpoint that is down, an earlier transfer (ms). */
const WAITING_MS = 2_000;

/** One step of an operation in its canary or under way: sees what became of what was sent, judges, and sends as much more as it may. */
export async function goOn(context: StepContext, operation: OperationNow): Promise<StepOutcome> {
  const settled = await settleItems(context, operation);
  const abort = judgeAbort(progressOf(operation, settled), { ratio: operation.abort_ratio, onNew: operation.abort_on_new });
  if (abort !== null) return stop(context, operation, settled, abort);
  const target = targetOf(operation);
  if (target !== null && settled.underWay === 0 && operation.sent >= target) return climb(context, operation, settled);
  const room = roomOf(operation, settled, target);
  const moved = await move(context, operation, room);
  if (moved.sent + moved.skipped + settled.underWay > 0 || room <= 0) return save(context, operation, settled, moved, moved.sent + moved.skipped > 0 ? STEP_MS / 4 : STEP_MS);
  return finishOrWait(context, operation, settled);
}

/** A step of an operation that is paused: only what is out already is followed. */
export async function followPaused(context: StepContext, operation: OperationNow): Promise<StepOutcome> {
  const { underWay, change } = await settleItems(context, operation);
  await changeOperation(context.trx, operation.id, change);
  return underWay > 0 ? { orders: [], nextMs: 5 * STEP_MS } : RESTS;
}

function move(context: StepContext, operation: OperationNow, room: number): Promise<Moved> {
  return operation.kind === 'discard' ? discardItems(context, operation, room) : sendItems(context, operation, room);
}

function targetOf(operation: OperationNow): number | null {
  return operation.status === 'canary' ? rungTarget(operation.ladder, operation.rung, toSend(operation.verdicts)) : null;
}

/** How many may go in this step: by the rate, by what may be under way at once, and in the canary by its rung. */
function roomOf(operation: OperationNow, { underWay }: Settled, target: number | null): number {
  const rate = allowance(operation.now.getTime(), operation.sent_until?.getTime() ?? null, operation.rate_per_second);
  return Math.min(PAGE, rate, operation.max_in_flight - underWay, target === null ? PAGE : target - operation.sent);
}

function progressOf({ status, sent }: OperationNow, { newFailure, change }: Settled): Parameters<typeof judgeAbort>[0] {
  return { canary: status === 'canary', sent, troubled: change.troubled, recentJudged: change.recent_judged, recentTroubled: change.recent_troubled, newFailure };
}

async function stop({ trx }: StepContext, operation: OperationNow, { change }: Settled, abort: AbortReason): Promise<StepOutcome> {
  await changeOperation(trx, operation.id, { ...change, status: 'aborted', status_reason: abort });
  await recordStep(trx, { operationId: operation.id, what: 'aborted', result: abort, facts: figuresOf({ ...operation, ...change }) });
  return AT_ONCE;
}

/** The next rung, or off the ladder. */
async function climb({ trx }: StepContext, operation: OperationNow, { change }: Settled): Promise<StepOutcome> {
  const rung = operation.rung + 1;
  const top = rung >= operation.ladder.length;
  await changeOperation(trx, operation.id, { ...change, rung, ...(top ? { status: 'running' } : {}) });
  if (top) await recordStep(trx, { operationId: operation.id, what: 'canary-passed', facts: figuresOf({ ...operation, ...change }) });
  return AT_ONCE;
}

async function save({ trx }: StepContext, operation: OperationNow, settled: Settled, moved: Moved, nextMs: number): Promise<StepOutcome> {
  const used = usedAfter(operation.now.getTime(), operation.sent_until?.getTime() ?? null, operation.rate_per_second, moved.sent);
  // A time that lies ahead was written by a clock that has been put back since: it must not be waited for.
  const ahead = operation.sent_until !== null && operation.sent_until > operation.now;
  await changeOperation(trx, operation.id, {
    ...settled.change, sent: operation.sent + moved.sent, discarded: settled.change.discarded + moved.discarded, skipped: operation.skipped + moved.skipped,
    status_reason: null, ...(moved.sent > 0 || ahead ? { sent_until: new Date(used) } : {}),
  });
  return { orders: moved.orders, nextMs };
}

/** Nothing is under way and nothing could be sent: the rest is blocked, has to wait, or there is none. */
async function finishOrWait(context: StepContext, operation: OperationNow, { change }: Settled): Promise<StepOutcome> {
  const { trx } = context;
  const blocked = operation.kind === 'replay' ? await skipBlocked(context, operation.id) : 0;
  const after: OperationChange = { ...change, skipped: operation.skipped + blocked };
  if (blocked > 0) {
    await changeOperation(trx, operation.id, after);
    return AT_ONCE;
  }
  if (await hasPending(trx, operation.id)) {
    await changeOperation(trx, operation.id, { ...after, status_reason: context.brokerReady ? 'waiting' : 'broker-away' });
    return { orders: [], nextMs: WAITING_MS };
  }
  await changeOperation(trx, operation.id, { ...after, status: 'completed', status_reason: null, finished_at: operation.now });
  await recordStep(trx, { operationId: operation.id, what: 'finished', result: 'completed', facts: figuresOf({ ...operation, ...change }) });
  return RESTS;
}
