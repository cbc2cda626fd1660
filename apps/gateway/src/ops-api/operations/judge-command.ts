import type { Caller } from '../../access/caller.ts';
import type { OperationChange, OperationNow } from '../../ledger/operation-rows.ts';
import type { OperationStatus } from '../../ledger/operation-tables.ts';
import { toSend } from '../../operations/examine-items.ts';
import type { OpsProblem } from '../problems/ops-problem.ts';
import { countNotConfirmed, forbiddenTo, nothingToChange, ownOperation, wrongState } from './operation-problems.ts';
import type { RateBody } from './operation.body.ts';

/** What a command does to an operation, or why it may not. */
export type Judgement = { readonly problem: OpsProblem } | {
  /** What was done, as the record names it. */
  readonly what: string;
  readonly zh: string;
  readonly change: OperationChange;
  readonly facts?: Readonly<Record<string, unknown>>;
};

const GOING: readonly OperationStatus[] = ['canary', 'running'];
const ALIVE: readonly OperationStatus[] = ['freezing', 'preflight', 'awaiting-approval', 'ready', 'canary', 'running', 'paused'];

/** 开始: the number must be typed when it is large, and the approval must be there when it is larger. */
export function starting(operation: OperationNow, caller: Caller, confirmed: number | undefined, confirmAbove: number): Judgement {
  const { status, verdicts, kind, ladder, now } = operation;
  if (status !== 'ready') return { problem: wrongState(status, ['ready']) };
  if (kind === 'discard' && !caller.rights.has('discard')) return { problem: forbiddenTo('discard') };
  const count = toSend(verdicts);
  if (confirmed === undefined ? count > confirmAbove : confirmed !== count) return { problem: countNotConfirmed(count) };
  const next = ladder.length > 0 ? 'canary' : 'running';
  return { what: 'started', zh: next === 'canary' ? '已开始（先走金丝雀）' : '已开始', change: { status: next, started_by: caller.name, started_at: now }, facts: { count } };
}

/** 批准: four eyes. The creator's other tokens are the creator. */
export function approving({ status, creator_person: creator, verdicts, now }: OperationNow, caller: Caller): Judgement {
  if (status !== 'awaiting-approval') return { problem: wrongState(status, ['awaiting-approval']) };
  if (caller.person === creator) return { problem: ownOperation() };
  return { what: 'approved', zh: '已批准', change: { status: 'ready', approved_by: caller.name, approved_at: now }, facts: { count: toSend(verdicts) } };
}

export function pausing({ status }: OperationNow): Judgement {
  if (status !== 'canary' && status !== 'running') return { problem: wrongState(status, GOING) };
  return { what: 'paused', zh: '已暂停；已发出的会有结果，不再发新的', change: { status: 'paused', paused_from: status, status_reason: null } };
}

export function resuming({ status, paused_from: from, kind, now }: OperationNow, caller: Caller): Judgement {
  if (status !== 'paused' || from === null) return { problem: wrongState(status, ['paused']) };
  if (kind === 'discard' && !caller.rights.has('discard')) return { problem: forbiddenTo('discard') };
  return { what: 'resumed', zh: '已继续', change: { status: from, paused_from: null, sent_until: now } };
}

/** 取消: what is out ends by itself, the rest is skipped. */
export function cancelling({ status }: OperationNow): Judgement {
  if (!ALIVE.includes(status)) return { problem: wrongState(status, ALIVE) };
  return { what: 'cancelled', zh: '已取消；尚未发出的全部跳过', change: { status: 'cancelled', status_reason: 'by-person' } };
}

export function changingRate({ status, rate_per_second: rate, max_in_flight: most }: OperationNow, { ratePerSecond = rate, maxInFlight = most }: RateBody): Judgement {
  if (!ALIVE.includes(status)) return { problem: wrongState(status, ALIVE) };
  if (ratePerSecond === rate && maxInFlight === most) return { problem: nothingToChange() };
  return {
    what: 'rate-changed', zh: '已更改速率', change: { rate_per_second: ratePerSecond, max_in_flight: maxInFlight },
    facts: { from: { ratePerSecond: rate, maxInFlight: most }, to: { ratePerSecond, maxInFlight } },
  };
}
