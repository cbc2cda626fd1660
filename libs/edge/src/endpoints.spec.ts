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

  it('asks for health at the endpoint itself unless told otherwise, and verifies only where it can', () => {
    const endpoints = parseEndpoints(JSON.stringify({
      centre: { url: 'http://127.0.0.1:9000/v1/work-items', signing },
      'hall:410204': {
        url: 'http://127.0.0.1:9000/v1', health: 'https://status.example/up?x=1', signing,
        verify: { url: 'https://ask.example/v1/updates/{transferId}?by=key', timeoutMs: 900 },
      },
    }));
    expect(endpoints.get('centre')).toMatchObject({ health: new URL('http://127.0.0.1:9000/v1/work-items'), verify: null });
    expect(endpoints.get('hall:410204')).toMatchObject({ health: new URL('https://status.example/up?x=1'), verify: { timeoutMs: 900 } });
    expect(endpoints.get('hall:410204')?.verify?.urlOf('tr_a/b').href).toBe('https://ask.example/v1/updates/tr_a%2Fb?by=key');
  });

  it.each([
    [{ health: 'status.example' }, /centre\.health/],
    [{ verify: 'http://127.0.0.1/{transferId}' }, /centre\.verify\.url.*\{transferId\} once/],
    [{ verify: { url: 'http://127.0.0.1/received' } }, /centre\.verify\.url/],
    [{ verify: { url: 'http://127.0.0.1/{transferId}/{transferId}' } }, /centre\.verify\.url/],
    [{ verify: { url: 'http://127.0.0.1/{transferId}', timeoutMs: 1 } }, /centre\.verify\.timeoutMs/],
  ])('refuses %j', (fields, message) => {
    expect(() => parseEndpoints(JSON.stringify({ centre: { url: 'http://127.0.0.1:9000', signing, ...fields } }))).toThrow(message);
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
