import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createLogger } from '#runtime';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { freePort, until, withDatabase, withRedis } from '../../../../test/support/index.ts';
import { eventOf, newProjectNo, receiptOf } from '../case-events.fixture.ts';
import { openBench } from '../gateway-bench.fixture.ts';
import type { GatewayBench } from '../gateway-bench.fixture.ts';
import { RebuildTimers } from './rebuild-timers.ts';
import type { TimersState } from './rebuild-timers.ts';
import { RETRY_QUEUE, RetryTimers } from './retry-timers.ts';
import type { RetryJob } from './retry-timers.ts';

const logger = createLogger('gateway', { level: 'silent' });
const database = withDatabase();
const server = withRedis();

describe('the timers of what waits for its next attempt', () => {
  let bench: GatewayBench;
  const open: { redis: Redis; queue: Queue<RetryJob> }[] = [];
  beforeAll(async () => {
    bench = await openBench(database.url);
  });
  beforeEach(async () => {
    await bench.db.updateTable('transfers').set({ status: 'discarded' }).execute();
    await using(async (redis) => { await redis.flushdb(); });
  });
  afterEach(async () => {
    for (const { redis, queue } of open.splice(0)) {
      redis.disconnect();
      await queue.close();
    }
  });
  afterAll(() => bench.db.destroy());

  it('are all put back once Redis was emptied, each with what is left of its wait, and then left alone', async () => {
    const waiting = await waitingTransfers(bench, 3);
    const gateway = aGateway();
    await kept(gateway);
    const jobs = await gateway.queue.getDelayed();
    expect(jobs.map((job) => job.data.transferId).sort()).toEqual(waiting);
    expect(jobs.every((job) => job.delay > 1_700_000 && job.delay <= 1_801_000)).toBe(true);
    gateway.sets.length = 0;
    await gateway.rebuild.run();
    expect(gateway.sets).toEqual([]);
    await using(async (redis) => { await redis.flushdb(); });
    await kept(gateway);
    expect(await gateway.queue.getDelayedCount()).toBe(3);
  });

  it('are not doubled where they are still there', async () => {
    const [first = ''] = await waitingTransfers(bench, 2);
    const gateway = aGateway();
    await gateway.timers.set([{ transferId: first, attempt: 1, waitMs: 1_000_000 }]);
    await kept(gateway);
    expect(await gateway.queue.getDelayedCount()).toBe(2);
  });

  it('are put back when the server was restarted, for it may have lost its last second', async () => {
    await waitingTransfers(bench, 1);
    const gateway = aGateway();
    await using(async (redis) => { await redis.set(`${server.prefix}timers-complete`, 'complete of-an-earlier-run'); });
    await kept(gateway);
    expect(await gateway.queue.getDelayedCount()).toBe(1);
  });

  it('are put back by one gateway when several find them gone at the same moment', async () => {
    await waitingTransfers(bench, 5);
    const gateways = [aGateway(), aGateway(), aGateway()];
    // A round in which Redis answered one of them too late says nothing: all of them begin anew.
    await until(async () => {
      await using(async (redis) => { await redis.flushdb(); });
      for (const { sets } of gateways) sets.length = 0;
      return (await Promise.all(gateways.map(({ rebuild }) => rebuild.run()))).every((state) => state === 'kept');
    }, { within: 60_000, every: 250, what: 'an answer to each of them' });
    expect(gateways.flatMap(({ sets }) => sets)).toEqual([5]);
  });

  it('are looked for once more when Redis was emptied in the middle of putting them back', async () => {
    await waitingTransfers(bench, 2);
    const gateway = aGateway();
    const states: TimersState[] = [];
    gateway.afterSet = () => using(async (redis) => { await redis.flushdb(); });
    await until(async () => {
      states.push(await gateway.rebuild.run());
      return gateway.sets.length > 0;
    }, { within: 60_000, every: 250, what: 'timers being put back' });
    expect(new Set(states)).toEqual(new Set(['away']));
    gateway.afterSet = () => Promise.resolve();
    await kept(gateway);
    expect(await gateway.queue.getDelayedCount()).toBe(2);
  });

  it('are put back when they could not be set in the first place', async () => {
    const [transferId = ''] = await waitingTransfers(bench, 1);
    const gateway = aGateway();
    await kept(gateway);
    await gateway.queue.obliterate({ force: true });
    gateway.breakSet = true;
    expect(await gateway.timers.set([{ transferId, attempt: 1, waitMs: 5 }])).toBe(false);
    gateway.breakSet = false;
    await kept(gateway);
    expect(await gateway.queue.getDelayedCount()).toBe(1);
    gateway.sets.length = 0;
    await gateway.rebuild.run();
    expect(gateway.sets).toEqual([]);
  });

  it('are put back by another gateway at once when the one that began could not set them', async () => {
    await waitingTransfers(bench, 1);
    const [first, second] = [aGateway(), aGateway()];
    first.breakSet = true;
    await until(async () => {
      expect(await first.rebuild.run()).toBe('away');
      return first.sets.length > 0;
    }, { within: 60_000, every: 250, what: 'the first one\'s try' });
    // Sooner than its claim would run out.
    await until(async () => {
      await second.rebuild.run();
      return await second.queue.getDelayedCount() === 1;
    }, { within: 20_000, every: 250, what: 'the other one\'s timer' });
  });

  it('are given up quickly while Redis is away, and the sweep is told', async () => {
    const port = await freePort();
    // Tries once, and so ends by itself.
    const redis = new Redis(port, '127.0.0.1', { maxRetriesPerRequest: 1, enableOfflineQueue: false, lazyConnect: true, retryStrategy: () => null });
    redis.on('error', () => undefined);
    const timers = { haveMissing: false } as unknown as RetryTimers;
    expect(await new RebuildTimers(bench.db, redis, timers, bench.config, logger).run()).toBe('away');
  });

  it('come back in pages however many there are, and a stopping gateway leaves the rest to the next', async () => {
    await waitingTransfers(bench, 1);
    await multiply(bench, 2_500);
    const stopping = new AbortController();
    const first = aGateway();
    first.afterSet = () => { stopping.abort(); return Promise.resolve(); };
    await until(async () => {
      await first.rebuild.run(stopping.signal);
      return first.sets.length > 0;
    }, { within: 60_000, every: 250, what: 'its first page' });
    expect(first.sets).toEqual([1_000]);
    const second = aGateway();
    // A page that Redis took too long for is given up and begun again: the machine may have stood still meanwhile.
    await until(async () => {
      await second.rebuild.run();
      return await second.queue.getDelayedCount() === 2_501;
    }, { within: 60_000, every: 250, what: 'every timer put back' });
    expect(second.sets.length).toBeGreaterThanOrEqual(3);
    expect(Math.max(...second.sets)).toBe(1_000);
  });

  function aGateway() {
    const redis = new Redis(server.url, { maxRetriesPerRequest: 1 });
    const queue = new Queue<RetryJob>(RETRY_QUEUE, { connection: { url: server.url }, prefix: `${server.prefix}timers` });
    open.push({ redis, queue });
    const gateway = { queue, sets: [] as number[], afterSet: () => Promise.resolve(), breakSet: false, ...working(redis, queue) };
    const addBulk = queue.addBulk.bind(queue);
    queue.addBulk = async (jobs) => {
      gateway.sets.push(jobs.length);
      if (gateway.breakSet) throw new Error('connection lost');
      const added = await addBulk(jobs);
      await gateway.afterSet();
      return added;
    };
    return gateway;
  }

  function working(redis: Redis, queue: Queue<RetryJob>) {
    const timers = new RetryTimers(queue, logger);
    return { timers, rebuild: new RebuildTimers(bench.db, redis, timers, Object.assign(bench.config, { redisPrefix: server.prefix }), logger) };
  }
});

/** As the sweep does it, again and again: a Redis that answers too late is away for this time. */
async function kept({ rebuild }: { readonly rebuild: RebuildTimers }): Promise<void> {
  await until(async () => await rebuild.run() === 'kept', { within: 60_000, every: 250, what: 'timers that are kept' });
}

async function using(work: (redis: Redis) => Promise<void>): Promise<void> {
  const redis = new Redis(server.url);
  await work(redis).finally(() => redis.disconnect());
}

/** So many transfers that wait half an hour for their second attempt; their ids, in order. */
async function waitingTransfers(bench: GatewayBench, count: number): Promise<string[]> {
  const projectNos = Array.from({ length: count }, newProjectNo);
  await bench.events(...projectNos.map((subject) => eventOf('case.received', { subject })));
  const transfers = (await Promise.all(projectNos.map((projectNo) => bench.transfers(projectNo)))).flat();
  await bench.receipts(...transfers.map((transfer) => receiptOf(transfer, { outcome: 'retryable', retryAfterMs: 1_800_000 })));
  return transfers.map(({ id }) => id).sort();
}

/** Copies the one waiting transfer under other ids, each as the first of a lane of its own. */
async function multiply(bench: GatewayBench, count: number): Promise<void> {
  const [row] = await bench.db.selectFrom('transfers').selectAll().where('status', '=', 'retry_wait').execute();
  if (row === undefined) throw new Error('nothing waits');
  for (let start = 0; start < count; start += 500) {
    await bench.db.insertInto('transfers').values(Array.from({ length: Math.min(500, count - start) }, (_, index) => ({
      ...row, id: `${row.id}-${start + index}`, destination: `hall:${100_000 + start + index}` as const,
    }))).execute();
  }
}
