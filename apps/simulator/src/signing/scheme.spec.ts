import { describe, expect, it } from '@jest/globals';
import { contentDigest, signatureOf, stringToSign } from './scheme.ts';
import type { SigningKey } from './scheme.ts';
import { signatureHeaders } from './sign-request.ts';

const BODY = '{"a":1}';
const request = { method: 'POST', target: '/v1/x?b=2&a=1', body: BODY };
const moment = { timestamp: '1700000000000', nonce: 'nonce-0123456789' };
const key = (algorithm: SigningKey['algorithm']): SigningKey => ({ keyId: 'k1', algorithm, secret: 'secret-of-the-test' });

/** Worked out with Python's hmac and the openssl command line, not with this code. */
const VECTORS = [
  ['HMAC-SHA256', '015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862', 'ac9985d8d48fb6b56afe493a79fcf095cc04f6d38f313df8b25e06d9adb050aa'],
  ['HMAC-SM3', 'd646a76e347ce7c1a4c11acff67604928ccfaf03fc2e4fb8faaf5b2b1227605a', '169029dc4e40ee768c9ae4e937f47293d730b4163cfe54fd79422d8905443084'],
] as const;

describe('the published signing scheme', () => {
  it.each(VECTORS)('signs with %s as other implementations do', (algorithm, digest, signature) => {
    const headers = signatureHeaders('hall-410204', key(algorithm), request, moment);
    expect(headers).toMatchObject({ 'x-content-digest': digest, 'x-signature': signature, 'x-sign-alg': algorithm, 'x-key-id': 'k1' });
  });

  it('knows the SM3 of "abc" from the standard (GB/T 32905, example 1)', () => {
    expect(contentDigest('HMAC-SM3', 'abc')).toBe('66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0');
  });

  it('signs eight lines with the query sorted and the body only as its digest', () => {
    const parts = { method: 'POST', target: '/v1/x?b=2&a=1', appKey: 'hall-410204', keyId: 'k1', ...moment };
    expect(stringToSign(parts, 'd')).toBe('POST\n/v1/x\na=1&b=2\nd\nhall-410204\nk1\n1700000000000\nnonce-0123456789');
    expect(signatureOf(key('HMAC-SHA256'), 'text')).toMatch(/^[0-9a-f]{64}$/);
  });

  it('never uses a nonce twice', () => {
    const nonces = Array.from({ length: 50 }, () => signatureHeaders('centre', key('HMAC-SM3'), request)['x-nonce']);
    expect(new Set(nonces).size).toBe(50);
  });
});
