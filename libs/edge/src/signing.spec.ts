import { describe, expect, it } from '@jest/globals';
import { digestContent, equalsInConstantTime, secretToKey, sign, signOutgoing, sortQuery, stringToSign, type SigningAlgorithm } from './signing.ts';

const SECRET = 'synthetic-secret-测试';
const BODY = Buffer.from('{"id":"evt-1","说明":"收件"}');

/**
 * Expected values computed apart from this code, by `openssl dgst -sha256|-sm3 [-hmac SECRET]` over the body and over the eight lines,
 * and again by Python's hashlib and hmac.
 */
const VECTORS: readonly [SigningAlgorithm, string, string][] = [
  ['HMAC-SHA256', 'fb6ed792af3f3a97f1e22c3d5afd7b2f1f12ea3f5409821e8be4e7ca63e30cf4', '9b4c437d078e44d41314922274b61da114acf54b20f0c58b56d9dea00aeab442'],
  ['HMAC-SM3', '0df298529d32cc412c3978919e402cdc91fbf95852f0fb36ec399fbb1ce1064f', '3712bb73003e7b99393d31317a83513b919487d338ec2a5653f99313f531a734'],
];

describe('the signing scheme', () => {
  it.each(VECTORS)('%s gives the digest and the signature that openssl gives', (algorithm, digest, signature) => {
    expect(digestContent(algorithm, BODY)).toBe(digest);
    const text = stringToSign({
      method: 'post', path: '/v1/halls/410204/intake-events', query: 'b=2&a=1&b=%E4%B8%AD', contentDigest: digest,
      appKey: 'hall-410204', keyId: '2026-11', timestamp: '1795334400000', nonce: 'n0nce-n0nce-n0nce_',
    });
    expect(text.split('\n')).toHaveLength(8);
    expect(sign(algorithm, secretToKey(SECRET), text)).toBe(signature);
  });

  it('knows the published SM3 vector of GB/T 32905, example 1', () => {
    expect(digestContent('HMAC-SM3', Buffer.from('abc'))).toBe('66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0');
  });

  it('sorts the query as it was sent, without decoding it', () => {
    expect(sortQuery('')).toBe('');
    expect(sortQuery('b=2&a=%2B&a=+&')).toBe('a=%2B&a=+&b=2');
  });

  it('compares signatures of any length without throwing', () => {
    expect(equalsInConstantTime('abcd', 'abcd')).toBe(true);
    expect(equalsInConstantTime('abcd', 'abce')).toBe(false);
    expect(equalsInConstantTime('abcd', 'abcd0')).toBe(false);
  });

  it('draws a new nonce for every outgoing request', () => {
    const key = { keyId: 'k1', algorithm: 'HMAC-SM3' as const, key: secretToKey(SECRET) };
    const request = { method: 'POST', url: new URL('http://127.0.0.1/v1/work-items?b=1&a=2'), body: BODY, appKey: 'bridge' };
    const [first, second] = [signOutgoing(request, key, 1), signOutgoing(request, key, 1)];
    expect(first['x-nonce']).toMatch(/^[A-Za-z0-9_-]{16,64}$/);
    expect(first['x-nonce']).not.toBe(second['x-nonce']);
    expect(first['x-signature']).not.toBe(second['x-signature']);
  });
});
