import { randomBytes } from 'node:crypto';
import type { SigningKey } from './scheme.ts';
import { contentDigest, signatureOf, stringToSign } from './scheme.ts';

/** What changes from request to request besides the body; given only by tests. */
export interface Moment {
  readonly timestamp: string;
  readonly nonce: string;
}

const START = randomBytes(12).toString('base64url');
let count = 0;

/** A nonce must be new, not secret: a random start per process and a count are enough, and cost nothing. */
function thisMoment(): Moment {
  count += 1;
  return { timestamp: String(Date.now()), nonce: `${START}-${count.toString(36)}` };
}

/** The headers that prove who sends this body. Each attempt is signed anew: a nonce is used once. */
export function signatureHeaders(
  appKey: string, key: SigningKey, request: { method: string; target: string; body: string }, moment: Moment = thisMoment(),
): Record<string, string> {
  const digest = contentDigest(key.algorithm, request.body);
  const text = stringToSign({ method: request.method, target: request.target, appKey, keyId: key.keyId, ...moment }, digest);
  return {
    'x-app-key': appKey,
    'x-key-id': key.keyId,
    'x-timestamp': moment.timestamp,
    'x-nonce': moment.nonce,
    'x-sign-alg': key.algorithm,
    'x-content-digest': digest,
    'x-signature': signatureOf(key, text),
  };
}
