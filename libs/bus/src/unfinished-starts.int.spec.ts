import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { createLogger } from '#runtime';
import { until, withRedis } from '../../../test/support/index.ts';
import { guardHandler, type Guards } from './guard-handler.ts';
import type { IncomingMessage } from './message.ts';
import { Quarantine } from './quarantine.ts';
import { UnfinishedStarts } from './unfinished-starts.ts';

const logger = createLogger('gateway', { level: 'silent' });
const message = (deliveryCount: number): IncomingMessage => ({ queue: 'q', messageId: 'm', type: 't', body: null, headers: {}, deliveryCount, failures: 0 });
const done = (): Promise<['done']> => Promise.resolve(['done']);

describe('noting starts that never ended', () => {
  const server = withRedis();
  let redis: Redis;
  beforeAll(() => { redis = new Redis(server.url); });
  beforeEach(() => redis.flushdb());
  afterAll(() => redis.disconnect());

  const life = (name: string) => new UnfinishedStarts({ redis, prefix: server.prefix, logger, life: name });
  const guards = (starts: UnfinishedStarts, watchMs = 60_000): Guards => ({ starts, watchMs, logger, quarantine: new Quarantine(watchMs) });
  /** A life that started the message and then ended. */
  const die = (name: string) => life(name).begin('q', 'm');

  it('counts each life once, and its own not at all', async () => {
    const own = life('own');
    for (const name of ['a', 'b', 'b', 'own', 'own']) await die(name);
    expect(await own.of('q', 'm')).toBe(2);
    expect(await own.of('q', 'other')).toBe(0);
    expect(await own.of('other', 'm')).toBe(0);
  });

  it('forgets them after an hour', async () => {
    await die('a');
    const [key] = await redis.keys('*');
    expect(await redis.ttl(key ?? '')).toBeGreaterThan(3_500);
  });

  it('notes nothing of a message that came for the first or second time', async () => {
    const keys: string[][] = [];
    const handle = guardHandler(async () => { keys.push(await redis.keys('*')); return ['done']; }, guards(life('own')));
    for (const count of [0, 1, 2]) await handle([message(count)]);
    expect(keys.map(({ length }) => length)).toEqual([0, 0, 1]);
  });

  it.each([
    ['an answer', done],
    ['not now', () => Promise.resolve({ kind: 'not-now' as const, reason: 'database away' })],
    ['a throw', () => Promise.reject(new Error('no'))],
  ])('forgets all starts once the handler has answered: %s', async (_case, handle) => {
    await die('a');
    await guardHandler(handle, guards(life('own')))([message(2)]).catch(() => undefined);
    expect(await redis.keys('*')).toEqual([]);
  });

  it('takes its own note back from a message that is in hand for long: that kills nobody; notes of other lives stay', async () => {
    await die('a');
    const held = Promise.withResolvers<['done']>();
    const inHand = Promise.withResolvers<void>();
    const working = guardHandler(() => { inHand.resolve(); return held.promise; }, guards(life('own'), 300))([message(2)]);
    await inHand.promise;
    const [key = ''] = await redis.keys('*');
    expect((await redis.smembers(key)).toSorted()).toEqual(['a', 'own']);
    await until(async () => (await redis.smembers(key)).join() === 'a', { within: 20_000 });
    held.resolve(['done']);
    await working;
    expect(await redis.keys('*')).toEqual([]);
  });

  it('hands out no more what three lives ended with, and says why', async () => {
    for (const name of ['a', 'b']) await die(name);
    let calls = 0;
    const handle = guardHandler(() => { calls++; return Promise.resolve(['done']); }, guards(life('own')));
    await handle([message(4)]);
    expect(calls).toBe(1);
    for (const name of ['a', 'b', 'c']) await die(name);
    expect(await handle([message(5)])).toEqual([{ kind: 'dead', code: 'kills-its-process', reason: 'the process died 3 times while it handled this message' }]);
    expect(calls).toBe(1);
  });

  it('holds nothing against a message while Redis is away, and does not wait for it', async () => {
    // Gives up after the first try, and so needs no end: a farewell to a connection that never was would keep this process alive.
    const away = new Redis('redis://127.0.0.1:1', { lazyConnect: true, maxRetriesPerRequest: 0, enableOfflineQueue: false, retryStrategy: () => null });
    away.on('error', () => undefined);
    const starts = new UnfinishedStarts({ redis: away, prefix: '', logger, timeoutMs: 100 });
    expect(await guardHandler(done, guards(starts))([message(9)])).toEqual(['done']);
    const silent = new UnfinishedStarts({ redis: new Proxy(away, { get: () => () => new Promise(() => undefined) }), prefix: '', logger, timeoutMs: 50 });
    expect(await guardHandler(done, guards(silent))([message(9)])).toEqual(['done']);
  });
});
