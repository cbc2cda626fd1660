import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { QUEUES } from '#contracts';
import type { HealthReport } from '#runtime';
import { until, withRedis, withVhost } from '../../../../test/support/index.ts';
import { accepted, caseNo, eventOf, IngressRig, send, type Adapter } from './ingress-rig.fixture.ts';

const within = 30_000;

let rig: IngressRig;
// Before the fixtures' own hooks: the vhost goes only after those who use it.
afterAll(() => rig.close());
const vhost = withVhost();
const redis = withRedis();
beforeAll(async () => {
  rig = new IngressRig({ broker: vhost.url, redis: redis.url, prefix: redis.prefix });
  await rig.open();
});
afterEach(() => rig.mend());

async function health(adapter: Adapter, of: 'live' | 'ready'): Promise<{ status: number; report: HealthReport }> {
  const answer = await fetch(`${adapter.origin}/health/${of}`);
  return { status: answer.status, report: await answer.json() as HealthReport };
}

async function whole(adapter: Adapter): Promise<void> {
  await until(async () => (await health(adapter, 'ready')).report.status === 'up', { within, what: 'an adapter that misses nothing' });
}

async function starting(breaking: () => void, work: (adapter: Adapter) => Promise<void>): Promise<void> {
  breaking();
  const adapter = await rig.start();
  try {
    await work(adapter);
  } finally {
    rig.mend();
    await rig.stop(adapter);
  }
}

describe('an adapter that is started while RabbitMQ', () => {
  it.each([
    ['is away', () => rig.brokerWire.cut()],
    ['hangs', () => rig.brokerWire.stall()],
  ])('%s opens its door, is ready and says what it is without, and brings everything in order when RabbitMQ comes', async (_how, breaking) => {
    await starting(breaking, async (adapter) => {
      expect((await health(adapter, 'live')).status).toBe(200);
      await until(async () => (await health(adapter, 'ready')).report.checks['redis']?.status === 'up', { within, what: 'Redis to answer in time' });
      expect(await health(adapter, 'ready')).toMatchObject({
        status: 200, report: { status: 'limited', checks: { redis: { status: 'up' }, rabbitmq: { status: 'down', reason: expect.stringContaining('away') } } },
      });
      const subject = caseNo();
      const events = Array.from({ length: 12 }, () => eventOf(subject));
      for (const event of events) await accepted(adapter, event);
      rig.mend();
      await whole(adapter);
      const arrived = await rig.takeUntil(events.map(({ id }) => id));
      expect(arrived.map(({ id }) => id)).toEqual(events.map(({ id }) => id));
      await rig.acknowledge(events.map(({ id }) => id));
      await until(async () => await rig.entries() === 0, { within, what: 'the acknowledgement consumed' });
    });
  });

  it('is away can be ended all the same', async () => {
    rig.brokerWire.cut();
    const adapter = await rig.start();
    const startedAt = performance.now();
    await rig.stop(adapter);
    expect(performance.now() - startedAt).toBeLessThan(20_000);
  });
});

describe('an adapter that is started while Redis', () => {
  it.each([
    ['is away', () => rig.redisWire.cut()],
    ['hangs', () => rig.redisWire.stall()],
  ])('%s answers 503, and takes events when Redis comes, also into the spool', async (_how, breaking) => {
    await starting(breaking, async (adapter) => {
      const event = eventOf(caseNo());
      expect(await send(adapter, event)).toMatchObject({ status: 503, body: { code: 'store-unavailable' } });
      expect(await health(adapter, 'ready')).toMatchObject({ status: 503, report: { status: 'down', checks: { redis: { status: 'down' } } } });
      expect((await health(adapter, 'live')).status).toBe(200);
      rig.mend();
      await until(async () => (await send(adapter, event)).status === 202, { within, every: 200, what: 'a 202' });
      rig.brokerWire.cut();
      const later = eventOf(caseNo());
      await until(async () => (await send(adapter, later)).status === 202, { within, every: 200, what: 'a 202 from the spool' });
      rig.mend();
      await rig.takeUntil([event.id, later.id]);
    });
  });

  it('and RabbitMQ are away takes nothing, and everything when both have come', async () => {
    await starting(() => { rig.redisWire.cut(); rig.brokerWire.cut(); }, async (adapter) => {
      const event = eventOf(caseNo());
      expect((await send(adapter, event)).status).toBe(503);
      rig.redisWire.mend();
      await until(async () => (await send(adapter, event)).status === 202, { within, every: 200, what: 'a 202 from the spool' });
      rig.brokerWire.mend();
      expect(await rig.takeUntil([event.id])).toHaveLength(1);
    });
  });
});

describe('an adapter that finds a queue declared otherwise', () => {
  const undeclare = (): Promise<unknown> => rig.channel.deleteQueue(QUEUES.doorRefusals);

  it.each([
    ['after it was started without RabbitMQ', () => { rig.brokerWire.cut(); }],
    ['after the connection was lost', () => undefined],
  ])('has no hope any more, and says how to migrate: %s', async (_when, breaking) => {
    await undeclare();
    breaking();
    const adapter = await rig.start();
    rig.brokerWire.cut();
    await undeclare();
    await rig.channel.assertQueue(QUEUES.doorRefusals, { durable: true });
    rig.mend();
    const reason = await adapter.hopeless;
    expect(reason?.message).toContain(`${QUEUES.doorRefusals} exists on RabbitMQ with other arguments`);
    expect(reason?.message).toContain('rabbitmqctl delete_queue');
    await undeclare();
    await rig.stop(adapter);
  });
});
