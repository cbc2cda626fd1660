import { describe, expect, it } from '@jest/globals';
import { signingKeyStatus } from './signing-key-status.ts';
import { parseKeyBook } from './signing-keys.ts';

const SECRET = 'a-secret-that-nobody-may-see';

describe('what is told of the keys at a door', () => {
  it('is whose they are, which, and when they are good: never the key', () => {
    const book = parseKeyBook(JSON.stringify({
      'hall-410204': [{ keyId: 'old', algorithm: 'HMAC-SHA256', secret: SECRET, notAfter: '2026-12-31T00:00:00+08:00' }, { keyId: 'new', algorithm: 'HMAC-SM3', secret: SECRET, notBefore: '2026-12-01T00:00:00+08:00' }],
    }));
    const told = signingKeyStatus(book);
    expect(told).toEqual([
      { party: 'hall:410204', keyId: 'old', algorithm: 'HMAC-SHA256', notBefore: null, notAfter: '2026-12-30T16:00:00.000Z' },
      { party: 'hall:410204', keyId: 'new', algorithm: 'HMAC-SM3', notBefore: '2026-11-30T16:00:00.000Z', notAfter: null },
    ]);
    expect(JSON.stringify(told)).not.toContain(SECRET);
  });
});
