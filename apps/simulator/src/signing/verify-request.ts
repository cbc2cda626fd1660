import { timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { SigningKey } from './scheme.ts';
import { contentDigest, signatureOf, stringToSign } from './scheme.ts';
import type { NonceMemory } from './nonce-memory.ts';

const MOST_SKEW_MS = 300_000;
const NONCE = /^[A-Za-z0-9_-]{16,64}$/;
const APP_KEY = 'bridge';

/** Why a signature does not stand; `null` from {@link verifyRequest} means it does. */
export type SignatureFault = 'signature-missing' | 'unknown-key' | 'timestamp-stale' | 'nonce-replayed' | 'signature-invalid';

function header(headers: IncomingHttpHeaders, name: string): string {
  const value = headers[name];
  return typeof value === 'string' ? value : '';
}

function sameText(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** Checks that the bridge sent this body, now, and not for the second time. The nonce is taken only after the signature stood. */
export function verifyRequest(
  keys: readonly SigningKey[], nonces: NonceMemory,
  request: { method: string; target: string; headers: IncomingHttpHeaders; body: Buffer }, now = Date.now(),
): SignatureFault | null {
  const say = (name: string): string => header(request.headers, name);
  const [timestamp, nonce, signature] = [say('x-timestamp'), say('x-nonce'), say('x-signature')];
  if (signature === '' || !NONCE.test(nonce) || timestamp === '') return 'signature-missing';
  const key = say('x-app-key') === APP_KEY ? keys.find((one) => one.keyId === say('x-key-id') && one.algorithm === say('x-sign-alg')) : undefined;
  if (key === undefined) return 'unknown-key';
  if (!(Math.abs(now - Number(timestamp)) <= MOST_SKEW_MS)) return 'timestamp-stale';
  const digest = contentDigest(key.algorithm, request.body);
  const text = stringToSign({ method: request.method, target: request.target, appKey: APP_KEY, keyId: key.keyId, timestamp, nonce }, digest);
  if (!sameText(`${say('x-content-digest')} ${signature}`, `${digest} ${signatureOf(key, text)}`)) return 'signature-invalid';
  return nonces.take(nonce, now) ? null : 'nonce-replayed';
}
