import { CaseVerification } from './case-verification.ts';
import type { CaseEvidenceReport, Expectations } from './report.ts';

/**
 * Verifies the export of one case with no server: every entry and row in it is as it was sealed, and all of it is what the last entry, that of the export, says
 * was given. `expectedHead` must be one of its entries. Whether the entries are those of the chain, {@link verifyEvidence} tells by an export of the chain, to
 * which the report's `places` are given.
 */
export async function verifyCaseEvidence(lines: AsyncIterable<string>, expectations: Pick<Expectations, 'expectedHead'> = {}): Promise<CaseEvidenceReport> {
  const verification = new CaseVerification(expectations);
  for await (const line of lines) verification.take(line);
  return verification.end();
}
