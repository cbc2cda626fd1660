import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { forgetProfile, until, withDatabase, withRedis } from '#test';
import { statusOf } from '../../local/programs/control.ts';
import { openProfile } from '../../local/servers/profile.ts';
import { SERVER_KINDS } from '../../local/servers/servers.ts';
import { RunningBridge } from '../journeys/running-bridge.fixture.ts';
import { KeptServer } from './kept-server.ts';

const PROFILE = 'start-order';
const RUN_MS = 300_000;
const STEP_MS = 60_000;
const CASES = 30;
const RATE = 10;

describe('programs that are started before RabbitMQ', () => {
  // The first to be named ends first: the programs must be gone before their servers are.
  afterAll(() => bridge.stop(), RUN_MS);
  afterAll(async () => {
    await rabbitmq.release();
    forgetProfile(PROFILE);
  }, RUN_MS);
  const [redis, database] = [withRedis(), withDatabase()];
  const rabbitmq = new KeptServer(SERVER_KINDS.rabbitmq, openProfile(PROFILE));
  const bridge = new RunningBridge({ seed: 72 }, {
    redisPrefix: redis.prefix,
    get rabbitmq() { return rabbitmq.directUrl; },
    get redis() { return redis.url; },
    get database() { return database.url; },
  });
  beforeAll(async () => {
    // It has its ports, and was there once; now nobody answers at them.
    await rabbitmq.start();
    await rabbitmq.strike('SIGKILL');
  }, RUN_MS);

  const health = async (name: 'gateway' | 'district-adapter' | 'centre-adapter'): Promise<{ http: number; status: string }> => {
    const answer = await fetch(`${bridge.url(name)}/health/ready`, { signal: AbortSignal.timeout(5_000) });
    return { http: answer.status, status: (await answer.json() as { status: string }).status };
  };

  it('open their doors and take cases; when it comes, every case goes its way, and no program had to be started again', async () => {
    const started = bridge.start();
    // Told below; it may be over before.
    started.catch(() => undefined);
    for (const adapter of ['district-adapter', 'centre-adapter'] as const) {
      await until(async () => (await health(adapter)).status === 'limited', { within: STEP_MS, what: `${adapter} at work without RabbitMQ` });
      expect(await health(adapter)).toEqual({ http: 200, status: 'limited' });
    }
    await until(async () => (await health('gateway')).http === 503, { within: STEP_MS, what: 'a gateway that answers and says that it is not ready' });
    await bridge.begin({ cases: CASES, rate: RATE });
    await until(async () => (await statusOf(bridge.url('platform'))).cases.started === CASES, { within: STEP_MS, what: 'every case taken at the door' });
    await rabbitmq.start();
    // Rejects when one of them died.
    await started;
    for (const program of ['gateway', 'district-adapter', 'centre-adapter'] as const) {
      await until(async () => (await health(program)).status === 'up', { within: STEP_MS, what: `${program} with all it needs` });
    }
    await bridge.finished();
    expect(await bridge.check()).toMatchObject({ ok: true, cases: CASES, lost: 0, duplicated: 0, outOfOrder: 0, altered: 0, stuckCount: 0, failed: 0, findings: [] });
  }, RUN_MS);
});
