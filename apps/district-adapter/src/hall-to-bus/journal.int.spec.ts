import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { QUEUES } from '#contracts';
import { until, withRedis, withVhost } from '../../../../test/support/index.ts';
import { accepted, caseNo, eventOf, IngressRig, send, type Adapter } from './ingress-rig.fixture.ts';

let rig: IngressRig;
// Before the fixtures' own hooks: the vhost goes only after those who use it.
afterAll(() => rig.close());

const vhost = withVhost();
const redis = withRedis();

beforeAll(async () => {
  rig = new IngressRig({ broker: vhost.url, redis: redis.url, prefix: redis.prefix });
  await rig.open();
});

beforeEach(async () => {
  await rig.redis.flushdb();
});

/** Shorter than anybody would set it: overdue events are looked for every 100 ms. */
const HASTY = { CONFIRM_PATIENCE_MS: '4000', JOURNAL_PATIENCE_MS: '800', JOURNAL_PATIENCE_CAP_MS: '3600000' };

async function settle(adapter: Adapter): Promise<void> {
  await rig.stop(adapter);
  await rig.channel.purgeQueue(QUEUES.intake);
}

describe('an accepted event', () => {
  let adapter: Adapter;
  beforeAll(async () => { adapter = await rig.start(); });
  afterAll(() => settle(adapter));

  it('lies in the journal, sealed, beside its copy in RabbitMQ, until the gateway says that it is recorded', async () => {
    const [kept, done] = [eventOf(caseNo()), eventOf(caseNo())];
    await accepted(adapter, [kept, done]);
    expect(await rig.entries()).toBe(2);
    const raw = await rig.redis.hget(rig.key('journal:bodies'), `/halls/410204#${kept.id}`);
    expect(raw).not.toBeNull();
    expect(raw).not.toContain(kept.data.applicant.name);
    expect(raw).not.toContain(kept.data.applicant.certNo);
    await rig.acknowledge([done.id, 'never-seen']);
    await until(async () => await rig.entries() === 1, { within: 20_000, every: 20, what: 'the recorded event gone from the journal' });
    await rig.acknowledge([kept.id]);
    await until(async () => (await rig.redis.keys(rig.key('journal:*'))).filter((key) => !key.endsWith('lease')).length === 0, { within: 20_000, every: 20, what: 'an empty journal' });
  });

  it('is in the journal once, however often its sender repeats it, and is not in it when its id is another\'s', async () => {
    const event = eventOf(caseNo());
    for (let times = 0; times < 3; times++) await accepted(adapter, event);
    expect(await send(adapter, { ...event, sequence: 9 })).toMatchObject({ status: 409 });
    expect(await rig.entries()).toBe(1);
  });

  it('is not accepted while Redis cannot keep it', async () => {
    rig.redisWire.cut();
    expect(await send(adapter, eventOf(caseNo()))).toMatchObject({ status: 503, body: { code: 'store-unavailable' } });
    rig.mend();
    await until(async () => (await send(adapter, eventOf(caseNo()))).status === 202, { within: 30_000, every: 100, what: 'a 202 after Redis is back' });
  });

  it('survives in RabbitMQ when Redis loses all its data, and the door goes on', async () => {
    const before = await rig.waiting();
    const event = eventOf(caseNo());
    await accepted(adapter, event);
    await rig.redis.flushdb();
    await accepted(adapter, eventOf(caseNo()));
    await rig.acknowledge([event.id]);
    expect(await rig.waiting()).toBe(before + 2);
    expect(await rig.entries()).toBe(1);
  });
});

describe('a journal that is full', () => {
  it('is a 503 of its own with Retry-After, and takes events again once older ones are recorded', async () => {
    const adapter = await rig.start({ JOURNAL_MAX_EVENTS: '3' });
    const events = [eventOf(caseNo()), eventOf(caseNo()), eventOf(caseNo())];
    await accepted(adapter, events);
    const answer = await send(adapter, eventOf(caseNo()));
    expect(answer).toMatchObject({ status: 503, body: { code: 'journal-full' } });
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect(await rig.takeAll()).toHaveLength(3);
    await rig.acknowledge(events.map(({ id }) => id));
    await until(async () => (await send(adapter, eventOf(caseNo()))).status === 202, { within: 30_000, every: 50, what: 'room in the journal' });
    await settle(adapter);
  });
});

describe('when RabbitMQ loses its data', () => {
  const adapters: Adapter[] = [];
  beforeEach(async () => { adapters.push(await rig.start(HASTY), await rig.start(HASTY, { ownWay: true })); });
  afterEach(async () => { for (const adapter of adapters.splice(0)) await settle(adapter); });

  const [first, second] = [(): Adapter => adapters[0] as Adapter, (): Adapter => adapters[1] as Adapter];

  it('every event comes again, each case in its order, and says that nobody sent it again; the wait for the gateway is not filled with more of them', async () => {
    const cases = Array.from({ length: 60 }, () => caseNo());
    const rounds = [0, 1, 2].map(() => cases.map(eventOf));
    for (const [round, events] of rounds.entries()) await accepted(round === 1 ? second() : first(), events);
    const overdue = async (byMs = 0): Promise<boolean> => await rig.redis.zcount(rig.key('journal:due'), '-inf', (Date.now() - byMs) * 1000) === 180;
    await until(() => overdue(), { within: 40_000, every: 50, what: 'all of them overdue' });
    await rig.channel.purgeQueue(QUEUES.intake);
    await until(async () => await rig.redis.hlen(rig.key('journal:tries')) === 180, { within: 40_000, every: 50, what: 'all events published again' });
    // Some rounds of both instances later there are still no more of them.
    await until(() => overdue(500), { within: 40_000, every: 50, what: 'all of them overdue once more' });
    // Taken only when nobody looks any more: a queue that empties without a word looks like one that loses its messages.
    for (const adapter of adapters.splice(0)) await rig.stop(adapter);
    const taken = await rig.takeAll();
    // On a slow machine an event may be overdue again before the broker has counted it; that is once more, not at every look.
    expect(taken.length).toBeLessThanOrEqual(2 * 180);
    const arrived = taken.filter((one, at) => taken.findIndex(({ id }) => id === one.id) === at);
    expect(arrived).toHaveLength(180);
    expect(arrived.every(({ headers }) => headers['x-republished'] === 'journal' && typeof headers['x-door-at'] === 'string')).toBe(true);
    for (const [index, subject] of cases.entries()) {
      expect(arrived.filter((one) => one.subject === subject).map(({ id }) => id)).toEqual(rounds.map((events) => events[index]?.id));
    }
  });

  it('only what the gateway had not recorded comes again', async () => {
    const events = Array.from({ length: 40 }, () => eventOf(caseNo()));
    await accepted(first(), events);
    await rig.acknowledge(events.slice(0, 30).map(({ id }) => id));
    await until(async () => await rig.entries() === 10, { within: 20_000, every: 20, what: 'the recorded ones gone' });
    await rig.channel.purgeQueue(QUEUES.intake);
    const arrived = await rig.takeUntil(events.slice(30).map(({ id }) => id));
    expect(arrived).toHaveLength(10);
  });

  it('a queue that is gone is declared again and gets its events back', async () => {
    const events = Array.from({ length: 20 }, () => eventOf(caseNo()));
    await accepted(first(), events);
    await rig.channel.deleteQueue(QUEUES.intake);
    rig.brokerWire.cut();
    rig.mend();
    await until(() => vhost.api('GET', `queues/${vhost.name}/${QUEUES.intake}`).then(() => true, () => false), { within: 20_000, every: 100, what: 'the queue' });
    expect(await rig.takeUntil(events.map(({ id }) => id))).toHaveLength(20);
  });
});

describe('events that are only on their way', () => {
  it('are not published again, however long the gateway leaves them in its queue', async () => {
    const adapter = await rig.start(HASTY);
    const events = Array.from({ length: 50 }, () => eventOf(caseNo()));
    await accepted(adapter, events);
    await until(async () => await rig.redis.zcount(rig.key('journal:due'), '-inf', (Date.now() - 1_500) * 1000) === 50, { within: 30_000, every: 50, what: 'events long overdue' });
    const arrived = await rig.takeAll();
    expect(arrived).toHaveLength(50);
    expect(arrived.filter(({ headers }) => 'x-republished' in headers)).toEqual([]);
    await settle(adapter);
  });

  const dueMs = async (id: string): Promise<number> => Number(await rig.redis.zscore(rig.key('journal:due'), `/halls/410204#${id}`)) / 1000;

  it('are published again with growing patience when somebody takes them and never says a word', async () => {
    const PATIENCE_MS = 600;
    const adapter = await rig.start({ ...HASTY, JOURNAL_PATIENCE_MS: String(PATIENCE_MS) });
    const event = eventOf(caseNo());
    await accepted(adapter, event);
    /** Until when (ms) the gateway may take its time: first noted by the door, then after each publishing. */
    const dues = [await dueMs(event.id)];
    let comings = 0;
    await until(async () => {
      comings += (await rig.takeAll()).length;
      const due = await dueMs(event.id);
      if (due !== dues.at(-1)) dues.push(due);
      return comings >= 4 && dues.length >= 4;
    }, { within: 30_000, every: 20, what: 'the event four times' });
    // Two, four and eight times the patience, from a moment that is never before the last one was over.
    const patience = dues.slice(1).map((due, index) => due - (dues[index] ?? 0));
    for (const [index, ms] of patience.entries()) expect(ms).toBeGreaterThan(PATIENCE_MS * 2 ** (index + 1) - 1);
    await settle(adapter);
  });
});
