import type { IncomingHttpHeaders } from 'node:http';
import type { Party } from '#contracts';
import { digestContent, equalsInConstantTime, sign, SIGNATURE_HEADERS, SIGNING_ALGORITHMS, stringToSign, type SigningAlgorithm } from './signing.ts';
import type { KeyBook, VerifyingKey } from './signing-keys.ts';

/** How far a request's clock may be from ours, in milliseconds, either way. */
export const TIMESTAMP_TOLERANCE_MS = 5 * 60_000;

/** A request as it came in: `path` and `query` raw, the body byte for byte. */
export interface SignedRequest {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Who sent a request, proven by a signature. The nonce still has to be claimed. */
export interface Sender {
  readonly party: Party;
  readonly appKey: string;
  readonly keyId: string;
  readonly nonce: string;
}

export type SignatureFault = 'signature-missing' | 'signature-invalid' | 'unknown-key' | 'key-expired' | 'timestamp-stale';
export type SignatureVerdict = { readonly sender: Sender } | { readonly fault: SignatureFault };

type Claims = Record<keyof typeof SIGNATURE_HEADERS, string>;

const NONCE = /^[A-Za-z0-9_-]{16,64}$/;
const TIMESTAMP = /^\d{13}$/;

/** Proves who sent a request, or says why not (docs/signing.md). Pure: the nonce's memory is asked later. */
export function verifySignature(request: SignedRequest, keys: KeyBook, now: number): SignatureVerdict {
  const claims = readClaims(request.headers);
  if (claims === null) return { fault: 'signature-missing' };
  if (!isWellFormed(claims)) return { fault: 'signature-invalid' };
  const signer = keys.get(claims.appKey);
  const key = signer?.keys.get(claims.keyId);
  if (signer === undefined || key === undefined) return { fault: 'unknown-key' };
  if (now < key.notBefore || now >= key.notAfter) return { fault: 'key-expired' };
  if (Math.abs(now - Number(claims.timestamp)) > TIMESTAMP_TOLERANCE_MS) return { fault: 'timestamp-stale' };
  if (!isAuthentic(request, claims, key)) return { fault: 'signature-invalid' };
  return { sender: { party: signer.party, appKey: claims.appKey, keyId: claims.keyId, nonce: claims.nonce } };
}

function readClaims(headers: IncomingHttpHeaders): Claims | null {
  const claims: Partial<Claims> = {};
  for (const [name, header] of Object.entries(SIGNATURE_HEADERS)) {
    const value = headers[header];
    if (typeof value !== 'string' || value === '') return null;
    claims[name as keyof Claims] = value;
  }
  return claims as Claims;
}

function isWellFormed(claims: Claims): boolean {
  return NONCE.test(claims.nonce) && TIMESTAMP.test(claims.timestamp) && Object.hasOwn(SIGNING_ALGORITHMS, claims.algorithm);
}

function isAuthentic(request: SignedRequest, claims: Claims, key: VerifyingKey): boolean {
  // The key's own algorithm counts, so that no sender can choose a weaker one than was agreed.
  if (claims.algorithm as SigningAlgorithm !== key.algorithm) return false;
  if (!equalsInConstantTime(digestContent(key.algorithm, request.body), claims.contentDigest)) return false;
  const text = stringToSign({ ...claims, method: request.method, path: request.path, query: request.query });
  return equalsInConstantTime(sign(key.algorithm, key.key, text), claims.signature);
}
