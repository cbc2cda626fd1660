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
  | { readonly kind: 'retry'; readonly afterMs: number }
  | { readonly kind: 'failed' };

/** Where a transfer stands: the attempt that was ordered last, whether it is out, and where its budget of attempts began. */
export interface TransferState {
  readonly status: TransferStatus;
  readonly attempts: number;
  /** Attempts made before the last replay. */
  readonly attemptsBase: number;
}

/**
 * Decides what becomes of a transfer after one attempt, by the four error words. A delivery is true whichever attempt reports it; a
 * failure counts only for the attempt that is out, so a late or doubled receipt can neither burn an attempt nor undo anything. A replay
 * begins the budget of attempts and the back-off anew.
 */
export function judgeReceipt(transfer: TransferState, receipt: DeliveryReceipt, policy: RetryPolicy, random: () => number = Math.random): ReceiptVerdict {
  if (transfer.status === 'delivered' || transfer.status === 'discarded') return { kind: 'stale' };
  if (receipt.outcome === 'delivered') return { kind: 'delivered' };
  if (transfer.status !== 'in_flight' || transfer.attempts !== receipt.attempt) return { kind: 'stale' };
  const made = receipt.attempt - transfer.attemptsBase;
  if (made >= attemptsAllowed(receipt.outcome, policy)) return { kind: 'failed' };
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
