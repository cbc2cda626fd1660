import type { Transaction } from 'kysely';
import { hasHandled, haveOneHandler } from '../ledger/access-handler-rows.ts';
import type { LedgerTables } from '../ledger/tables.ts';

/**
 * Whether a second person (`account:<id>`) is a second pair of eyes: neither has had the other's account in their hands. `byAnother`: nor has anybody had both,
 * who could otherwise be the two of them; that takes two administrators. It looks one step back and no further: the first administrator has made
 * the second, so of two steps nobody would be free.
 */
export async function isIndependent(trx: Transaction<LedgerTables>, approver: string, author: string, byAnother: boolean): Promise<boolean> {
  return !await hasHandled(trx, approver, author) && !(byAnother && await haveOneHandler(trx, approver, author));
}
