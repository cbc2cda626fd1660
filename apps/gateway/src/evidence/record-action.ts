import type { Transaction } from 'kysely';
import type { Caller } from '../access/caller.ts';
import { insertEvidence, lockChainEnd } from '../ledger/evidence-rows.ts';
import type { LedgerTables } from '../ledger/tables.ts';
import { GENESIS, linkHash } from './chain.ts';
import type { EvidenceEntry } from './chain.ts';

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
  const end = await lockChainEnd(trx);
  const previous = end.hash ?? GENESIS;
  const entry: EvidenceEntry = {
    seq: end.seq + 1, at: end.now.toISOString(), kind: 'action', actor: caller.id, actorName: caller.name, address: caller.address, ...action, facts,
  };
  const text = JSON.stringify(entry);
  await insertEvidence(trx, {
    seq: entry.seq, at: entry.at, kind: entry.kind, actor: entry.actor, action: entry.action, subject_kind: entry.subjectKind, subject: entry.subject,
    entry: text, previous, hash: linkHash(previous, text),
  });
}
