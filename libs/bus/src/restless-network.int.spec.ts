import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { until, withRedis, withVhost } from '../../../test/support/index.ts';
import { DEAD, INTAKE, intakeMessage, Rig, testTopology } from './bus-rig.fixture.ts';
import type { BusServer, QueueOptions } from './bus-server.ts';
import { StallingProxy } from './stalling-proxy.fixture.ts';

const within = 30_000;
const CUTS = 12;
/** Not every cut meets a delivery: it is cut until one message has come again often enough to be buried by a careless bus. */
const MOST_CUTS = 60;
const COMES_AGAIN = 5;
/** Longer than it takes to connect again: every message is in hand when the next connection is cut. */
const WORK_MS = 150;

describe('a restless network', () => {
  const vhost = withVhost();
  const redisServer = withRedis();
  const rig = new Rig(() => vhost.url);
  let redis: Redis;
  let proxy: StallingProxy;
  beforeAll(async () => {
    redis = new Redis(redisServer.url);
    proxy = await StallingProxy.before(vhost.url);
  });
  afterEach(async () => {
    await rig.closeAll();
    await rig.empty(INTAKE, DEAD);
  });
  afterAll(async () => {
    redis.disconnect();
    await proxy.close();
  });

  it.each<[string, Omit<QueueOptions, 'name'>]>([
    ['in batches', { mode: 'batch', batchSize: 5 }],
    // Room for every copy that comes while the first one is still in hand.
    ['each by itself', { mode: 'each', concurrency: 100 }],
  ])('buries no message, however often its connection was cut while the message was in hand: %s', async (_mode, queue) => {
    const topology = testTopology({ deliveryLimit: 100 });
    const publisher = await rig.publisher({ topology });
    const done: string[] = [];
    const counts: number[] = [];
    const calm = Promise.withResolvers<void>();
    const serve = (): Promise<{ server: BusServer }> => rig.serve(async (batch) => {
      counts.push(...batch.map(({ deliveryCount }) => deliveryCount));
      // One message is in hand for as long as the network is restless, as with an endpoint that hangs.
      if (batch.some(({ messageId }) => messageId === 'm3')) await calm.promise;
      else await new Promise((resolve) => { setTimeout(resolve, WORK_MS); });
      done.push(...batch.map(({ messageId }) => messageId));
      return batch.map(() => 'done');
    }, publisher, queue, { topology, connection: rig.connection('consuming', proxy.through(vhost.url)), redis: { redis, prefix: redisServer.prefix } });
    // Two lives at once, as two programs on one queue.
    const servers = [(await serve()).server, (await serve()).server];
    const ids = Array.from({ length: 8 }, (_, n) => `m${n}`);
    await publisher.publishAll(ids.map((id) => intakeMessage(id)));
    for (let cut = 0; cut < CUTS || (Math.max(...counts) <= COMES_AGAIN && cut < MOST_CUTS); cut++) {
      await until(() => servers.every(({ ready }) => ready), { within, every: 5 });
      proxy.cut();
      await until(() => servers.every(({ ready }) => !ready), { within, every: 1 });
    }
    calm.resolve();
    await until(() => new Set(done).size === ids.length, { within });
    await until(async () => (await rig.ready(INTAKE)) === 0, { within });
    expect(Math.max(...counts)).toBeGreaterThan(COMES_AGAIN);
    expect(await rig.ready(DEAD)).toBe(0);
    await until(async () => (await redis.keys(`${redisServer.prefix}*`)).length === 0, { within, what: 'no start noted any more' });
  });
});
