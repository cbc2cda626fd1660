import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Worker } from 'bullmq';
import { EVENT_ROUTES, EXCHANGES, QUEUES } from '#contracts';
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
  // Declares the queues.
  await rig.stop(await rig.start());
});

beforeEach(async () => {
  rig.mend();
  await rig.redis.flushdb();
  await rig.channel.purgeQueue(QUEUES.intake);
});

function spooled(): Promise<number> {
  return rig.redis.zcard(rig.key('spooled:events'));
}

async function running(work: (adapter: Adapter) => Promise<void>, settings: Record<string, string> = {}): Promise<void> {
  const adapter = await rig.start(settings);
  try {
    await work(adapter);
  } finally {
    rig.mend();
    await rig.stop(adapter);
  }
}

describe('while RabbitMQ is away', () => {
  it('events are taken, and reach it in order per case when it is back, through the change from spool to direct and over two instances', async () => {
    await running(async (first) => {
      const second = await rig.start();
      const cases = Array.from({ length: 8 }, () => caseNo());
      const sent = new Map(cases.map((subject): [string, string[]] => [subject, []]));
      let turn = 0;
      const sendOne = async (subject: string): Promise<void> => {
        const event = eventOf(subject);
        await accepted(turn++ % 2 === 0 ? first : second, event);
        sent.get(subject)?.push(event.id);
      };
      const queuesUp = async (subject: string): Promise<boolean> => await rig.redis.hexists(rig.key('spooled:cases'), subject) === 1;
      /** Each case has a sender of its own, who waits for each 202 and goes on over the change; one that never paused could keep its case in the spool for ever. */
      const stream = async (subject: string): Promise<void> => {
        for (let more = 0; more < 20; more++) await sendOne(subject);
        await until(async () => !await queuesUp(subject), { within: 20_000, what: 'a case that queues up no more' });
        for (let more = 0; more < 5; more++) await sendOne(subject);
      };
      rig.brokerWire.cut();
      await Promise.all(cases.map(async (subject) => { for (let times = 0; times < 5; times++) await sendOne(subject); }));
      expect(await spooled()).toBe(40);
      const going = Promise.all(cases.map(stream));
      rig.mend();
      await going;
      const arrived = await rig.takeUntil([...sent.values()].flat());
      for (const [subject, ids] of sent) expect(arrived.filter((one) => one.subject === subject).map(({ id }) => id)).toEqual(ids);
      expect(arrived.some(({ headers }) => headers['x-republished'] === undefined)).toBe(true);
      await until(async () => await rig.redis.exists(rig.key('spooled:events'), rig.key('spooled:cases'), rig.key('spooled:case-of')) === 0, { within: 20_000, what: 'empty books of the spool' });
      await rig.stop(second);
    });
  });

  it('a batch with several events of one case keeps their order too', async () => {
    await running(async (adapter) => {
      const subject = caseNo();
      const events = Array.from({ length: 30 }, () => eventOf(subject));
      rig.brokerWire.cut();
      await accepted(adapter, events.slice(0, 20));
      rig.mend();
      await accepted(adapter, events.slice(20));
      const arrived = await rig.takeUntil(events.map(({ id }) => id));
      expect(arrived.map(({ id }) => id)).toEqual(events.map(({ id }) => id));
    });
  });

  it('an event that its sender repeats waits in the spool once', async () => {
    await running(async (adapter) => {
      const event = eventOf(caseNo());
      rig.brokerWire.cut();
      for (let times = 0; times < 5; times++) await accepted(adapter, event);
      expect(await spooled()).toBe(1);
      expect(await rig.redis.llen(rig.key('spool:wait'))).toBe(1);
      rig.mend();
      expect(await rig.takeUntil([event.id])).toHaveLength(1);
    });
  });

  it('SIGTERM is obeyed within its time, and the next process brings what waited', async () => {
    const adapter = await rig.start();
    rig.brokerWire.cut();
    const subject = caseNo();
    const events = Array.from({ length: 10 }, () => eventOf(subject));
    for (const event of events) await accepted(adapter, event);
    const startedAt = performance.now();
    await rig.stop(adapter);
    expect(performance.now() - startedAt).toBeLessThan(20_000);
    rig.mend();
    await running(async () => {
      const arrived = await rig.takeUntil(events.map(({ id }) => id));
      expect(arrived.map(({ id }) => id)).toEqual(events.map(({ id }) => id));
    });
  });

  it('a job in hand goes back to its place when the process stops, and nothing of it is lost', async () => {
    const adapter = await rig.start();
    // RabbitMQ is there and takes nothing: the job is in hand, and stays there.
    await rig.channel.unbindQueue(QUEUES.intake, EXCHANGES.events, EVENT_ROUTES.intake);
    const events = Array.from({ length: 5 }, () => eventOf(caseNo()));
    for (const event of events) await accepted(adapter, event);
    await until(async () => await rig.redis.llen(rig.key('spool:active')) === 1, { within: 20_000, every: 20, what: 'a job in hand' });
    await rig.stop(adapter);
    expect(await rig.redis.llen(rig.key('spool:active'))).toBe(0);
    expect(await rig.redis.llen(rig.key('spool:wait'))).toBeGreaterThan(0);
    expect(await spooled()).toBe(5);
    await running(async () => {
      expect(await rig.takeUntil(events.map(({ id }) => id))).toHaveLength(5);
    });
  });

  it('an event that the spool cannot take is not answered 202', async () => {
    await running(async (adapter) => {
      rig.brokerWire.cut();
      await rig.redis.set(rig.key('spool:wait'), 'no list');
      const event = eventOf(caseNo());
      expect(await send(adapter, event)).toMatchObject({ status: 503, body: { code: 'store-unavailable' } });
      await rig.redis.del(rig.key('spool:wait'));
      await accepted(adapter, event);
      rig.mend();
      expect(await rig.takeUntil([event.id])).toHaveLength(1);
    });
  });

  it('Redis may go and come back too: what was answered 202 arrives', async () => {
    await running(async (adapter) => {
      rig.brokerWire.cut();
      const events = Array.from({ length: 10 }, () => eventOf(caseNo()));
      for (const event of events) await accepted(adapter, event);
      rig.redisWire.cut();
      expect(await send(adapter, eventOf(caseNo()))).toMatchObject({ status: 503, body: { code: 'store-unavailable' } });
      rig.mend();
      expect(await rig.takeUntil(events.map(({ id }) => id))).toHaveLength(10);
    });
  });

  it('the spool works again after Redis lost all its data, one job at a time', async () => {
    await running(async (adapter) => {
      await rig.redis.flushdb();
      rig.brokerWire.cut();
      const subject = caseNo();
      const events = Array.from({ length: 20 }, () => eventOf(subject));
      for (const event of events) await accepted(adapter, event);
      rig.mend();
      const arrived = await rig.takeUntil(events.map(({ id }) => id));
      expect(arrived.map(({ id }) => id)).toEqual(events.map(({ id }) => id));
      expect(await rig.redis.hget(rig.key('spool:meta'), 'concurrency')).toBe('1');
    });
  });
});

describe('a process that dies with a job of the spool in hand', () => {
  it('has its job done by another one, before any later one', async () => {
    const subject = caseNo();
    const events = Array.from({ length: 6 }, () => eventOf(subject));
    const adapter = await rig.start();
    rig.brokerWire.cut();
    for (const event of events) await accepted(adapter, event);
    await rig.stop(adapter);
    // Takes the first job as a process does that is killed then: its lock runs out, and nobody says a word about the job.
    const connection = rig.redis.duplicate({ maxRetriesPerRequest: null });
    const dying = new Worker('spool', null, { connection, prefix: rig.key('').slice(0, -1), lockDuration: 1_000 });
    expect(await dying.getNextJob('dying', { block: false })).toBeDefined();
    await dying.close(true);
    connection.disconnect();
    rig.mend();
    await running(async () => {
      const arrived = await rig.takeUntil(events.map(({ id }) => id));
      expect(arrived.map(({ id }) => id)).toEqual(events.map(({ id }) => id));
    });
  });
});

describe('while RabbitMQ hangs', () => {
  const PATIENCE_MS = 2_500;

  it('the first request waits a little, the next ones do not, and everything arrives when it answers again', async () => {
    await running(async (adapter) => {
      rig.brokerWire.stall();
      const first = Array.from({ length: 20 }, () => eventOf(caseNo()));
      const answers = await Promise.all(first.map((event) => accepted(adapter, event)));
      expect(Math.max(...answers.map(({ ms }) => ms))).toBeLessThan(4 * PATIENCE_MS);
      const later = Array.from({ length: 30 }, () => eventOf(caseNo()));
      const quick: number[] = [];
      for (const event of later) quick.push((await accepted(adapter, event)).ms);
      expect(quick.sort((a, b) => a - b)[15]).toBeLessThan(PATIENCE_MS / 2);
      rig.mend();
      expect(await rig.takeUntil([...first, ...later].map(({ id }) => id))).toHaveLength(50);
      const after = eventOf(caseNo());
      await until(async () => {
        await send(adapter, after);
        return (await rig.takeAll()).some(({ headers }) => headers['x-republished'] === undefined);
      }, { within: 30_000, every: 200, what: 'the direct way again' });
    }, { CONFIRM_PATIENCE_MS: String(PATIENCE_MS) });
  });

  it('an event that Redis lost while it waited for its confirm is in there again when it is answered 202', async () => {
    await running(async (adapter) => {
      rig.brokerWire.stall();
      const event = eventOf(caseNo());
      const answered = send(adapter, event);
      await until(async () => await rig.entries() === 1, { within: 20_000, every: 10, what: 'the event in the journal' });
      await rig.redis.flushdb();
      expect(await answered).toMatchObject({ status: 202 });
      const id = `/halls/410204#${event.id}`;
      expect(await rig.redis.hexists(rig.key('journal:bodies'), id)).toBe(1);
      expect(await rig.redis.zscore(rig.key('journal:due'), id)).not.toBeNull();
      expect(await rig.redis.zscore(rig.key('journal:arrived'), id)).not.toBeNull();
      expect(await spooled()).toBe(1);
      // RabbitMQ took it although nobody heard so; from here on only the spool has it.
      await rig.channel.purgeQueue(QUEUES.intake);
      rig.brokerWire.cut();
      rig.mend();
      expect(await rig.takeUntil([event.id])).toHaveLength(1);
      // Redis must have lost it before the wait for the confirm is over, whatever holds this machine up in between.
    }, { CONFIRM_PATIENCE_MS: '4000' });
  });

  it('no more than so many bytes of requests are in hand; the rest is told to come later', async () => {
    await running(async (adapter) => {
      rig.brokerWire.stall();
      const batch = Array.from({ length: 200 }, () => eventOf(caseNo()));
      const answers = await Promise.all(Array.from({ length: 12 }, () => send(adapter, batch.map(({ subject }) => eventOf(subject)))));
      const codes = answers.map(({ status }) => status);
      expect(codes).toContain(202);
      expect(codes).toContain(503);
      expect(answers.some(({ body }) => body['code'] === 'too-busy')).toBe(true);
      for (const answer of answers.filter(({ status }) => status === 503)) {
        expect(Number(answer.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
      }
    }, { MAX_BYTES_IN_HAND: String(2 * 1024 * 1024), CONFIRM_PATIENCE_MS: '2000' });
  });
});
