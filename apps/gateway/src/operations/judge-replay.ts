import type { ReplayFacts } from '../ledger/operation-transfer-rows.ts';

/** Why a transfer may not be replayed. */
export type ReplayRefusal =
  'already-delivered' | 'already-discarded' | 'not-failed' | 'claimed' | 'stale' | 'awaiting-hall' | 'edit-pending' | 'not-its-turn' | 'channel-paused' | 'outside-hours' | 'beyond-dedupe-window';

/** Why a transfer may not be discarded. */
export type DiscardRefusal = Extract<ReplayRefusal, 'already-delivered' | 'already-discarded' | 'not-failed' | 'claimed'>;

/** What a replay is measured by. */
export interface ReplayTerms {
  /** The operation on whose behalf it is; null for a person's single replay. */
  readonly operationId: string | null;
  /** How long the receiver recognises a repetition, in milliseconds; null for ever. */
  readonly windowMs: number | null;
  /** Whether it is to go although the receiver may have forgotten its first attempt. */
  readonly override: boolean;
}

type Standing = Pick<ReplayFacts, 'status' | 'claimed_by' | 'overtaken'>;

/**
 * Decides whether a transfer may be replayed now; null: it may. An older update never goes after a newer one of its case and destination
 * (过时), and never before an older one that is still to come; nobody takes what an operation has in hand. What its hall was asked to correct
 * waits for the hall, and what a second person is to decide about waits for that person: sent as it is, it would go before what is meant to replace it.
 */
export function judgeReplay(facts: Omit<ReplayFacts, 'sealed' | 'key_version'>, terms: ReplayTerms): ReplayRefusal | null {
  if (facts.status !== 'delivered' && facts.overtaken) return 'stale';
  const closed = judgeStanding(facts, terms.operationId);
  if (closed !== null) return closed;
  if (facts.awaiting_hall) return 'awaiting-hall';
  if (facts.edit_pending) return 'edit-pending';
  if (facts.behind !== null) return 'not-its-turn';
  if (!facts.may_go_out) return facts.shut_hours === null ? 'channel-paused' : 'outside-hours';
  return isBeyondWindow(facts, terms) ? 'beyond-dedupe-window' : null;
}

/** Decides whether a transfer may be discarded; null: it may. */
export function judgeDiscard(facts: Standing, operationId: string | null): DiscardRefusal | null {
  return judgeStanding(facts, operationId);
}

/** Whether the receiver may have forgotten that the first attempt reached it. What never went out cannot be a repetition. */
export function isBeyondWindow({ first_attempt_ms: age }: Pick<ReplayFacts, 'first_attempt_ms'>, { windowMs, override }: ReplayTerms): boolean {
  return !override && windowMs !== null && age !== null && age > windowMs;
}

function judgeStanding({ status, claimed_by: claimedBy }: Standing, operationId: string | null): DiscardRefusal | null {
  switch (status) {
    case 'delivered':
      return 'already-delivered';
    case 'discarded':
      return 'already-discarded';
    default:
      if (claimedBy !== null && claimedBy !== operationId) return 'claimed';
      return status === 'failed' ? null : 'not-failed';
  }
}
