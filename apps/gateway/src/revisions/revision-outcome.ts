import type { TransferStatus } from '../ledger/tables.ts';

/**
 * What became of a revision. `superseded`: something else than this payload took effect, or may have; `rejected`: the receiver refused it,
 * or it was given up; `waiting`: it has not been sent.
 */
export type RevisionOutcome = 'waiting' | 'sending' | 'accepted' | 'rejected' | 'superseded';

export interface JudgedRevision {
  readonly outcome: RevisionOutcome;
  readonly cause: RevisionCauseCode;
}

/** Why, where the outcome alone does not say it. */
export type RevisionCauseCode = 'original-arrived' | 'already-there' | 'replaced' | 'id-reused' | null;

export interface RevisionState {
  /** Attempts up to this number carried an older payload. */
  readonly attemptsBefore: number;
  /** Whether a later revision took its place. */
  readonly replaced: boolean;
  readonly status: TransferStatus;
  readonly attempts: number;
  readonly httpStatus: number | null;
  /** In their order: the attempts that the receiver answered with success; `told`: it said that it had the transfer already. */
  readonly deliveries: readonly { readonly attempt: number; readonly told: boolean }[];
}

/**
 * Says what became of a revision, by what the receiver said to each attempt. Original and edit go under one id, so at most one of them
 * takes effect; which one is known by the attempt that arrived first. In doubt it was the original: better a question too many than money
 * sent to the wrong account.
 */
export function revisionOutcome(state: RevisionState): JudgedRevision {
  const { attemptsBefore, replaced, status, deliveries } = state;
  if (deliveries.some(({ attempt }) => attempt <= attemptsBefore)) return { outcome: 'superseded', cause: 'original-arrived' };
  if (replaced) return { outcome: 'superseded', cause: 'replaced' };
  if (status !== 'delivered') return undelivered(state);
  return deliveries[0]?.told === true ? { outcome: 'superseded', cause: 'already-there' } : { outcome: 'accepted', cause: null };
}

function undelivered({ attemptsBefore, status, attempts, httpStatus }: RevisionState): JudgedRevision {
  if (status === 'discarded') return { outcome: 'rejected', cause: null };
  if (attempts <= attemptsBefore) return { outcome: 'waiting', cause: null };
  if (status !== 'failed') return { outcome: 'sending', cause: null };
  return { outcome: 'rejected', cause: httpStatus === 409 ? 'id-reused' : null };
}
