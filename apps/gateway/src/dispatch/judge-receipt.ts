import type { DeliveryReceipt, ErrorWord } from '#contracts';
import type { TransferStatus } from '../ledger/tables.ts';

/** How long and how often a transfer is tried. Times in milliseconds. */
export interface RetryPolicy {
  readonly baseMs: number;
  readonly capMs: number;
  readonly maxAttempts: number;
  readonly technicalMaxAttempts: number;
  readonly retryAfterCapMs: number;
}

/** What a receipt means for its transfer. `stale`: it says nothing that still matters. */
export type ReceiptVerdict =
  | { readonly kind: 'stale' }
  | { readonly kind: 'delivered' }
  /** The receiver has what was given up, and people were told otherwise. */
  | { readonly kind: 'delivered-late' }
  | { readonly kind: 'retry'; readonly afterMs: number }
  | { readonly kind: 'failed' };

/** Where a transfer stands: the attempt that was ordered last, whether it is out, and where its budget of attempts began. */
export interface TransferState {
  readonly status: TransferStatus;
  readonly attempts: number;
  /** Attempts made before the last replay. */
  readonly attemptsBase: number;
}

/** What arrives for a transfer that stands so. */
interface Arrivals {
  /** What a delivery does, whichever attempt reports it. */
  readonly delivery: 'delivered' | 'delivered-late' | 'stale';
  /** Whether the failure of the attempt that was ordered last counts, by its error word. That of any other attempt never does. */
  readonly failureCounts: boolean;
}

/**
 * What arrives and what it does, also what should not be: receipts come late, doubled and after people have decided. A delivery is true, also of
 * a transfer that waits, has failed or, by this ledger, never went out; a failure counts only for the attempt that is out, so it can neither burn
 * another attempt nor undo anything. Each attempt is on record, and so in the case's history, whatever its receipt does here.
 */
export const ARRIVALS: Readonly<Record<TransferStatus, Arrivals>> = {
  in_flight: { delivery: 'delivered', failureCounts: true },
  // An earlier copy of the attempt was slow: it need not go again.
  retry_wait: { delivery: 'delivered', failureCounts: false },
  // Held by a pause between two attempts; or the ledger was restored from before its first one.
  held: { delivery: 'delivered', failureCounts: false },
  // It need not be replayed any more: an operation that has it in hand skips it as delivered.
  failed: { delivery: 'delivered', failureCounts: false },
  delivered: { delivery: 'stale', failureCounts: false },
  // Given up is for good: what waited behind it has gone. That the receiver has it is noted, and told.
  discarded: { delivery: 'delivered-late', failureCounts: false },
};

/**
 * Decides what becomes of a transfer after one attempt: by {@link ARRIVALS}, and for the attempt that is out by the four error words. A replay
 * begins the budget of attempts and the back-off anew.
 */
export function judgeReceipt(transfer: TransferState, receipt: DeliveryReceipt, policy: RetryPolicy, random: () => number = Math.random): ReceiptVerdict {
  const { outcome, attempt } = receipt;
  const effects = ARRIVALS[transfer.status];
  if (outcome === 'delivered') return { kind: effects.delivery };
  if (attempt !== transfer.attempts || !effects.failureCounts) return { kind: 'stale' };
  const made = receipt.attempt - transfer.attemptsBase;
  if (made >= attemptsAllowed(outcome, policy)) return { kind: 'failed' };
  return { kind: 'retry', afterMs: waitMs(made, receipt, policy, random) };
}

function attemptsAllowed(word: ErrorWord, policy: RetryPolicy): number {
  switch (word) {
    case 'retryable':
      return policy.maxAttempts;
    case 'technical':
      return policy.technicalMaxAttempts;
    case 'permanent':
    case 'invalid':
      return 0;
  }
}

/** Exponential back-off with full jitter, so that what failed together does not come back together; never before `Retry-After`. */
function waitMs(made: number, receipt: DeliveryReceipt, policy: RetryPolicy, random: () => number): number {
  const ceiling = Math.min(policy.capMs, policy.baseMs * 2 ** Math.min(made - 1, 30));
  const asked = Math.min(receipt.retryAfterMs ?? 0, policy.retryAfterCapMs);
  return asked + Math.round(random() * ceiling);
}
