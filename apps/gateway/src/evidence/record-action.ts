import type { Transaction } from 'kysely';
import type { Caller } from '../access/caller.ts';
import type { LedgerTables } from '../ledger/tables.ts';
import { appendEntry } from './append-entry.ts';

/** Something a person did or saw (操作). */
export interface Action {
  readonly caller: Pick<Caller, 'id' | 'name' | 'address'>;
  /** `<thing>.<what was done>`, such as `transfer.replayed`. */
  readonly action: string;
  readonly subjectKind: string;
  readonly subject: string;
  /** Why, in the words of who did it; empty where none is asked for. */
  readonly reason: string;
  /** What came of it, such as `done` or `refused`. */
  readonly result: string;
  readonly facts?: Readonly<Record<string, unknown>>;
}

/**
 * Records an action in the caller's transaction: what was done and its record are committed together or not at all. Call it last: other
 * writers of the chain wait from here to the commit.
 */
export async function recordAction(trx: Transaction<LedgerTables>, { caller, facts = {}, ...action }: Action): Promise<void> {
  await appendEntry(trx, { kind: 'action', actor: caller.id, actorName: caller.name, address: caller.address, facts, ...action });
}
