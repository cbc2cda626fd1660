import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createLogger } from '#runtime';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { freePort, withDatabase, withRedis } from '../../../../test/support/index.ts';
import { eventOf, newProjectNo, receiptOf } from '../case-events.fixture.ts';
import { openBench } from '../gateway-bench.fixture.ts';
import type { GatewayBench } from '../gateway-bench.fixture.ts';
import { RebuildTimers } from './rebuild-timers.ts';
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
    expect(await gateway.rebuild.run()).toBe('kept');
    const jobs = await gateway.queue.getDelayed();
    expect(jobs.map((job) => job.data.transferId).sort()).toEqual(waiting);
    expect(jobs.every((job) => job.delay > 1_700_000 && job.delay <= 1_801_000)).toBe(true);
    gateway.sets.length = 0;
    await gateway.rebuild.run();
    expect(gateway.sets).toEqual([]);
    await using(async (redis) => { await redis.flushdb(); });
    await gateway.rebuild.run();
    expect(await gateway.queue.getDelayedCount()).toBe(3);
  });

  it('are not doubled where they are still there', async () => {
    const [first = ''] = await waitingTransfers(bench, 2);
    const gateway = aGateway();
    await gateway.timers.set([{ transferId: first, attempt: 1, waitMs: 1_000_000 }]);
    await gateway.rebuild.run();
    expect(await gateway.queue.getDelayedCount()).toBe(2);
  });

  it('are put back when the server was restarted, for it may have lost its last second', async () => {
    await waitingTransfers(bench, 1);
    const gateway = aGateway();
    await using(async (redis) => { await redis.set(`${server.prefix}timers-complete`, 'complete of-an-earlier-run'); });
    await gateway.rebuild.run();
    expect(await gateway.queue.getDelayedCount()).toBe(1);
  });

  it('are put back by one gateway when several find them gone at the same moment', async () => {
    await waitingTransfers(bench, 5);
    const gateways = [aGateway(), aGateway(), aGateway()];
    expect(await Promise.all(gateways.map(({ rebuild }) => rebuild.run()))).toEqual(['kept', 'kept', 'kept']);
    expect(gateways.flatMap(({ sets }) => sets)).toEqual([5]);
  });

  it('are looked for once more when Redis was emptied in the middle of putting them back', async () => {
    await waitingTransfers(bench, 2);
    const gateway = aGateway();
    gateway.afterSet = () => using(async (redis) => { await redis.flushdb(); });
    expect(await gateway.rebuild.run()).toBe('away');
    gateway.afterSet = () => Promise.resolve();
    expect(await gateway.rebuild.run()).toBe('kept');
    expect(await gateway.queue.getDelayedCount()).toBe(2);
  });

  it('are put back when they could not be set in the first place', async () => {
    const [transferId = ''] = await waitingTransfers(bench, 1);
    const gateway = aGateway();
    await gateway.rebuild.run();
    await gateway.queue.obliterate({ force: true });
    gateway.breakSet = true;
    expect(await gateway.timers.set([{ transferId, attempt: 1, waitMs: 5 }])).toBe(false);
    gateway.breakSet = false;
    await gateway.rebuild.run();
    expect(await gateway.queue.getDelayedCount()).toBe(1);
    gateway.sets.length = 0;
    await gateway.rebuild.run();
    expect(gateway.sets).toEqual([]);
  });

  it('are given up quickly while Redis is away, and the sweep is told', async () => {
    const port = await freePort();
    const redis = new Redis(port, '127.0.0.1', { maxRetriesPerRequest: 1, enableOfflineQueue: false, lazyConnect: true });
    redis.on('error', () => undefined);
    const timers = { haveMissing: false } as unknown as RetryTimers;
    expect(await new RebuildTimers(bench.db, redis, timers, bench.config, logger).run()).toBe('away');
    redis.disconnect();
  });

  it('come back in pages however many there are, and a stopping gateway leaves the rest to the next', async () => {
    await waitingTransfers(bench, 1);
    await multiply(bench, 2_500);
    const stopping = new AbortController();
    const first = aGateway();
    first.afterSet = () => { stopping.abort(); return Promise.resolve(); };
    await first.rebuild.run(stopping.signal);
    expect(first.sets).toEqual([1_000]);
    const second = aGateway();
    await second.rebuild.run();
    expect(second.sets).toEqual([1_000, 1_000, 501]);
    expect(await second.queue.getDelayedCount()).toBe(2_501);
  });

  function aGateway() {
    const redis = new Redis(server.url, { maxRetriesPerRequest: 1 });
    const queue = new Queue<RetryJob>(RETRY_QUEUE, { connection: { url: server.url }, prefix: `${server.prefix}timers` });
    open.push({ redis, queue });
    const gateway = { queue, sets: [] as number[], afterSet: () => Promise.resolve(), breakSet: false, ...working(redis, queue) };
    const addBulk = queue.addBulk.bind(queue);
    queue.addBulk = async (jobs) => {
      if (gateway.breakSet) throw new Error('connection lost');
      gateway.sets.push(jobs.length);
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
