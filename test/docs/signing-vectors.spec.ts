import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { digestContent, secretToKey, sign, stringToSign, type SigningAlgorithm } from '#edge';

type Vector = Record<'secret' | 'method' | 'target' | 'body' | 'X-App-Key' | 'X-Key-Id' | 'X-Timestamp' | 'X-Nonce' | 'X-Content-Digest' | 'X-Signature', string>
  & { algorithm: SigningAlgorithm };

const page = readFileSync('docs/signing.md', 'utf8');
const sections = [...page.matchAll(/^### Vector: (.+)$([\s\S]*?)^```json\n([\s\S]*?)^```$[\s\S]*?^```text\n([\s\S]*?)\n^```$/gm)]
  .map(([, algorithm = '', , vector = '', lines = '']) => ({ algorithm, vector: JSON.parse(vector) as Vector, lines }));

describe('the test vectors of the signing page', () => {
  test('are there for each algorithm', () => {
    expect(sections.map(({ algorithm }) => algorithm)).toEqual(['HMAC-SHA256', 'HMAC-SM3']);
    expect(sections.map(({ vector }) => vector.algorithm)).toEqual(['HMAC-SHA256', 'HMAC-SM3']);
  });

  test.each(sections)('are what the bridge computes with $algorithm', ({ vector, lines }) => {
    const digest = digestContent(vector.algorithm, Buffer.from(vector.body, 'utf8'));
    const [path = '', query = ''] = vector.target.split('?');
    const text = stringToSign({
      method: vector.method, path, query, contentDigest: digest,
      appKey: vector['X-App-Key'], keyId: vector['X-Key-Id'], timestamp: vector['X-Timestamp'], nonce: vector['X-Nonce'],
    });
    expect(digest).toBe(vector['X-Content-Digest']);
    expect(text).toBe(lines);
    expect(sign(vector.algorithm, secretToKey(vector.secret), text)).toBe(vector['X-Signature']);
  });

  test.each(['HMAC-SHA256', 'HMAC-SM3'] as const)('give the digest of no body with %s', (algorithm) => {
    expect(page).toContain(`\`${digestContent(algorithm, Buffer.alloc(0))}\``);
  });
});
