import { createHmac, createSecretKey, hash } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

export type Algorithm = 'HMAC-SHA256' | 'HMAC-SM3';

/** One signing key; both sides of a relation hold the same secret. */
export interface SigningKey {
  readonly keyId: string;
  readonly algorithm: Algorithm;
  readonly secret: string;
}

const HASH: Record<Algorithm, 'sha256' | 'sm3'> = { 'HMAC-SHA256': 'sha256', 'HMAC-SM3': 'sm3' };

/** What a signature covers, besides the body's digest. */
export interface SignedParts {
  readonly method: string;
  /** Path with query, as it stands in the request line. */
  readonly target: string;
  readonly appKey: string;
  readonly keyId: string;
  /** Milliseconds since 1970, as text. */
  readonly timestamp: string;
  readonly nonce: string;
}

/** Hex digest of the raw body, by the key's algorithm. */
export function contentDigest(algorithm: Algorithm, body: Buffer | string): string {
  return hash(HASH[algorithm], body, 'hex');
}

/** Query pairs in ascending order, joined again; empty without a query. */
function sortedQuery(query: string): string {
  return query.split('&').filter((pair) => pair !== '').sort().join('&');
}

/** The text that is signed: method, path, query, digest, app key, key id, time and nonce, one per line. */
export function stringToSign(parts: SignedParts, digest: string): string {
  const cut = parts.target.indexOf('?');
  const path = cut < 0 ? parts.target : parts.target.slice(0, cut);
  const query = cut < 0 ? '' : parts.target.slice(cut + 1);
  return [parts.method, path, sortedQuery(query), digest, parts.appKey, parts.keyId, parts.timestamp, parts.nonce].join('\n');
}

const prepared = new WeakMap<SigningKey, KeyObject>();

/** The signature in hex. */
export function signatureOf(key: SigningKey, text: string): string {
  let secret = prepared.get(key);
  if (secret === undefined) {
    secret = createSecretKey(key.secret, 'utf8');
    prepared.set(key, secret);
  }
  return createHmac(HASH[key.algorithm], secret).update(text).digest('hex');
}
