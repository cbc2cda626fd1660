import type { Transaction } from 'kysely';
import { lockOrderKeys } from '../ledger/case-rows.ts';
import type { LedgerTables } from '../ledger/tables.ts';

/** How long is waited for what may come later than it should, in milliseconds. */
export interface Patience {
  /** For the receipt of a transfer that is ordered now: the watchdog's. */
  readonly receiptMs: number;
  /** For the permission under which something was received. */
  readonly permissionMs: number;
}

/** The one time of a batch, by PostgreSQL's clock: what it writes was written then, and receipts of what it orders are due then. */
export interface BatchTime {
  readonly at: Date;
  readonly receiptDueAt: Date;
  /** Whoever came after this may still be given the permission that it needs. */
  readonly permissionAwaitedSince: Date;
}

/** Takes the locks that a batch needs, and the time that everything it writes will carry. */
export async function lockBatch(trx: Transaction<LedgerTables>, orderKeys: readonly string[], patience: Patience): Promise<BatchTime> {
  const at = await lockOrderKeys(trx, orderKeys);
  return {
    at, receiptDueAt: new Date(at.getTime() + patience.receiptMs), permissionAwaitedSince: new Date(at.getTime() - patience.permissionMs),
  };
}
