import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { connect } from 'amqplib';
import type { Channel, ChannelModel } from 'amqplib';
import { Redis } from 'ioredis';
import { sql } from 'kysely';
import { catalogue, completionUpdatesQueue, QUEUES, topologyFor } from '#contracts';
import { until, withDatabase, withRedis, withVhost } from '../../../../test/support/index.ts';
import type { TestDatabase, TestRedis, Vhost } from '../../../../test/support/index.ts';
import { newProjectNo } from '../case-events.fixture.ts';
import { insertDeadLetters } from '../ledger/dead-letter-rows.ts';
import { emptied } from '../ledger/emptied.fixture.ts';
import { insertEvents } from '../ledger/event-rows.ts';
import { aDeadLetter, anEvent, putCase } from '../ops-api/ledger-rows.fixture.ts';
import { circuitOf } from './edge-status.fixture.ts';
import { WatchBench } from './watch-bench.fixture.ts';

const HALL = '410204';
const HALL_QUEUE = completionUpdatesQueue(HALL);

describe('watching the bridge on real servers', () => {
  const vhost = withVhost();
  const database = withDatabase();
  const redis = withRedis();

  describe('with all programs at work', () => watched(vhost, database, redis));
});

/** In a block of its own: its servers go only after it has let go of them. */
function watched(vhost: Vhost, database: TestDatabase, redis: TestRedis): void {
  let bench: WatchBench;
  let client: Redis;
  let model: ChannelModel;
  let channel: Channel;
  const tags = new Map<string, string>();

  const consume = async (queue: string): Promise<void> => {
    tags.set(queue, (await channel.consume(queue, () => undefined)).consumerTag);
  };
  const leave = (queue: string): Promise<unknown> => channel.cancel(tags.get(queue) ?? '');

  beforeAll(async () => {
    client = new Redis(redis.url);
    bench = new WatchBench(database.url, vhost.url, client);
    await bench.open();
    model = await connect(vhost.url);
    channel = await model.createChannel();
    for (const { name } of topologyFor(catalogue().halls.map(({ code }) => code)).queues) await consume(name);
  });
  beforeEach(async () => {
    await emptied(bench.db, 'alerts, edge_instances, circuits, circuit_changes, transfers, events, cases, dead_letters');
    await bench.adaptersReport();
  });
  afterAll(async () => {
    await model.close();
    client.disconnect();
    await bench.close();
  });

  it('finds nothing while all is well', async () => {
    const gateway = bench.gateway();
    await gateway.look();
    await gateway.look();
    expect(await bench.alerts()).toEqual([]);
  });

  /** Real state that is a condition, how it ends, and the one alert it must be. */
  const conditions: readonly { name: string; subject: string; begin: () => Promise<unknown>; end: () => Promise<unknown> }[] = [
    {
      name: 'receipts-overdue', subject: 'centre',
      begin: async () => {
        await putCase(bench.db, newProjectNo(), {}, ['in_flight']);
        await sql`update transfers set redispatches = 2`.execute(bench.db);
      },
      end: () => sql`update transfers set status = 'delivered'`.execute(bench.db),
    },
    {
      name: 'retries-overdue', subject: 'centre',
      begin: async () => {
        await putCase(bench.db, newProjectNo(), {}, ['retry_wait']);
        await sql`update transfers set next_attempt_at = now() - interval '3 minutes'`.execute(bench.db);
      },
      end: () => sql`update transfers set next_attempt_at = now() + interval '1 minute'`.execute(bench.db),
    },
    {
      name: 'transfers-failed', subject: 'centre',
      begin: () => putCase(bench.db, newProjectNo(), {}, ['failed']), end: () => sql`update transfers set status = 'discarded'`.execute(bench.db),
    },
    {
      name: 'parked-too-long', subject: 'centre',
      begin: async () => {
        await insertEvents(bench.db, [anEvent(newProjectNo(), newProjectNo(), { outcome: 'parked', party: 'centre', source: '/centre', type: 'case.accepted' })]);
        await sql`update events set recorded_at = now() - interval '31 minutes'`.execute(bench.db);
      },
      end: () => sql`update events set outcome = 'applied'`.execute(bench.db),
    },
    {
      name: 'dead-letters', subject: 'gateway.intake',
      begin: () => insertDeadLetters(bench.db, [aDeadLetter(), aDeadLetter()]),
      end: () => sql`update dead_letters set received_at = now() - interval '25 hours'`.execute(bench.db),
    },
    { name: 'consumer-missing', subject: HALL_QUEUE, begin: () => leave(HALL_QUEUE), end: () => consume(HALL_QUEUE) },
    {
      name: 'queue-missing', subject: HALL_QUEUE,
      begin: () => vhost.api('DELETE', `queues/${vhost.name}/${HALL_QUEUE}`),
      end: async () => {
        await bench.declareAgain();
        await consume(HALL_QUEUE);
      },
    },
    {
      name: 'circuit-open', subject: 'centre',
      begin: async () => {
        await bench.adaptersReport({ circuits: [circuitOf('centre', { state: 'half-open', reason: 'http-503' })] });
        await sql`update circuits set troubled_since = now() - interval '61 seconds' where destination = 'centre'`.execute(bench.db);
      },
      end: () => bench.adaptersReport(),
    },
    {
      name: 'spool-backlog', subject: 'district-adapter',
      begin: () => bench.adaptersReport({}, { spool: { waiting: 3, oldestAt: new Date(Date.now() - 301_000).toISOString() } }), end: () => bench.adaptersReport(),
    },
    {
      name: 'journal-old', subject: 'centre-adapter',
      begin: () => bench.adaptersReport({ journal: { entries: 1, oldestAt: new Date(Date.now() - 601_000).toISOString() } }), end: () => bench.adaptersReport(),
    },
    {
      name: 'redis-unsafe', subject: 'centre-adapter',
      begin: () => bench.adaptersReport({ redisDurable: false, redisProblem: '未开启 AOF' }), end: () => bench.adaptersReport(),
    },
  ];

  it('opens an alert for orders that the broker does not take, and none for receipts that they cannot have', async () => {
    const gateway = bench.gateway({ retryAlertMs: 1 });
    await gateway.look();
    await putCase(bench.db, newProjectNo(), {}, ['in_flight']);
    await sql`update transfers set redispatches = 2, receipt_due_at = now() - interval '1 hour', unpublished_since = now() - interval '3 minutes'`.execute(bench.db);
    await gateway.look();
    expect(await bench.alerts()).toMatchObject([{ condition: 'orders-unpublished', subject: 'centre', open: true }]);
    await sql`update transfers set unpublished_since = null`.execute(bench.db);
    await gateway.look();
    expect(await bench.alerts()).toMatchObject([{ condition: 'orders-unpublished', open: false }, { condition: 'receipts-overdue', open: true }]);
  });

  it('opens an alert for a hall whose canaries never get in, and closes it when they are switched off', async () => {
    const gateway = bench.gateway({ canaryLateMs: 1 });
    await bench.adaptersReport({}, { canaryHalls: [HALL] });
    await gateway.look();
    await gateway.look();
    expect(await bench.alerts()).toMatchObject([{ condition: 'canary-late', subject: `hall:${HALL}`, open: true }]);
    await bench.adaptersReport({}, { canaryHalls: [] });
    await gateway.look();
    expect(await bench.alerts()).toMatchObject([{ condition: 'canary-late', open: false }]);
  });

  it.each(conditions)('opens one alert for $name, closes it when it is over, and opens a new one when it comes again', async ({ name, subject, begin, end }) => {
    const gateway = bench.gateway();
    const other = bench.gateway();
    await gateway.look();
    await begin();
    await gateway.look();
    expect(await bench.alerts()).toMatchObject([{ condition: name, subject, open: true, detail_zh: expect.stringMatching(/请/) }]);
    for (const eyes of [gateway, other, gateway]) await eyes.look();
    expect(await bench.alerts()).toHaveLength(1);
    await end();
    await gateway.look();
    expect(await bench.alerts()).toMatchObject([{ condition: name, subject, open: false }]);
    await begin();
    await other.look();
    expect((await bench.alerts()).map(({ condition, open }) => ({ condition, open }))).toEqual([{ condition: name, open: false }, { condition: name, open: true }]);
    await end();
  });

  it('opens one alert for each app of which no program is heard any more, and closes it with the next report', async () => {
    const gateway = bench.gateway({ programSilentMs: 1_000 });
    await gateway.look();
    // Each app for itself: they were not heard at the same moment.
    await until(async () => {
      await gateway.look();
      return (await bench.alerts()).length >= 2;
    }, { within: 20_000, every: 100 });
    expect((await bench.alerts()).map(({ condition, subject, open }) => [condition, subject, open]).toSorted()).toEqual([['program-silent', 'centre-adapter', true], ['program-silent', 'district-adapter', true]]);
    // A report that is old again before anybody looks ends no silence.
    await until(async () => {
      await bench.adaptersReport();
      await gateway.look();
      return (await bench.alerts()).slice(0, 2).every(({ open }) => !open);
    }, { within: 20_000, what: 'the end of both' });
  });

  it('says that the broker cannot be reached, and judges neither queues nor silence until it is back', async () => {
    let gone = true;
    const gateway = bench.gateway({ programSilentMs: 1_000 }, bench.inspectorUnless(() => gone));
    await until(async () => (await gateway.look()).opened.length > 0, { within: 20_000, every: 100 });
    await gateway.look();
    expect(await bench.alerts()).toMatchObject([{ condition: 'broker-unreachable', subject: 'rabbitmq', open: true }]);
    await bench.adaptersReport();
    await bench.gateway().look();
    await gateway.look();
    expect(await bench.alerts()).toMatchObject([{ open: true }]);
    gone = false;
    await gateway.look();
    expect(await bench.alerts()).toMatchObject([{ open: false }]);
  });

  it('keeps what stands through an outage of the broker, and until the programs have said that it is over', async () => {
    let gone = false;
    const old = new Date(Date.now() - 3_600_000).toISOString();
    const names = ['circuit-open', 'spool-backlog', 'journal-old', 'redis-unsafe'];
    const open = async (): Promise<string[]> => (await bench.alerts()).filter((alert) => alert.open && names.includes(alert.condition)).map(({ condition }) => condition);
    await bench.adaptersReport({
      circuits: [circuitOf('centre', { state: 'open', since: old })], spool: { waiting: 3, oldestAt: old }, journal: { entries: 3, oldestAt: old },
      redisDurable: false, redisProblem: '未开启 AOF',
    });
    const gateway = bench.gateway({ circuitAlertMs: 0 }, bench.inspectorUnless(() => gone));
    await gateway.look();
    expect(await open()).toEqual(names);
    gone = true;
    await sql`update edge_instances set seen_at = now() - interval '2 minutes' where app <> 'gateway'`.execute(bench.db);
    await gateway.look();
    gone = false;
    await gateway.look();
    await bench.gateway().look();
    expect(await open()).toEqual(names);
    await bench.adaptersReport();
    await gateway.look();
    expect(await open()).toEqual([]);
    expect((await bench.alerts()).filter(({ condition }) => names.includes(condition))).toHaveLength(names.length);
  });

  it('opens one alert each time when gateways look at the same moment, again and again', async () => {
    const gateways = [bench.gateway(), bench.gateway(), bench.gateway()];
    const lookTogether = (): Promise<unknown> => Promise.all(gateways.map((gateway) => gateway.look()));
    for (let time = 1; time <= 4; time += 1) {
      await putCase(bench.db, newProjectNo(), {}, ['failed']);
      await lookTogether();
      await lookTogether();
      expect((await bench.alerts()).filter(({ open }) => open)).toHaveLength(1);
      await sql`update transfers set status = 'discarded'`.execute(bench.db);
      await lookTogether();
      expect((await bench.alerts()).map(({ open }) => open)).toEqual(Array.from({ length: time }, () => false));
    }
  });

  it('says of an endpoint that answers again that it recovers, in the alert that is open', async () => {
    const gateway = bench.gateway({ circuitAlertMs: 0 });
    await bench.adaptersReport({ circuits: [circuitOf('centre', { state: 'open', reason: 'http-503' })] });
    await gateway.look();
    await bench.adaptersReport({ circuits: [circuitOf('centre', { state: 'slow-start' })] });
    await gateway.look();
    expect(await bench.alerts()).toMatchObject([{ condition: 'circuit-open', open: true, detail_zh: expect.stringContaining('已恢复应答') }]);
  });

  it('judges no queue until everybody had time to come back, and leaves standing alerts as they are', async () => {
    const settled = bench.gateway();
    const justStarted = bench.gateway({ watchSettleMs: 60_000 });
    await leave(HALL_QUEUE);
    await justStarted.look();
    expect(await bench.alerts()).toEqual([]);
    await settled.look();
    await consume(HALL_QUEUE);
    await justStarted.look();
    expect(await bench.alerts()).toMatchObject([{ condition: 'consumer-missing', subject: HALL_QUEUE, open: true }]);
    await settled.look();
    expect(await bench.alerts()).toMatchObject([{ open: false }]);
  });

  it('measures silence anew after the ledger could not be asked: reports could not come in either', async () => {
    const gateway = bench.gateway({ programSilentMs: 4_000 });
    await gateway.look();
    await sql`alter table edge_instances rename to edge_instances_away`.execute(bench.db);
    await expect(gateway.look()).rejects.toThrow(/edge_instances/);
    await sql`alter table edge_instances_away rename to edge_instances`.execute(bench.db);
    await sql`update edge_instances set seen_at = now() - interval '1 minute'`.execute(bench.db);
    await gateway.look();
    expect(await bench.alerts()).toEqual([]);
    await until(async () => {
      await gateway.look();
      return (await bench.alerts()).length >= 2;
    }, { within: 20_000, every: 100 });
    expect((await bench.alerts()).map(({ condition }) => condition)).toEqual(['program-silent', 'program-silent']);
  });

  it('holds no alert against a queue whose consumers wait at an open circuit', async () => {
    await bench.adaptersReport({ circuits: [circuitOf('centre', { state: 'open', reason: 'connection-refused' })] });
    await leave(QUEUES.workItems);
    const gateway = bench.gateway();
    await gateway.look();
    expect(await bench.alerts()).toEqual([]);
    await bench.adaptersReport();
    await gateway.look();
    expect(await bench.alerts()).toMatchObject([{ condition: 'consumer-missing', subject: QUEUES.workItems }]);
    await consume(QUEUES.workItems);
  });

  it('tells nobody of what is muted or down as planned: neither metric nor log cries, and the alert is there all the same', async () => {
    await bench.silence({ condition: 'transfers-failed', subject: 'centre', down: `hall:${HALL}` });
    await putCase(bench.db, newProjectNo(), {}, ['failed']);
    await bench.adaptersReport({}, { circuits: [circuitOf(`hall:${HALL}`, { state: 'open', since: new Date(Date.now() - 3_600_000).toISOString() })] });
    const gateway = bench.gateway({ circuitAlertMs: 0 });
    await gateway.look();
    expect((await bench.alerts()).map(({ condition, open }) => [condition, open])).toEqual([['circuit-open', true], ['transfers-failed', true]]);
    expect([bench.cried, await bench.metrics()]).toEqual([[], [`down hall:${HALL}`, 'silenced circuit-open maintenance', 'silenced transfers-failed muted']]);
    await bench.endSilence();
    await gateway.look();
    expect(await bench.metrics()).toEqual(['open circuit-open', 'open transfers-failed']);
  });

  it('removes what is past its time, and never an open alert', async () => {
    await putCase(bench.db, 'W-10', {}, ['failed']);
    const gateway = bench.gateway();
    await gateway.look();
    await sql`insert into alerts (condition, subject, closed_at, detail_zh, detail_en, facts) values
      ('old', 'a', now() - interval '91 days', '', '', '{}'), ('old', 'b', now() - interval '89 days', '', '', '{}')`.execute(bench.db);
    await sql`update alerts set opened_at = now() - interval '200 days'`.execute(bench.db);
    await sql`insert into circuit_changes (destination, app, instance, from_state, to_state, at, recorded_at)
      select 'centre', 'centre-adapter', 'host-1-a', 'closed', 'open', now(), now() - age from unnest(array[interval '31 days', interval '29 days']) age`.execute(bench.db);
    await sql`update edge_instances set seen_at = now() - interval '25 hours' where app = 'centre-adapter'`.execute(bench.db);
    await gateway.look();
    expect((await bench.alerts()).map(({ condition, subject }) => `${condition} ${subject}`)).toEqual(expect.arrayContaining(['transfers-failed centre', 'old b']));
    expect((await bench.alerts()).map(({ subject }) => subject)).not.toContain('a');
    const counted = await sql<{ changes: number; circuits: number }>`select (select count(*) from circuit_changes) as changes,
      (select count(*) from circuits where app = 'centre-adapter') as circuits`.execute(bench.db);
    expect(counted.rows).toEqual([{ changes: 1, circuits: 0 }]);
  });
}
