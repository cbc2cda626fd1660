import type { ItemVerdict, OperationKind } from '../ledger/operation-tables.ts';
import type { ReplayFacts } from '../ledger/operation-transfer-rows.ts';
import { isBeyondWindow, judgeDiscard, judgeReplay } from './judge-replay.ts';
import type { ReplayRefusal, ReplayTerms } from './judge-replay.ts';

/** What the preflight finds of one transfer, and the exact code. */
export interface Finding {
  readonly verdict: ItemVerdict;
  readonly note: string | null;
}

const VERDICTS: Readonly<Record<ReplayRefusal, ItemVerdict>> = {
  'already-delivered': 'duplicate', 'already-discarded': 'duplicate', 'not-failed': 'duplicate', claimed: 'duplicate', stale: 'stale',
  'not-its-turn': 'sendable', 'channel-paused': 'sendable', 'outside-hours': 'sendable', 'beyond-dedupe-window': 'beyond-window', 'awaiting-hall': 'waiting', 'edit-pending': 'waiting',
};

/**
 * Examines one transfer before an operation begins (预检). What only has to wait (for an earlier one of its lane, for a paused channel, for
 * an endpoint that is down) is going to be sent all the same.
 */
export function examineItem(kind: OperationKind, facts: ReplayFacts, terms: ReplayTerms, isSound: () => boolean, endpointDown: boolean): Finding {
  if (kind === 'discard') return found(judgeDiscard(facts, terms.operationId));
  const refusal = judgeReplay(facts, terms);
  if (refusal !== null && VERDICTS[refusal] !== 'sendable') return found(refusal);
  if (isBeyondWindow(facts, terms)) return found('beyond-dedupe-window');
  if (!isSound()) return { verdict: 'invalid', note: 'not-deliverable' };
  return endpointDown ? { verdict: 'endpoint-down', note: refusal } : { verdict: 'sendable', note: refusal };
}

/** Whether what has this verdict is going to be sent. */
export function isGoing({ verdict }: Pick<Finding, 'verdict'>): boolean {
  return verdict === 'sendable' || verdict === 'endpoint-down';
}

function found(refusal: ReplayRefusal | null): Finding {
  return refusal === null ? { verdict: 'sendable', note: null } : { verdict: VERDICTS[refusal], note: refusal };
}
