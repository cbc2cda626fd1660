import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { KeyRing } from '#runtime';
import { withDatabase } from '../../../../test/support/index.ts';
import { openLedger } from '../ledger/open-ledger.ts';
import { openBench } from './ops-bench.fixture.ts';
import type { OpsBench } from './ops-bench.fixture.ts';
import { opsDocument } from './ops-docs.ts';
import { OPS_TOKEN, startOpsServer } from './ops-server.fixture.ts';
import type { ProblemAnswer } from './problems/problem.answer.ts';
import { ROUTE_NEEDS } from './route-needs.fixture.ts';

const database = withDatabase();
let bench: OpsBench;

beforeAll(async () => {
  bench = await openBench(database.url);
});
afterAll(() => bench.close());

/** Every operation the API documents but those for coming in, with its path filled in. */
function operations(): { method: string; path: string }[] {
  const { paths } = opsDocument(bench.server.app);
  return Object.entries(paths).flatMap(([path, item]) => Object.entries(item as Record<string, { operationId?: string }>)
    .filter(([, { operationId = '' }]) => ROUTE_NEEDS[operationId] !== 'nothing')
    .map(([method]) => ({ method: method.toUpperCase(), path: path.replaceAll(/\{\w+\}/g, 'X-1') })));
}

describe('the token', () => {
  it('is asked for by every documented address', async () => {
    const all = operations();
    expect(all.length).toBeGreaterThanOrEqual(9);
    for (const { method, path } of all) {
      const { status, body } = await bench.server.ask<ProblemAnswer>(path, { method });
      expect({ method, path, status, code: body.code }).toEqual({ method, path, status: 401, code: 'token-missing' });
    }
  });

  it.each([
    ['Bearer wrong', 'token-wrong', 'Bearer realm="jiujin-ops", error="invalid_token"'],
    [`Bearer ${OPS_TOKEN}x`, 'token-wrong', 'Bearer realm="jiujin-ops", error="invalid_token"'],
    [`Bearer ${OPS_TOKEN.slice(0, -1)}`, 'token-wrong', 'Bearer realm="jiujin-ops", error="invalid_token"'],
    [`Basic ${OPS_TOKEN}`, 'token-missing', 'Bearer realm="jiujin-ops"'],
    [OPS_TOKEN, 'token-missing', 'Bearer realm="jiujin-ops"'],
  ])('is not "%s"', async (authorization, code, challenge) => {
    const { status, body, headers, text } = await bench.server.ask<ProblemAnswer>('/api/cases', { headers: { authorization } });
    expect({ status, code: body.code, challenge: headers.get('www-authenticate') }).toEqual({ status: 401, code, challenge });
    expect(text).not.toContain(OPS_TOKEN);
  });

  it('opens the door, also to the metrics', async () => {
    expect((await bench.server.get('/api/cases')).status).toBe(200);
    const metrics = await bench.server.get('/metrics');
    expect(metrics.status).toBe(200);
    expect(metrics.headers.get('content-type')).toContain('text/plain');
  });

  it('is not needed for the health checks', async () => {
    expect((await bench.server.ask('/health/live', {})).status).toBe(200);
    expect((await bench.server.ask('/health/ready', {})).body).toMatchObject({ status: 'up', checks: { postgresql: { status: 'up' } } });
  });

  it('is not needed for the documentation, which holds no data', async () => {
    expect((await bench.server.ask('/api/docs', {})).status).toBe(200);
    expect((await bench.server.ask('/api/docs-json', {})).status).toBe(200);
  });
});

describe('HEAD', () => {
  it('of health and metrics is answered as GET is, without a body, and to nobody else', async () => {
    for (const path of ['/health/live', '/health/ready']) expect(await bench.server.ask(path, { method: 'HEAD' })).toMatchObject({ status: 200, text: '' });
    expect(await bench.server.send('HEAD', '/metrics')).toMatchObject({ status: 200, text: '' });
    expect((await bench.server.ask('/metrics', { method: 'HEAD' })).status).toBe(401);
  });

  it.each([
    ['/api/cases', 405, 'GET'], ['/api/failure-groups/fg_1', 405, 'GET, PATCH'], ['/api/session', 405, 'GET, POST, DELETE'], ['/api/docs-json', 405, 'GET'], ['/api/nothing', 404, null],
  ])('of %s is refused (%i) before anything is done, with what is allowed: %s', async (path, status, allow) => {
    const answer = await bench.server.send('HEAD', path);
    expect([answer.status, answer.headers.get('allow'), answer.headers.get('content-type'), answer.text]).toEqual([status, allow, 'application/problem+json; charset=utf-8', '']);
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  });
});

describe('parameters', () => {
  it('that are unknown or broken are refused, all of them by name and in two languages', async () => {
    const { status, body, headers } = await bench.server.get<ProblemAnswer>('/api/cases?hal=410204&status=DONE&from=yesterday&limit=many&hall=1&hall=2');
    expect(status).toBe(422);
    expect(headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(body.errors.map(({ field }) => field).sort()).toEqual(['from', 'hal', 'hall', 'limit', 'status']);
    for (const { zh, en } of body.errors) {
      expect(zh).toMatch(/[\u4e00-\u9fff]/);
      expect(en).toMatch(/[a-z]/);
    }
    expect(body.errors.find(({ field }) => field === 'hal')).toMatchObject({ zh: '没有这个参数', en: 'there is no such parameter' });
  });

  it.each(['/api/transfers', '/api/refusals', '/api/waiting-events', '/api/dead-letters', '/api/summary', '/api/cases/X-1'])('are checked by %s too', async (path) => {
    expect((await bench.server.get<ProblemAnswer>(`${path}?surprise=1`)).body).toMatchObject({ status: 422, code: 'query-broken' });
  });
});

describe('every other refusal', () => {
  const authorization = `Bearer ${OPS_TOKEN}`;
  it.each([
    ['an unknown address', '/api/nothing', {}, 404, 'route-unknown'],
    ['a broken body', '/api/cases/search-by-identity', { method: 'POST', body: '{', headers: { authorization, 'content-type': 'application/json' } }, 400, 'not-json'],
    ['a body of another type', '/api/cases/search-by-identity', { method: 'POST', body: '<a/>', headers: { authorization, 'content-type': 'text/xml' } }, 415, 'unsupported-media-type'],
    ['too much of a body', '/api/cases/search-by-identity', { method: 'POST', body: JSON.stringify('x'.repeat(2_000_000)), headers: { authorization, 'content-type': 'application/json' } }, 413, 'too-large'],
  ])('%s is a problem in two languages', async (_what, path, init: RequestInit, status, code) => {
    const answer = await bench.server.ask<ProblemAnswer>(path, init);
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(answer.body).toMatchObject({ status, code, type: `urn:jiujin:problem:${code}` });
    expect(answer.body.titleZh).toMatch(/[\u4e00-\u9fff]/);
  });

  it('a ledger that is away is 503 with a time to come back, and says nothing of the server', async () => {
    const away = openLedger({ url: 'postgres://nobody@127.0.0.1:1/none', poolSize: 1, statementTimeoutMs: 1_000, onConnectionLost: () => undefined });
    const server = await startOpsServer(away, KeyRing.fromJson(KeyRing.generateJson()));
    const { status, body, headers, text } = await server.get<ProblemAnswer>('/api/cases');
    const ready = await server.ask('/health/ready', {});
    await server.close();
    await away.destroy();
    expect({ status: ready.status, body: ready.body }).toMatchObject({ status: 503, body: { status: 'down' } });
    expect({ status, code: body.code, retryAfter: headers.get('retry-after') }).toEqual({ status: 503, code: 'ledger-unavailable', retryAfter: '5' });
    expect(text).not.toContain('127.0.0.1');
  });
});

describe('answers', () => {
  it.each([
    ['GET', '/api/cases'], ['GET', '/api/docs'], ['GET', '/api/nothing'], ['GET', '/api/session'], ['POST', '/api/session'], ['GET', '/api/session/oidc'], ['POST', '/api/session/code'],
    ['GET', '/health/live'], ['GET', '/metrics'], ['DELETE', '/api/session'],
  ])('to %s %s carry the security headers', async (method, path) => {
    const { headers } = await bench.server.ask(path, { method });
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('x-frame-options')).toBe('DENY');
    expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'self'; .*frame-ancestors 'none'$/);
    expect(headers.get('content-security-policy')).not.toMatch(/unsafe-eval|script-src[^;]*unsafe-inline|\*/);
    expect(headers.get('cross-origin-opener-policy')).toBe('same-origin');
    expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('permissions-policy')).toContain('camera=()');
    expect(headers.get('access-control-allow-origin')).toBeNull();
    expect(headers.get('strict-transport-security')).toBeNull();
    expect(headers.get('x-powered-by')).toBeNull();
  });

  it('tell browsers to stay with TLS once the gateway is reached by https', async () => {
    const server = await startOpsServer(bench.db, bench.keys, undefined, { publicUrl: 'https://console.test' });
    const { headers } = await server.get('/api/cases');
    await server.close();
    expect(headers.get('strict-transport-security')).toBe('max-age=31536000');
  });
});
