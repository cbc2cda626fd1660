import { createHash, timingSafeEqual } from 'node:crypto';
import { ConfigError } from '#runtime';

const MIN_TOKEN_LENGTH = 32;

/** The one bearer token of the operators. Only its digest is kept, so that a heap dump does not show it. */
export class OpsToken {
  readonly #digest: Buffer;

  /** @throws ConfigError when there is no token, or one that could be guessed */
  constructor(token: string | undefined) {
    if (token === undefined || token.length < MIN_TOKEN_LENGTH) throw new ConfigError([{
      field: 'OPS_TOKEN',
      given: token === undefined ? 'nothing' : `${token.length} characters (secret, not shown)`,
      allowed: `at least ${MIN_TOKEN_LENGTH} random characters, in OPS_TOKEN or in the file that OPS_TOKEN_FILE names`,
    }]);
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
