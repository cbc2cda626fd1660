import { describe, expect, it } from '@jest/globals';
import { parseEndpoints } from './endpoints.ts';

const signing = { keyId: 'k1', algorithm: 'HMAC-SM3', secret: 'synthetic-secret-endpoint' };

describe('the endpoints file', () => {
  it('gives each destination its address, time-out and key', () => {
    const endpoints = parseEndpoints(JSON.stringify({
      centre: { url: 'https://centre.example/v1/work-items?x=1', timeoutMs: 800, signing },
      'hall:410204': { url: 'http://127.0.0.1:9000/v1', signing },
    }));
    expect(endpoints.get('centre')).toMatchObject({ timeoutMs: 800, key: { keyId: 'k1', algorithm: 'HMAC-SM3' } });
    expect(endpoints.get('centre')?.url.href).toBe('https://centre.example/v1/work-items?x=1');
    expect(endpoints.get('hall:410204')?.timeoutMs).toBe(5_000);
  });

  it('names every field that cannot be used, and shows no secret', () => {
    const text = JSON.stringify({
      bureau: { url: 'http://127.0.0.1', signing },
      centre: { url: 'ftp://user:hunter2@host', timeoutMs: 5, signing: { ...signing, secret: 'hunter2' } },
      'hall:410204': null,
    });
    expect(() => parseEndpoints(text)).toThrow(/bureau.*centre\.url.*centre\.timeoutMs.*centre\.signing\.secret.*hall:410204\.url.*hall:410204\.signing\.keyId/s);
    expect(() => parseEndpoints(text)).not.toThrow(/hunter2/);
    expect(() => parseEndpoints('[]')).toThrow('ENDPOINTS_FILE');
  });
});
