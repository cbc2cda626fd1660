import { nextOpening } from '../channels/sending-hours.ts';
import { hasPending } from '../ledger/operation-item-rows.ts';
import { changeOperation } from '../ledger/operation-rows.ts';
import type { OperationChange, OperationNow } from '../ledger/operation-rows.ts';
import { rungTarget } from './canary-ladder.ts';
import { discardItems } from './discard-items.ts';
import { toSend } from './examine-items.ts';
import { judgeAbort } from './judge-abort.ts';
import type { AbortReason } from './judge-abort.ts';
import { allowance, STEP_MS, usedAfter, waitingMs } from './pace.ts';
import { recordStep } from './record-step.ts';
import { returnItems } from './return-items.ts';
import { NOTHING, sendItems } from './send-items.ts';
import type { Moved } from './send-items.ts';
import { settleItems } from './settle-items.ts';
import type { Settled } from './settle-items.ts';
import { AT_ONCE, RESTS } from './step-context.ts';
import type { StepContext, StepOutcome } from './step-context.ts';
import { figuresOf } from './wind-down.ts';

/** Transfers moved in one step: a transaction holds the locks of so many cases. */
const PAGE = 25;

/** One step of an operation in its canary or under way: sees what became of what was sent, judges, and sends as much more as it may. */
export async function goOn(context: StepContext, operation: OperationNow): Promise<StepOutcome> {
  const settled = await settleItems(context, operation);
  const abort = abortOf(operation, settled);
  if (abort !== null) return stop(context, operation, settled, abort);
  const target = targetOf(operation);
  if (target !== null && settled.underWay === 0 && operation.sent >= target) return climb(context, operation, settled);
  const opensAt = nextOpening(operation.hours, operation.now);
  return opensAt === null ? sendOn(context, operation, settled, target) : waitForHours(context, operation, settled, opensAt);
}

/** Sends as much more as it may. */
async function sendOn(context: StepContext, operation: OperationNow, settled: Settled, target: number | null): Promise<StepOutcome> {
  const room = roomOf(operation, settled, target);
  const moved = await move(context, operation, room, settled.underWay === 0);
  const stands = moved.sent + moved.skipped === 0 && moved.lookedAtAll;
  if (!stands || settled.underWay > 0 || room <= 0) return save(context, operation, settled, moved, stands ? STEP_MS : STEP_MS / 4);
  return finishOrWait(context, operation, settled, moved, {
    why: context.brokerReady ? 'waiting' : 'broker-away', nextMs: waitingMs(operation.frozen - operation.sent - operation.skipped),
  });
}

/** Outside its hours nothing is sent; what is out is followed to its end, and then nothing is looked at before they begin. */
function waitForHours(context: StepContext, operation: OperationNow, settled: Settled, opensAt: Date): Promise<StepOutcome> {
  if (settled.underWay > 0) return save(context, operation, settled, NOTHING, 5 * STEP_MS);
  return finishOrWait(context, operation, settled, NOTHING, { why: 'outside-hours', nextMs: opensAt.getTime() - operation.now.getTime() });
}

/** A step of an operation that is paused: only what is out already is followed. Judged here too: a failure is looked at once, not again after the pause. */
export async function followPaused(context: StepContext, operation: OperationNow): Promise<StepOutcome> {
  const settled = await settleItems(context, operation);
  const abort = abortOf(operation, settled);
  if (abort !== null) return stop(context, operation, settled, abort);
  await changeOperation(context.trx, operation.id, settled.change);
  return settled.underWay > 0 ? { orders: [], nextMs: 5 * STEP_MS } : RESTS;
}

function move(context: StepContext, operation: OperationNow, room: number, idle: boolean): Promise<Moved> {
  switch (operation.kind) {
    case 'discard':
      return discardItems(context, operation, room);
    case 'return':
      return returnItems(context, operation, room);
    default:
      return sendItems(context, operation, room, idle);
  }
}

function targetOf(operation: OperationNow): number | null {
  return operation.status === 'canary' ? rungTarget(operation.ladder, operation.rung, toSend(operation.verdicts)) : null;
}

/** How many may go in this step: by the rate, by what may be under way at once, and in the canary by its rung. */
function roomOf(operation: OperationNow, { underWay }: Settled, target: number | null): number {
  const rate = allowance(operation.now.getTime(), operation.sent_until?.getTime() ?? null, operation.rate_per_second);
  return Math.min(PAGE, rate, operation.max_in_flight - underWay, target === null ? PAGE : target - operation.sent);
}

function abortOf({ status, paused_from: from, sent, abort_ratio: ratio, abort_on_new: onNew }: OperationNow, { newFailure, change }: Settled): AbortReason | null {
  const canary = (status === 'paused' ? from : status) === 'canary';
  return judgeAbort({ canary, sent, troubled: change.troubled, recentJudged: change.recent_judged, recentTroubled: change.recent_troubled, newFailure }, { ratio, onNew });
}

async function stop({ trx }: StepContext, operation: OperationNow, { change }: Settled, abort: AbortReason): Promise<StepOutcome> {
  await changeOperation(trx, operation.id, { ...change, status: 'aborted', status_reason: abort });
  await recordStep(trx, { operationId: operation.id, what: 'aborted', result: abort, facts: figuresOf({ ...operation, ...change }) });
  return { ...AT_ONCE, aborted: abort };
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
    ...settled.change, sent: operation.sent + moved.sent, discarded: settled.change.discarded + (moved.discarded ?? 0), returned: operation.returned + (moved.returned ?? 0), skipped: operation.skipped + moved.skipped,
    // While it looks round for what may go, it still waits for the same as before.
    status_reason: moved.sent + moved.skipped + settled.underWay > 0 ? null : operation.status_reason, ...moved.look, ...(moved.sent > 0 || ahead ? { sent_until: new Date(used) } : {}),
  });
  return { orders: moved.orders, nextMs, moved: moved.sent };
}

/** What the rest waits for, and in how many milliseconds it is looked at again. */
interface Waiting {
  readonly why: string;
  readonly nextMs: number;
}

/** Nothing is under way and nothing could be sent, wherever one looked: the rest has to wait, or there is none. */
async function finishOrWait(context: StepContext, operation: OperationNow, { change }: Settled, { look }: Moved, { why, nextMs }: Waiting): Promise<StepOutcome> {
  const { trx } = context;
  const after: OperationChange = { ...change, ...look };
  if (await hasPending(trx, operation.id)) {
    await changeOperation(trx, operation.id, { ...after, status_reason: why });
    return { orders: [], nextMs };
  }
  await changeOperation(trx, operation.id, { ...after, status: 'completed', status_reason: null, finished_at: operation.now });
  await recordStep(trx, { operationId: operation.id, what: 'finished', result: 'completed', facts: figuresOf({ ...operation, ...change }) });
  return RESTS;
}
