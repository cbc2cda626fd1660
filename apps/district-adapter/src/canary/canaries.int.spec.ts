import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connect, type ChannelModel } from 'amqplib';
import { partsOf } from '#bus';
import { isCanary, QUEUES, type JiujinEvent } from '#contracts';
import { KeyRing, type RunningApp } from '#runtime';
import { until, withRedis, withVhost } from '../../../../test/support/index.ts';
import { LEDGER_KEYS, startAdapter } from '../district-adapter.fixture.ts';
import { canaryHalls, type CanaryParts } from './canaries.ts';

const INTERVAL_MS = 400;
const ring = KeyRing.fromJson(LEDGER_KEYS);
const adapters: RunningApp[] = [];
let broker: ChannelModel;
const arrived: { readonly event: JiujinEvent; readonly party: unknown }[] = [];

// Before the fixtures' own hooks: the vhost goes only after those who use it.
afterAll(async () => {
  await Promise.all(adapters.map((adapter) => adapter.close()));
  await broker.close();
});

const vhost = withVhost();
const redis = withRedis();
const start = async (): Promise<void> => {
  adapters.push(await startAdapter({
    RABBITMQ_URL: vhost.url, REDIS_URL: redis.url, REDIS_PREFIX: redis.prefix, CANARY_INTERVAL_MS: String(INTERVAL_MS), HOST: '0.0.0.0',
  }));
};
const numbersOf = (hall: string): string[] => arrived.filter(({ party }) => party === `hall:${hall}`).map(({ event }) => event.subject ?? '');

beforeAll(async () => {
  await start();
  broker = await connect(vhost.url);
  const channel = await broker.createChannel();
  await channel.consume(QUEUES.intake, (message) => {
    if (message === null) return;
    for (const { content, properties } of partsOf(message)) {
      const headers = (properties.headers ?? {}) as Record<string, unknown>;
      const event = JSON.parse(ring.open(Number(headers['x-key-version']), content).toString()) as JiujinEvent;
      arrived.push({ event, party: headers['x-party'] });
    }
  }, { noAck: true });
});

describe('the canaries of an adapter', () => {
  it('pass its own door for every served hall that has a key, signed by that hall, again and again', async () => {
    await until(() => numbersOf('410204').length >= 3 && numbersOf('410203').length >= 3, { within: 20_000, what: 'three canaries of both halls' });
    expect(new Set(arrived.map(({ party }) => party))).toEqual(new Set(['hall:410204', 'hall:410203']));
    expect(arrived.every(({ event }) => event.type === 'case.received' && event.canary === true && isCanary(event.subject ?? ''))).toBe(true);
    expect(new Set(numbersOf('410204')).size).toBe(numbersOf('410204').length);
  });

  it('take turns over all instances: three of them send no more than one', async () => {
    const before = arrived.length;
    await Promise.all([start(), start()]);
    await until(() => arrived.length >= before + 16, { within: 20_000, what: 'eight turns of both halls' });
    for (const hall of ['410203', '410204']) {
      const times = arrived.slice(before).filter(({ party }) => party === `hall:${hall}`).map(({ event }) => Date.parse(event.time));
      const turns = (Math.max(...times) - Math.min(...times)) / INTERVAL_MS;
      // Each for itself they would send three in each interval; one that a busy machine sends late comes nearer to the next, and is none more.
      expect(times.length - 1).toBeLessThan(turns * 1.5 + 1);
    }
  });

  it('go to the chosen halls only, to none without a key, and nowhere while they are switched off', () => {
    const parts = (canaryHallCodes: string[], canaryIntervalMs = INTERVAL_MS): Pick<CanaryParts, 'config' | 'halls' | 'keys'> => (
      { config: { canaryHalls: canaryHallCodes, canaryIntervalMs } as CanaryParts['config'], halls: ['410202', '410203', '410204'], keys: new Map([['hall-410203', {} as never], ['hall-410204', {} as never]]) });
    expect([canaryHalls(parts([])), canaryHalls(parts(['410204'])), canaryHalls(parts(['410202', '410205']))]).toEqual([['410203', '410204'], ['410204'], []]);
    expect(canaryHalls(parts([], 0))).toEqual([]);
  });
});
