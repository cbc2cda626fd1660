import { GENESIS, linkHash } from '#evidence';
import type { EvidenceEntry } from '#evidence';
import type { Transaction } from 'kysely';
import { insertEvidence, lockChainEnd } from '../ledger/evidence-rows.ts';
import type { LedgerTables } from '../ledger/tables.ts';

/** What an entry tells; its number and time come from the chain. */
export type Told = Omit<EvidenceEntry, 'seq' | 'at'>;

/** Adds one entry to the end of the chain, in the caller's transaction. Other writers of the chain wait from here to the commit: call it last. */
export async function appendEntry(trx: Transaction<LedgerTables>, { kind, actor, actorName, address, action, subjectKind, subject, reason, result, facts }: Told): Promise<void> {
  const end = await lockChainEnd(trx);
  const previous = end.hash ?? GENESIS;
  const entry: EvidenceEntry = {
    seq: end.seq + 1, at: end.now.toISOString(), kind, actor, actorName, address, action, subjectKind, subject, reason, result, facts,
  };
  const text = JSON.stringify(entry);
  await insertEvidence(trx, {
    seq: entry.seq, at: entry.at, kind, actor, action, subject_kind: subjectKind, subject, entry: text, previous, hash: linkHash(previous, text),
  });
}
