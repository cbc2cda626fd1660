import { createHash } from 'node:crypto';

/** What the ledger keeps of a token: tokens are random and long, so a plain digest gives nothing away and can be looked up. */
export function digestOfToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
