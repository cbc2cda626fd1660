import type { Caller } from '../../access/caller.ts';
import type { Right } from '../../access/rights.ts';
import type { OperationChange, OperationNow } from '../../ledger/operation-rows.ts';
import type { OperationKind, OperationStatus } from '../../ledger/operation-tables.ts';
import { toSend } from '../../operations/examine-items.ts';
import type { OpsProblem } from '../problems/ops-problem.ts';
import { aboveApproved, acknowledgedAlready, countNotConfirmed, forbiddenTo, nothingToChange, notEnded, notIndependent, ownOperation, wrongState } from './operation-problems.ts';
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

/** What is needed besides the right to replay: what the same thing needs when it is done to one transfer. */
const RIGHTS_OF_KIND: Readonly<Record<OperationKind, Right | null>> = { replay: null, discard: 'discard', return: 'edit' };

/** The right that a person lacks for operations of this kind; null when none. */
export function lackingFor(kind: OperationKind, { rights }: Pick<Caller, 'rights'>): Right | null {
  const needed = RIGHTS_OF_KIND[kind];
  return needed === null || rights.has(needed) ? null : needed;
}

/** 开始: the number must be typed when it is large, and the approval must be there when it is larger. */
export function starting(operation: OperationNow, caller: Caller, confirmed: number | undefined, confirmAbove: number): Judgement {
  const { status, verdicts, kind, ladder, now } = operation;
  if (status !== 'ready') return { problem: wrongState(status, ['ready']) };
  const lacking = lackingFor(kind, caller);
  if (lacking !== null) return { problem: forbiddenTo(lacking) };
  const count = toSend(verdicts);
  if (confirmed === undefined ? count > confirmAbove : confirmed !== count) return { problem: countNotConfirmed(count) };
  const next = ladder.length > 0 ? 'canary' : 'running';
  return { what: 'started', zh: next === 'canary' ? '已开始（先走金丝雀）' : '已开始', change: { status: next, started_by: caller.name, started_at: now }, facts: { count } };
}

/** 批准: four eyes. The creator's other tokens are the creator; `independent`: see `isIndependent`. */
export function approving(operation: OperationNow, caller: Caller, independent: boolean): Judgement {
  const { status, creator_person: creator, verdicts, now, rate_per_second: rate, max_in_flight: most } = operation;
  if (status !== 'awaiting-approval') return { problem: wrongState(status, ['awaiting-approval']) };
  if (caller.person === creator) return { problem: ownOperation() };
  if (!independent) return { problem: notIndependent() };
  return {
    what: 'approved', zh: '已批准',
    change: { status: 'ready', approved_by: caller.name, approved_at: now, approved_rate: rate, approved_in_flight: most },
    facts: { count: toSend(verdicts), ratePerSecond: rate, maxInFlight: most },
  };
}

export function pausing({ status, now }: OperationNow): Judgement {
  if (status !== 'canary' && status !== 'running') return { problem: wrongState(status, GOING) };
  return { what: 'paused', zh: '已暂停；已发出的会有结果，不再发新的', change: { status: 'paused', paused_from: status, paused_at: now, status_reason: null } };
}

export function resuming({ status, paused_from: from, kind, now }: OperationNow, caller: Caller): Judgement {
  if (status !== 'paused' || from === null) return { problem: wrongState(status, ['paused']) };
  const lacking = lackingFor(kind, caller);
  if (lacking !== null) return { problem: forbiddenTo(lacking) };
  return { what: 'resumed', zh: '已继续', change: { status: from, paused_from: null, paused_at: null, sent_until: now } };
}

/** 取消: what is out ends by itself, the rest is skipped. */
export function cancelling({ status }: OperationNow): Judgement {
  if (!ALIVE.includes(status)) return { problem: wrongState(status, ALIVE) };
  return { what: 'cancelled', zh: '已取消；尚未发出的全部跳过', change: { status: 'cancelled', status_reason: 'by-person' } };
}

/**
 * 确认已知悉: somebody has seen how it ended, and it is kept in sight no longer. Nothing of the operation itself changes, also not when it last did: by that the
 * alert of one that stopped itself is over.
 */
export function acknowledging({ status, finished_at: end, acknowledged_at: at, acknowledged_by: by, updated_at: updated, now }: OperationNow, caller: Caller): Judgement {
  if (end === null) return { problem: notEnded(status) };
  if (at !== null) return { problem: acknowledgedAlready(by) };
  return { what: 'acknowledged', zh: '已确认知悉，不再置顶', change: { acknowledged_at: now, acknowledged_by: caller.name, updated_at: updated }, facts: { status } };
}

/** 改速率: slower at any time. What a second person is asked about, or has agreed to, is not made faster behind their back. */
export function changingRate(operation: OperationNow, body: RateBody): Judgement {
  const { status, rate_per_second: rate, max_in_flight: most } = operation;
  const { ratePerSecond = rate, maxInFlight = most } = body;
  if (!ALIVE.includes(status)) return { problem: wrongState(status, ALIVE) };
  if (ratePerSecond === rate && maxInFlight === most) return { problem: nothingToChange() };
  const limit = limitOf(operation);
  if (limit !== null && (ratePerSecond > limit.rate || maxInFlight > limit.most)) return { problem: aboveApproved(limit) };
  return {
    what: 'rate-changed', zh: '已更改速率', change: { rate_per_second: ratePerSecond, max_in_flight: maxInFlight },
    facts: { from: { ratePerSecond: rate, maxInFlight: most }, to: { ratePerSecond, maxInFlight } },
  };
}

/** What the operation may be changed to at most; null while nobody has to approve it. */
function limitOf(operation: OperationNow): { readonly rate: number; readonly most: number } | null {
  if (operation.needs_approval !== true) return null;
  return { rate: operation.approved_rate ?? operation.rate_per_second, most: operation.approved_in_flight ?? operation.max_in_flight };
}
