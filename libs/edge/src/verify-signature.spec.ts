import { describe, expect, it } from '@jest/globals';
import { secretToKey, signOutgoing, type SigningAlgorithm } from './signing.ts';
import { parseKeyBook } from './signing-keys.ts';
import { verifySignature, type SignedRequest } from './verify-signature.ts';

const NOW = Date.parse('2026-11-22T10:00:00+08:00');
const SECRETS = { old: 'old-synthetic-secret', now: 'now-synthetic-secret', later: 'later-synthetic-secret' };
const KEYS = parseKeyBook(JSON.stringify({
  'hall-410204': [
    { keyId: 'old', algorithm: 'HMAC-SHA256', secret: SECRETS.old, notAfter: '2026-11-22T09:59:59+08:00' },
    { keyId: 'now', algorithm: 'HMAC-SM3', secret: SECRETS.now, notBefore: '2026-01-01T00:00:00+08:00', notAfter: '2027-01-01T00:00:00+08:00' },
    { keyId: 'later', algorithm: 'HMAC-SHA256', secret: SECRETS.later, notBefore: '2026-11-22T10:00:01+08:00' },
  ],
  centre: [{ keyId: 'now', algorithm: 'HMAC-SHA256', secret: 'centre-synthetic-secret' }],
}));

interface Change {
  keyId?: keyof typeof SECRETS;
  secret?: string;
  algorithm?: SigningAlgorithm;
  at?: number;
}

function signed(change: Change = {}): SignedRequest {
  const { keyId = 'now', algorithm = 'HMAC-SM3', at = NOW } = change;
  const url = new URL('http://door/v1/halls/410204/intake-events?x=1');
  const body = Buffer.from('{"id":"1"}');
  const key = { keyId, algorithm, key: secretToKey(change.secret ?? SECRETS[keyId]) };
  return { method: 'POST', path: url.pathname, query: 'x=1', body, headers: signOutgoing({ method: 'POST', url, body, appKey: 'hall-410204' }, key, at) };
}

describe('proving who sent a request', () => {
  it('names the party, the key and the nonce', () => {
    const request = signed();
    expect(verifySignature(request, KEYS, NOW)).toEqual({
      sender: { party: 'hall:410204', appKey: 'hall-410204', keyId: 'now', nonce: request.headers['x-nonce'] },
    });
  });

  it.each(['x-app-key', 'x-key-id', 'x-timestamp', 'x-nonce', 'x-sign-alg', 'x-content-digest', 'x-signature'])(
    'takes no request without %s', (header) => {
      const request = signed();
      expect(verifySignature({ ...request, headers: { ...request.headers, [header]: undefined } }, KEYS, NOW)).toEqual({ fault: 'signature-missing' });
    });

  it('takes a timestamp five minutes off, and none a millisecond further, either way', () => {
    for (const direction of [-1, 1]) {
      expect(verifySignature(signed({ at: NOW + direction * 300_000 }), KEYS, NOW)).toHaveProperty('sender');
      expect(verifySignature(signed({ at: NOW + direction * 300_001 }), KEYS, NOW)).toEqual({ fault: 'timestamp-stale' });
    }
  });

  it('takes a key only within its time', () => {
    expect(verifySignature(signed({ keyId: 'old', algorithm: 'HMAC-SHA256' }), KEYS, NOW)).toEqual({ fault: 'key-expired' });
    expect(verifySignature(signed({ keyId: 'old', algorithm: 'HMAC-SHA256', at: NOW - 2_000 }), KEYS, NOW - 2_000)).toHaveProperty('sender');
    expect(verifySignature(signed({ keyId: 'later', algorithm: 'HMAC-SHA256' }), KEYS, NOW)).toEqual({ fault: 'key-expired' });
    expect(verifySignature(signed({ keyId: 'later', algorithm: 'HMAC-SHA256', at: NOW + 1_000 }), KEYS, NOW + 1_000)).toHaveProperty('sender');
  });

  it.each(['x-app-key', 'x-key-id'])('does not know a wrong %s', (header) => {
    const request = signed();
    expect(verifySignature({ ...request, headers: { ...request.headers, [header]: 'bureau' } }, KEYS, NOW)).toEqual({ fault: 'unknown-key' });
  });

  it('takes nobody for another party: the key of one proves nothing for the other', () => {
    const request = signed();
    expect(verifySignature({ ...request, headers: { ...request.headers, 'x-app-key': 'centre' } }, KEYS, NOW)).toEqual({ fault: 'signature-invalid' });
  });

  it('takes only the algorithm that was agreed for the key', () => {
    expect(verifySignature(signed({ algorithm: 'HMAC-SHA256' }), KEYS, NOW)).toEqual({ fault: 'signature-invalid' });
  });

  const faults: [string, (request: SignedRequest) => SignedRequest][] = [
    ['body', (request) => ({ ...request, body: Buffer.from('{"id":"2"}') })],
    ['method', (request) => ({ ...request, method: 'PUT' })],
    ['path', (request) => ({ ...request, path: '/v1/halls/410203/intake-events' })],
    ['query', (request) => ({ ...request, query: 'x=2' })],
    ['timestamp', (request) => ({ ...request, headers: { ...request.headers, 'x-timestamp': String(NOW + 1) } })],
    ['nonce', (request) => ({ ...request, headers: { ...request.headers, 'x-nonce': 'another-nonce-1234' } })],
    ['malformed nonce', (request) => ({ ...request, headers: { ...request.headers, 'x-nonce': 'short' } })],
    ['malformed timestamp', (request) => ({ ...request, headers: { ...request.headers, 'x-timestamp': 'yesterday' } })],
    ['unknown algorithm', (request) => ({ ...request, headers: { ...request.headers, 'x-sign-alg': 'toString' } })],
    ['signature', (request) => ({ ...request, headers: { ...request.headers, 'x-signature': '0'.repeat(64) } })],
  ];
  it.each(faults)('notices a changed %s', (_, change) => {
    expect(verifySignature(change(signed()), KEYS, NOW)).toEqual({ fault: 'signature-invalid' });
  });
});

describe('the key file', () => {
  it('names every wrong field, and never a secret', () => {
    const text = JSON.stringify({
      'hall-x': [{ keyId: 'k', algorithm: 'HMAC-SM3', secret: 'long-enough-secret-1' }],
      centre: [{ keyId: 'bad id', algorithm: 'MD5', secret: 'tooshort-1', notAfter: 'soon' }],
      bureau: [],
    });
    expect(() => parseKeyBook(text)).toThrow(
      /hall-x.*centre\[0\]\.keyId.*centre\[0\]\.algorithm.*centre\[0\]\.secret.*centre\[0\]\.notAfter.*bureau/s);
    expect(() => parseKeyBook(text)).not.toThrow(/tooshort/);
    expect(() => parseKeyBook('{"secret-in-broken-json')).toThrow('INGRESS_KEYS_FILE');
  });

  it('takes no key id twice', () => {
    const key = { keyId: 'k', algorithm: 'HMAC-SM3', secret: 'long-enough-secret-1' };
    expect(() => parseKeyBook(JSON.stringify({ bureau: [key, key] }))).toThrow('bureau[1].keyId');
  });
});
