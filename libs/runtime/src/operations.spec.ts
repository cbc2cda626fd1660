import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { HealthModule } from './health.ts';
import { MetricsModule } from './metrics.ts';

describe('what a supervisor and Prometheus ask a program', () => {
  let app: NestFastifyApplication;
  let well = true;
  beforeAll(async () => {
    const module = await Test.createTestingModule({
      imports: [HealthModule.forRootAsync({ useFactory: () => ({ bus: () => well }) }), MetricsModule.forRoot('gateway')],
    }).compile();
    app = module.createNestApplication<NestFastifyApplication>(new FastifyAdapter(), { logger: false });
    await app.init();
    await app.getHttpAdapter().getInstance().ready();
  });
  afterAll(() => app.close());
  const get = (url: string) => app.inject({ method: 'GET', url });

  it('is live as soon as it answers', async () => {
    well = false;
    expect(await get('/health/live')).toMatchObject({ statusCode: 200, payload: '{"status":"up"}' });
  });

  it('is ready only while everything it needs is there; otherwise 503 names what is not', async () => {
    well = true;
    expect((await get('/health/ready')).statusCode).toBe(200);
    well = false;
    const answer = await get('/health/ready');
    expect(answer.statusCode).toBe(503);
    expect(answer.json()).toMatchObject({ status: 'down', checks: { bus: { status: 'down', reason: 'not ready' } } });
  });

  it('shows its metrics in Prometheus text form, with its name on each', async () => {
    const answer = await get('/metrics');
    expect(answer.headers['content-type']).toContain('text/plain');
    expect(answer.payload).toMatch(/process_cpu_seconds_total\{app="gateway"\}/);
  });
});
