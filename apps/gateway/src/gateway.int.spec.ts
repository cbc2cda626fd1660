import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Channel, ChannelModel, ConsumeMessage } from 'amqplib';
import { connect } from 'amqplib';
import { BusConnection, BusPublisher } from '#bus';
import { catalogue, completionUpdatesQueue, deadLetterQueue, EVENT_ROUTES, EXCHANGES, QUEUES, REPORT_ROUTES, topologyFor } from '#contracts';
import type { DoorRefusal, JiujinEvent, TransferOrder } from '#contracts';
import { createLogger, KeyRing } from '#runtime';
import type { RunningApp } from '#runtime';
import { Redis } from 'ioredis';
import type { Kysely } from 'kysely';
import { until, withDatabase, withRedis, withVhost } from '../../../test/support/index.ts';
import type { TestDatabase, TestRedis, Vhost } from '../../../test/support/index.ts';
import { eventOf, messageOf, newProjectNo, receiptOf } from './case-events.fixture.ts';
import { aGatewayWith } from './gateway-program.fixture.ts';
import { openLedger } from './ledger/open-ledger.ts';
import type { LedgerTables } from './ledger/tables.ts';

const KEYS = KeyRing.generateJson();
const keys = KeyRing.fromJson(KEYS);
const OPS_TOKEN = 'a-token-for-tests-only-0123456789abcdef';
const logger = createLogger('test', { level: 'silent' });

describe('the gateway on real servers', () => {
  const vhost = withVhost();
  const database = withDatabase();
  const redis = withRedis();

  describe('once started', () => bridge(vhost, database, redis));
});

/** In a block of its own: its servers go only after it has let go of them. */
function bridge(vhost: Vhost, database: TestDatabase, redis: TestRedis): void {
  let gateway: RunningApp;
  let publisher: BusPublisher;
  let db: Kysely<LedgerTables>;
  let model: ChannelModel;
  let channel: Channel;
  const orders: TransferOrder[] = [];

  beforeAll(async () => {
    gateway = await aGatewayWith({
      RABBITMQ_URL: vhost.url, REDIS_URL: redis.url, REDIS_PREFIX: redis.prefix, DATABASE_URL: database.url, LEDGER_KEYS: KEYS, OPS_TOKEN,
      RETRY_BASE_MS: '50', SWEEP_INTERVAL_MS: '200', RETRY_MARGIN_MS: '600000',
    });
    const topology = topologyFor(catalogue().halls.map((hall) => hall.code));
    publisher = new BusPublisher({ connection: new BusConnection({ urls: [vhost.url], name: 'test', logger }), topology, sealer: keys, logger, timeoutMs: 60_000 });
    await publisher.open();
    db = openLedger({ url: database.url, poolSize: 2, statementTimeoutMs: 10_000, onConnectionLost: () => undefined });
    model = await connect(vhost.url);
    channel = await model.createChannel();
    for (const queue of [QUEUES.workItems, completionUpdatesQueue('410204')]) await channel.consume(queue, (message) => take(message));
    await say(eventOf('permission.granted'));
  });

  afterAll(async () => {
    await model.close();
    await publisher.close();
    await db.destroy();
    await gateway.close();
  });

  it('carries a case from the hall to the centre and back, in order, by its receipts', async () => {
    const projectNo = newProjectNo();
    await say(eventOf('case.received', { subject: projectNo }));
    await answer(await orderOf(projectNo, 'open'));
    await say(eventOf('case.accepted', { subject: projectNo }), eventOf('case.step.recorded', { subject: projectNo }));
    const acceptance = await orderOf(projectNo, 'acceptance');
    expect(acceptance).toMatchObject({ destination: 'hall:410204', payload: { recordKind: 'acceptance', updateSequence: 1, projectNo } });
    expect(orders.some((order) => order.projectNo === projectNo && order.kind === 'step')).toBe(false);
    await answer(acceptance);
    await answer(await orderOf(projectNo, 'step'));
    await eventually(async () => (await statuses(projectNo)).every((status) => status === 'delivered'));
  });

  it('makes the next attempt when its timer comes', async () => {
    const projectNo = newProjectNo();
    await say(eventOf('case.received', { subject: projectNo }));
    const first = await orderOf(projectNo, 'open');
    await answer(first, { outcome: 'retryable', httpStatus: 503, errorCode: 'http-503' });
    const second = await orderOf(projectNo, 'open', 2);
    expect(second).toEqual({ ...first, attempt: 2 });
    await answer(second);
    await eventually(async () => (await statuses(projectNo))[0] === 'delivered');
  });

  it('makes the next attempt at its time although Redis was emptied meanwhile', async () => {
    const projectNo = newProjectNo();
    await say(eventOf('case.received', { subject: projectNo }));
    await answer(await orderOf(projectNo, 'open'), { outcome: 'retryable', retryAfterMs: 2_500 });
    const waiting = await eventually(() => db.selectFrom('transfers').select('next_attempt_at').where('project_no', '=', projectNo).where('status', '=', 'retry_wait').executeTakeFirst());
    const emptied = new Redis(redis.url);
    await emptied.flushdb();
    emptied.disconnect();
    expect(await orderOf(projectNo, 'open', 2)).toMatchObject({ attempt: 2 });
    expect(Date.now()).toBeGreaterThanOrEqual((waiting.next_attempt_at?.getTime() ?? Infinity) - 50);
  });

  it('makes the next attempt from the ledger when Redis lost its timers', async () => {
    const projectNo = newProjectNo();
    await say(eventOf('case.received', { subject: projectNo }));
    await answer(await orderOf(projectNo, 'open'), { outcome: 'retryable', retryAfterMs: 3_600_000 });
    await eventually(async () => (await statuses(projectNo))[0] === 'retry_wait');
    await db.updateTable('transfers').set({ next_attempt_at: new Date(Date.now() - 700_000) }).where('project_no', '=', projectNo).execute();
    expect(await orderOf(projectNo, 'open', 2)).toMatchObject({ attempt: 2 });
  });

  it('keeps what no program could read as a dead letter in the ledger, with its bytes and why, and empties the broker', async () => {
    const raw = Buffer.from('these bytes were sealed by nobody');
    channel.publish(EXCHANGES.events, EVENT_ROUTES.intake, raw, { persistent: true, messageId: 'unreadable-1', headers: { 'x-project-no': 'P-unreadable' } });
    await publisher.publish({ exchange: EXCHANGES.events, routingKey: EVENT_ROUTES.outcome, messageId: 'unreadable-2', type: 'nonsense', body: { id: 1 } });
    const letters = await eventually(async () => {
      const found = await db.selectFrom('dead_letters').selectAll().where('message_id', 'like', 'unreadable-%').orderBy('message_id').execute();
      return found.length === 2 ? found : null;
    });
    expect(letters).toMatchObject([
      { queue: QUEUES.intake, app: 'gateway', project_no: 'P-unreadable', raw, reason: expect.any(String) },
      { queue: QUEUES.outcomes, code: 'contract-broken', reason: 'id is missing', handler: expect.stringContaining('gateway.outcomes') },
    ]);
    await eventually(async () => (await channel.checkQueue(deadLetterQueue('gateway'))).messageCount === 0);
  });

  it('records what the doors refused', async () => {
    const refusal: DoorRefusal = {
      refusalId: 'refusal-1', at: '2026-11-23T09:30:00+08:00', app: 'district-adapter', path: '/v1/halls/410204/intake-events', party: 'hall:410204',
      keyId: 'now', status: 422, code: 'contract-broken', problems: [{ field: 'data.amount', rule: 'money', zh: '金额', en: 'amount' }],
      eventId: 'evt-1', eventType: 'case.received', projectNo: 'P-1', bodyBytes: 10, bodyDigest: null,
    };
    const message = { exchange: EXCHANGES.reports, routingKey: REPORT_ROUTES.doorRefusal, messageId: 'r1', type: 'door-refusal', body: refusal };
    await publisher.publishAll([message, message]);
    const [recorded] = await eventually(async () => {
      const found = await db.selectFrom('door_refusals').selectAll().execute();
      return found.length > 0 ? found : null;
    });
    expect(recorded).toMatchObject({ refusal_id: 'refusal-1', status: 422, problems: refusal.problems });
  });

  it('is ready, and shows its metrics to who has the token', async () => {
    const ready = await fetch(`http://127.0.0.1:${gateway.port}/health/ready`);
    expect([ready.status, await ready.json()]).toMatchObject([200, { status: 'up' }]);
    const metrics = await (await fetch(`http://127.0.0.1:${gateway.port}/metrics`, { headers: { authorization: `Bearer ${OPS_TOKEN}` } })).text();
    expect(metrics).toMatch(/^jiujin_events_total\{[^}]*type="case.received",outcome="applied"[^}]*\} [1-9]/m);
    expect(metrics).toMatch(/^jiujin_batch_seconds_count\{[^}]*queue="gateway.receipts"[^}]*\} [1-9]/m);
  });

  async function say(...events: JiujinEvent[]): Promise<void> {
    for (const event of events) {
      const { messageId, type, headers } = messageOf(event);
      const routingKey = event.source === '/centre' ? EVENT_ROUTES.outcome : EVENT_ROUTES.intake;
      await publisher.publish({ exchange: EXCHANGES.events, routingKey, messageId, type, body: event, headers });
    }
  }

  function take(message: ConsumeMessage | null): void {
    if (message === null) return;
    const version = Number(message.properties.headers?.['x-key-version']);
    orders.push(JSON.parse(keys.open(version, message.content).toString('utf8')) as TransferOrder);
    channel.ack(message);
  }

  function orderOf(projectNo: string, kind: string, attempt = 1): Promise<TransferOrder> {
    return eventually(() => orders.find((order) => order.projectNo === projectNo && order.kind === kind && order.attempt === attempt));
  }

  async function answer(order: TransferOrder, change: Parameters<typeof receiptOf>[1] = {}): Promise<void> {
    const receipt = receiptOf({ id: order.transferId, project_no: order.projectNo, destination: order.destination, attempts: order.attempt }, change);
    await publisher.publish({ exchange: EXCHANGES.reports, routingKey: REPORT_ROUTES.receipt, messageId: `${order.transferId}.${order.attempt}`, type: 'receipt', body: receipt });
  }

  async function statuses(projectNo: string): Promise<string[]> {
    return (await db.selectFrom('transfers').select('status').where('project_no', '=', projectNo).orderBy('ordinal').execute()).map((row) => row.status);
  }
}

function eventually<T>(look: () => T | Promise<T>): Promise<NonNullable<T>> {
  return until(look, { within: 60_000 });
}
