import { describe, expect, it } from '@jest/globals';
import { parseEndpoints, parseKeyBook } from '#edge';
import { requireCentre } from './require-centre.ts';

const signing = { keyId: 'k1', algorithm: 'HMAC-SM3', secret: 'synthetic-secret-centre' };

describe('the centre adapter', () => {
  it('does not start without the centre\'s key and address, and names both', () => {
    expect(() => requireCentre(parseKeyBook('{}'), parseEndpoints('{}'))).toThrow(/INGRESS_KEYS_FILE centre.*ENDPOINTS_FILE centre/s);
    const keys = parseKeyBook(JSON.stringify({ centre: [signing] }));
    expect(() => requireCentre(keys, parseEndpoints(JSON.stringify({ centre: { url: 'http://127.0.0.1/', signing } })))).not.toThrow();
  });
});
