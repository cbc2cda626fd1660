import type { KeyRing } from '#runtime';
import type { Transaction } from 'kysely';
import type { OrderedTransfer } from '../dispatch/transfer-order.ts';
import type { GatewayConfig } from '../gateway.config.ts';
import type { LedgerTables } from '../ledger/tables.ts';
import type { DedupeWindows } from './dedupe-windows.ts';
import type { AbortReason } from './judge-abort.ts';

/** What every step of an operation works with. */
export interface StepContext {
  readonly trx: Transaction<LedgerTables>;
  readonly keys: KeyRing;
  readonly windows: DedupeWindows;
  readonly config: GatewayConfig;
  /** Whether the broker would take an order now. */
  readonly brokerReady: boolean;
}

/** What a step came to once it is committed: what must be ordered, and in how many milliseconds the next step is due; null when none is. */
export interface StepOutcome {
  readonly orders: readonly OrderedTransfer[];
  readonly nextMs: number | null;
  /** Transfers that were sent, discarded or returned in it. */
  readonly moved?: number;
  /** Why the operation stopped itself in it. */
  readonly aborted?: AbortReason;
}

export const AT_ONCE: StepOutcome = { orders: [], nextMs: 0 };
export const RESTS: StepOutcome = { orders: [], nextMs: null };
