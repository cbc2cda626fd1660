import type { Transaction } from 'kysely';
import { lockOrderKeys } from '../ledger/case-rows.ts';
import type { LedgerTables } from '../ledger/tables.ts';

/** The one time of a batch, by PostgreSQL's clock: what it writes was written then, and receipts of what it orders are due then. */
export interface BatchTime {
  readonly at: Date;
  readonly receiptDueAt: Date;
}

/** Takes the locks that a batch needs, and the time that everything it writes will carry. */
export async function lockBatch(trx: Transaction<LedgerTables>, orderKeys: readonly string[], receiptPatienceMs: number): Promise<BatchTime> {
  const at = await lockOrderKeys(trx, orderKeys);
  return { at, receiptDueAt: new Date(at.getTime() + receiptPatienceMs) };
}
