import { hash } from 'node:crypto';

/** What a revision calls a payload by: SHA-256 of its JSON, in hex. */
export function payloadDigest(payload: unknown): string {
  return hash('sha256', JSON.stringify(payload), 'hex');
}
