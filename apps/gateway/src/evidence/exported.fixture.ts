import { verifyEvidence } from '#evidence';
import type { EvidenceReport, Expectations } from '#evidence';
import type { Kysely } from 'kysely';
import { readChainEnd } from '../ledger/evidence-rows.ts';
import type { LedgerTables } from '../ledger/tables.ts';
import { OpsLedger } from '../ops-api/ops-ledger.ts';
import { exportEvidence } from './export-evidence.ts';

/** The lines of an export of the whole chain. */
export async function exported(db: Kysely<LedgerTables>, from = 1): Promise<string[]> {
  const { seq } = await readChainEnd(db);
  let text = '';
  for await (const piece of exportEvidence(new OpsLedger(db), from, seq)) text += piece;
  return text.trimEnd().split('\n');
}

/** What an offline verification of the whole chain says. */
export async function verified(db: Kysely<LedgerTables>, expectations?: Expectations): Promise<EvidenceReport> {
  return verifyLines(await exported(db), expectations);
}

export function verifyLines(lines: readonly string[], expectations?: Expectations): Promise<EvidenceReport> {
  return verifyEvidence(each(lines), expectations);
}

async function* each(lines: readonly string[]): AsyncGenerator<string> {
  yield* lines;
}
