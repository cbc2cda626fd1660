import type { SigningKeyStatus } from '#contracts';
import type { KeyBook } from './signing-keys.ts';

/** As many as a report holds. */
const MOST = 1_000;

/** What operators may know of the keys at a door: whose, which, and when they are good. Never a key. */
export function signingKeyStatus(book: KeyBook): SigningKeyStatus[] {
  return [...book.values()].flatMap(({ party, keys }) => [...keys].map(([keyId, { algorithm, notBefore, notAfter }]): SigningKeyStatus => ({
    party, keyId, algorithm, notBefore: instantOrNull(notBefore), notAfter: instantOrNull(notAfter),
  }))).slice(0, MOST);
}

function instantOrNull(ms: number): string | null {
  return Number.isFinite(ms) ? new Date(ms).toISOString() : null;
}
