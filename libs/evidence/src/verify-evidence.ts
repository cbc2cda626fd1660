import type { EvidenceReport, Expectations } from './report.ts';
import { Verification } from './verification.ts';

/**
 * Verifies an export line by line, with no server and in constant memory. What was changed, removed, moved or added is found; and when the
 * whole chain was made anew, by the places noted elsewhere.
 */
export async function verifyEvidence(lines: AsyncIterable<string>, expectations: Expectations = {}): Promise<EvidenceReport> {
  const verification = new Verification(expectations);
  for await (const line of lines) verification.take(line);
  return verification.end();
}
