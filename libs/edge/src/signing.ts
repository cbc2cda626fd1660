import { createHmac, createSecretKey, hash, randomBytes, timingSafeEqual, type KeyObject } from 'node:crypto';

/** The two algorithms of the signing scheme and the digest each is built on (SM3: GB/T 32905). */
export const SIGNING_ALGORITHMS = { 'HMAC-SHA256': 'sha256', 'HMAC-SM3': 'sm3' } as const;
export type SigningAlgorithm = keyof typeof SIGNING_ALGORITHMS;

/** The headers of a signed request, lower-case as Node hands them over. */
export const SIGNATURE_HEADERS = {
  appKey: 'x-app-key',
  keyId: 'x-key-id',
  timestamp: 'x-timestamp',
  nonce: 'x-nonce',
  algorithm: 'x-sign-alg',
  contentDigest: 'x-content-digest',
  signature: 'x-signature',
} as const;

/** What a signature covers. `query` is the raw text after `?`, still percent-encoded; `timestamp` is in milliseconds, as sent. */
export interface SignedParts {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly contentDigest: string;
  readonly appKey: string;
  readonly keyId: string;
  readonly timestamp: string;
  readonly nonce: string;
}

/** A key that signs what the bridge sends. */
export interface OutgoingKey {
  readonly keyId: string;
  readonly algorithm: SigningAlgorithm;
  readonly key: KeyObject;
}

/** The HMAC key of a secret: the UTF-8 bytes of its text. */
export function secretToKey(secret: string): KeyObject {
  return createSecretKey(Buffer.from(secret, 'utf8'));
}

/** Lower-case hex digest of the raw body, by the digest of the signing algorithm. */
export function digestContent(algorithm: SigningAlgorithm, body: Buffer): string {
  return hash(SIGNING_ALGORITHMS[algorithm], body, 'hex');
}

/**
 * The query's pairs as they were sent, sorted by code unit. They stay percent-encoded: decoding would give two
 * different requests one signature.
 */
export function sortQuery(query: string): string {
  if (query === '') return '';
  return query.split('&').filter((pair) => pair !== '').sort().join('&');
}

/** The eight lines that are signed. */
export function stringToSign(parts: SignedParts): string {
  return [
    parts.method.toUpperCase(), parts.path, sortQuery(parts.query), parts.contentDigest,
    parts.appKey, parts.keyId, parts.timestamp, parts.nonce,
  ].join('\n');
}

/** Lower-case hex HMAC of the string-to-sign. */
export function sign(algorithm: SigningAlgorithm, key: KeyObject, text: string): string {
  return createHmac(SIGNING_ALGORITHMS[algorithm], key).update(text, 'utf8').digest('hex');
}

/** Whether two hex texts are equal, in a time that does not depend on where they differ. */
export function equalsInConstantTime(expected: string, given: string): boolean {
  const left = Buffer.from(expected, 'latin1');
  const right = Buffer.from(given, 'latin1');
  return left.length === right.length && timingSafeEqual(left, right);
}

/** The seven headers for a request the bridge is about to send; every call draws a new nonce. */
export function signOutgoing(
  request: { method: string; url: URL; body: Buffer; appKey: string },
  key: OutgoingKey,
  now: number = Date.now(),
): Record<string, string> {
  const parts: SignedParts = {
    method: request.method,
    path: request.url.pathname,
    query: request.url.search.slice(1),
    contentDigest: digestContent(key.algorithm, request.body),
    appKey: request.appKey,
    keyId: key.keyId,
    timestamp: String(now),
    nonce: randomBytes(18).toString('base64url'),
  };
  return {
    [SIGNATURE_HEADERS.appKey]: parts.appKey,
    [SIGNATURE_HEADERS.keyId]: parts.keyId,
    [SIGNATURE_HEADERS.timestamp]: parts.timestamp,
    [SIGNATURE_HEADERS.nonce]: parts.nonce,
    [SIGNATURE_HEADERS.algorithm]: key.algorithm,
    [SIGNATURE_HEADERS.contentDigest]: parts.contentDigest,
    [SIGNATURE_HEADERS.signature]: sign(key.algorithm, key.key, stringToSign(parts)),
  };
}
