import type { Transaction } from 'kysely';
import { revokeApiTokensOf } from '../ledger/access-rows.ts';
import { deleteSessionsOf } from '../ledger/access-session-rows.ts';
import type { LedgerTables } from '../ledger/tables.ts';

/** What an account had open. */
export interface EndedAccess {
  readonly sessionsEnded: number;
  readonly tokensRevoked: number;
}

/** Ends whatever lets somebody in as this account: one of them may be in the wrong hands, or its person is none of ours any more. */
export async function endAccess(trx: Transaction<LedgerTables>, accountId: string): Promise<EndedAccess> {
  return { sessionsEnded: await deleteSessionsOf(trx, accountId), tokensRevoked: await revokeApiTokensOf(trx, accountId) };
}
