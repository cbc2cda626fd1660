import { createHash, timingSafeEqual } from 'node:crypto';

export const MIN_TOKEN_LENGTH = 32;

/** The one bearer token of the operators. Only its digest is kept, so that a heap dump does not show it. */
export class OpsToken {
  readonly #digest: Buffer;

  /** Throws when the token is shorter than {@link MIN_TOKEN_LENGTH}. */
  constructor(token: string) {
    if (token.length < MIN_TOKEN_LENGTH) throw new RangeError(`OPS_TOKEN must have at least ${MIN_TOKEN_LENGTH} characters`);
    this.#digest = digestOf(token);
  }

  /** Compares in constant time: digests have one length, so neither the length nor the first wrong character shows. */
  matches(presented: string): boolean {
    return timingSafeEqual(this.#digest, digestOf(presented));
  }
}

/** The token of an `Authorization` header (RFC 6750 section 2.1), or `null` when it carries none. */
export function bearerOf(header: unknown): string | null {
  if (typeof header !== 'string') return null;
  return /^Bearer +([A-Za-z0-9._~+/=-]+)$/i.exec(header)?.[1] ?? null;
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
