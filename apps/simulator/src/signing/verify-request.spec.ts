import { beforeEach, describe, expect, it } from '@jest/globals';
import { NonceMemory } from './nonce-memory.ts';
import { parseKeys } from './keys-file.ts';
import type { SigningKey } from './scheme.ts';
import { signatureHeaders } from './sign-request.ts';
import { verifyRequest } from './verify-request.ts';

const NOW = 1_700_000_000_000;
const keys: SigningKey[] = [
  { keyId: 'old', algorithm: 'HMAC-SHA256', secret: 'the-old-secret-of-the-bridge' },
  { keyId: 'new', algorithm: 'HMAC-SM3', secret: 'the-new-secret-of-the-bridge' },
];
const body = '{"kind":"open"}';
const sign = (key: SigningKey, changes: Record<string, string> = {}, appKey = 'bridge', timestamp = NOW): Record<string, string> => ({
  ...signatureHeaders(appKey, key, { method: 'POST', target: '/v1/work-items', body }, { timestamp: String(timestamp), nonce: 'nonce-0123456789' }), ...changes,
});

describe('a request of the bridge', () => {
  let nonces: NonceMemory;
  const judge = (headers: Record<string, string>, sent = body, target = '/v1/work-items') =>
    verifyRequest(keys, nonces, { method: 'POST', target, headers, body: Buffer.from(sent) }, NOW);
  beforeEach(() => {
    nonces = new NonceMemory();
  });

  it.each(keys)('stands with the key $keyId ($algorithm): several keys are valid at once', (key) => {
    expect(judge(sign(key))).toBeNull();
  });

  it('does not stand a second time', () => {
    expect(judge(sign(keys[0] as SigningKey))).toBeNull();
    expect(judge(sign(keys[0] as SigningKey))).toBe('nonce-replayed');
  });

  it('does not use up the nonce of a request whose signature is wrong', () => {
    expect(judge(sign(keys[0] as SigningKey, { 'x-signature': 'f'.repeat(64) }))).toBe('signature-invalid');
    expect(judge(sign(keys[0] as SigningKey))).toBeNull();
  });

  it('falls when body, path, age, key or signer are not what was signed', () => {
    const [key] = keys as [SigningKey];
    expect(judge(sign(key), '{"kind":"void"}')).toBe('signature-invalid');
    expect(judge(sign(key), body, '/v1/work-items?all=1')).toBe('signature-invalid');
    expect(judge(sign(key, {}, 'bridge', NOW - 300_001))).toBe('timestamp-stale');
    expect(judge(sign(key, { 'x-timestamp': 'soon' }))).toBe('timestamp-stale');
    expect(judge(sign(key, { 'x-key-id': 'other' }))).toBe('unknown-key');
    expect(judge(sign(key, {}, 'centre'))).toBe('unknown-key');
    expect(judge(sign(key, { 'x-signature': '' }))).toBe('signature-missing');
    expect(judge(sign(key, { 'x-nonce': 'short' }))).toBe('signature-missing');
  });

  it('is forgotten in bounded memory: nonces of two windows are kept, older ones are not', () => {
    const memory = new NonceMemory(1000, 2);
    expect(['a', 'b', 'c', 'd', 'e'].map((nonce) => memory.take(nonce, 0))).toEqual([true, true, true, true, true]);
    expect([memory.take('e', 0), memory.take('a', 0)]).toEqual([false, true]);
  });
});

describe('a keys file', () => {
  it('holds several keys per sender, and one key may stand without a list', () => {
    const text = JSON.stringify({ own: { centre: keys, bureau: keys[0] }, bridge: keys });
    const parsed = parseKeys(text);
    expect([parsed.own.get('centre')?.length, parsed.own.get('bureau')?.length, parsed.bridge.length]).toEqual([2, 1, 2]);
  });

  it('is refused with the name of the field, never with a secret', () => {
    const broken = JSON.stringify({ own: { centre: [{ keyId: 'a', algorithm: 'HMAC-SM3', secret: 'short-one' }] }, bridge: keys });
    expect(() => parseKeys(broken)).toThrow('own.centre[0].secret must be a text of at least 16 characters');
    expect(() => parseKeys('{"own":{}}')).toThrow('bridge');
  });
});
