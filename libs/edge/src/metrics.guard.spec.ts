import { APP_GUARD } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { afterEach, describe, expect, it } from '@jest/globals';
import { HealthModule, MetricsModule } from '#runtime';
import { createDoorAdapter } from './door-http.ts';
import { MetricsGuard } from './metrics.guard.ts';

const TOKEN = 'synthetic-ops-token-of-the-adapters-1';
let app: NestFastifyApplication;
afterEach(() => app.close());

async function start(token?: string): Promise<(url: string, headers?: Record<string, string>, remoteAddress?: string, method?: 'GET' | 'HEAD') => Promise<{ statusCode: number; payload: string; challenge: unknown }>> {
  const module = await Test.createTestingModule({
    imports: [HealthModule.forRootAsync({ useFactory: () => ({}) }), MetricsModule.forRoot('district-adapter')],
    providers: [{ provide: APP_GUARD, useFactory: () => new MetricsGuard(token) }],
  }).compile();
  app = module.createNestApplication<NestFastifyApplication>(createDoorAdapter({ maxEventBytes: 1_000, maxBatchBytes: 1_000 }), { logger: false });
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  return async (url, headers = {}, remoteAddress = '203.0.113.7', method = 'GET') => {
    const { statusCode, payload, headers: answered } = await app.inject({ method, url, headers, remoteAddress });
    return { statusCode, payload, challenge: answered['www-authenticate'] };
  };
}

describe('the metrics of an adapter', () => {
  it.each<Record<string, string>>([
    {}, { authorization: 'Bearer wrong' }, { authorization: `Bearer ${TOKEN}x` }, { authorization: `Bearer ${TOKEN.slice(0, -1)}` },
    { authorization: `Basic ${TOKEN}` }, { authorization: TOKEN },
  ])('want the token where one is set, and get %j', async (headers) => {
    const get = await start(TOKEN);
    for (const from of ['203.0.113.7', '127.0.0.1']) {
      for (const url of ['/metrics', '/metrics?x=1', '/%6detrics']) {
        const { statusCode, payload, challenge } = await get(url, headers, from);
        expect({ statusCode, challenge }).toEqual({ statusCode: 401, challenge: 'Bearer realm="jiujin-ops"' });
        expect(payload).not.toContain('process_cpu_seconds_total');
      }
    }
  });

  it('are shown to who presents the token, from anywhere', async () => {
    const get = await start(TOKEN);
    const { statusCode, payload } = await get('/metrics', { authorization: `Bearer ${TOKEN}` });
    expect(statusCode).toBe(200);
    expect(payload).toContain('process_cpu_seconds_total');
  });

  it.each(['127.0.0.1', '127.8.8.8', '::1', '::ffff:127.0.0.1'])('are shown to %s, the same machine, where no token is set', async (from) => {
    const get = await start();
    expect((await get('/metrics', {}, from)).statusCode).toBe(200);
  });

  it.each(['203.0.113.7', '10.0.0.1', '::ffff:10.0.0.1', '2001:db8::1'])('are not there for %s, another machine, where no token is set', async (from) => {
    const get = await start();
    for (const url of ['/metrics', '/%6detrics']) expect((await get(url, { authorization: 'Bearer ' }, from)).statusCode).toBe(404);
  });

  it('are not there for who calls through a proxy on this machine, where no token is set', async () => {
    const get = await start();
    expect((await get('/metrics', { 'x-forwarded-for': '203.0.113.7' }, '127.0.0.1')).statusCode).toBe(404);
    expect((await get('/metrics', { forwarded: 'for=203.0.113.7' }, '127.0.0.1')).statusCode).toBe(404);
  });

  it.each([undefined, TOKEN])('leave the health checks open to everybody', async (token) => {
    const get = await start(token);
    expect((await get('/health/live')).statusCode).toBe(200);
    expect((await get('/health/ready')).statusCode).toBe(200);
  });

  it('are asked for with HEAD as with GET, and so are the health checks: no body, and the same status', async () => {
    const get = await start(TOKEN);
    const head = (url: string, headers = {}) => get(url, headers, undefined, 'HEAD');
    expect(await head('/metrics', { authorization: `Bearer ${TOKEN}` })).toMatchObject({ statusCode: 200, payload: '' });
    expect(await head('/metrics')).toMatchObject({ statusCode: 401 });
    for (const url of ['/health/live', '/health/ready']) expect(await head(url)).toMatchObject({ statusCode: 200, payload: '' });
  });
});
