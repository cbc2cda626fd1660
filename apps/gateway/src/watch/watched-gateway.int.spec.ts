import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import { BusConnection, BusPublisher } from '#bus';
import { catalogue, EVENT_ROUTES, EXCHANGES, QUEUES, REPORT_ROUTES, topologyFor } from '#contracts';
import { createLogger, KeyRing } from '#runtime';
import type { RunningApp } from '#runtime';
import { until, withDatabase, withRedis, withVhost } from '../../../../test/support/index.ts';
import type { TestDatabase, TestRedis, Vhost } from '../../../../test/support/index.ts';
import { eventOf, messageOf, newProjectNo } from '../case-events.fixture.ts';
import { aGatewayWith } from '../gateway-program.fixture.ts';
import { openLedger } from '../ledger/open-ledger.ts';
import type { LedgerTables } from '../ledger/tables.ts';
import type { AlertPage } from '../ops-api/alerts/alert.answer.ts';
import type { ChannelList } from '../ops-api/channels/channel.answer.ts';
import type { CircuitPage } from '../ops-api/circuits/circuit.answer.ts';
import type { EdgeInstancePage } from '../ops-api/edge-instances/edge-instance.answer.ts';
import { aRefusal } from '../ops-api/ledger-rows.fixture.ts';
import type { QueueList } from '../ops-api/queues/queue.answer.ts';
import { circuitOf, statusOf } from './edge-status.fixture.ts';

const KEYS = KeyRing.generateJson();
const OPS_TOKEN = 'a-token-for-tests-only-0123456789abcdef';
const POOL = 4;
const logger = createLogger('test', { level: 'silent' });

describe('a gateway that watches', () => {
  const vhost = withVhost();
  const database = withDatabase();
  const redis = withRedis();

  describe('on real servers, without adapters', () => watching(vhost, database, redis));
});

function watching(vhost: Vhost, database: TestDatabase, redis: TestRedis): void {
  let gateway: RunningApp;
  let publisher: BusPublisher;
  let db: Kysely<LedgerTables>;

  beforeAll(async () => {
    gateway = await aGatewayWith({
      RABBITMQ_URL: vhost.url, REDIS_URL: redis.url, REDIS_PREFIX: redis.prefix, DATABASE_URL: database.url, LEDGER_KEYS: KEYS, OPS_TOKEN,
      SWEEP_INTERVAL_MS: '200', WATCH_SETTLE_MS: '0', DATABASE_POOL_SIZE: String(POOL),
    });
    const topology = topologyFor(catalogue().halls.map(({ code }) => code));
    publisher = new BusPublisher({ connection: new BusConnection({ urls: [vhost.url], name: 'test', logger }), topology, sealer: KeyRing.fromJson(KEYS), logger, timeoutMs: 60_000 });
    await publisher.open();
    db = openLedger({ url: database.url, poolSize: 2, statementTimeoutMs: 30_000, onConnectionLost: () => undefined });
  });
  afterAll(async () => {
    await publisher.close();
    await db.destroy();
    await gateway.close();
  });

  const ask = async (path: string): Promise<Response> =>
    fetch(`http://127.0.0.1:${gateway.port}${path}`, { headers: { authorization: `Bearer ${OPS_TOKEN}` }, signal: AbortSignal.timeout(15_000) });
  /** Asks again when a server was too slow for the answer. */
  const answered = (path: string): Promise<Response> => until(async () => {
    const answer = await ask(path);
    return answer.ok ? answer : null;
  }, { within: 20_000, what: path });
  const get = async <T>(path: string): Promise<T> => (await answered(path)).json() as Promise<T>;
  const report = (body: object): Promise<void> => publisher.publish({
    exchange: EXCHANGES.reports, routingKey: REPORT_ROUTES.edgeStatus, messageId: newProjectNo(), type: 'EdgeStatus', body,
  });

  it('says within one round that nobody consumes the adapters’ queues, and shows it in the API and the metrics', async () => {
    const found = await until(async () => {
      const { items } = await get<AlertPage>('/api/alerts?open=true&condition=consumer-missing');
      return items.length > 0 ? items : null;
    }, { within: 60_000 });
    expect(found.map(({ subject }) => subject)).toContain(QUEUES.workItems);
    const { items } = await get<QueueList>('/api/queues');
    expect(items.find(({ queue }) => queue === QUEUES.workItems)).toMatchObject({ consumersPresent: 0, consumersExpected: 1 });
    expect(items.find(({ queue }) => queue === QUEUES.edgeStatus)).toMatchObject({ consumersPresent: 1, consumersExpected: 1 });
    const metrics = await (await answered('/metrics')).text();
    expect(metrics).toMatch(/jiujin_alerts_open\{condition="consumer-missing"[^}]*\} [1-9]/);
    expect(metrics).toMatch(/jiujin_queue_consumers\{queue="gateway.intake"[^}]*\} 1/);
  });

  it('knows of every adapter what it last said, and of itself', async () => {
    await report(statusOf({ circuits: [circuitOf('centre', { state: 'open', reason: 'connection-refused' })] }));
    const { items } = await until(async () => {
      const page = await get<CircuitPage>('/api/circuits');
      return page.items.length > 0 ? page : null;
    }, { within: 60_000 });
    expect(items).toMatchObject([{ destination: 'centre', state: 'open', reason: 'connection-refused', living: true }]);
    const programs = await get<EdgeInstancePage>('/api/edge-instances');
    expect(programs.items.map(({ app }) => app)).toEqual(['centre-adapter', 'gateway']);
  });

  it('holds the channels of a receiver that is down as planned by itself, and lets them go', async () => {
    const stateNow = async (): Promise<string | undefined> => (await get<ChannelList>('/api/channels')).items.find(({ channel }) => channel === 'completion:410205')?.state;
    await sql`insert into maintenance_plans (id, destination, starts_at, ends_at, reason, by_id, by_name)
      values ('mt_1', 'hall:410205', now(), now() + interval '1 hour', '升级', 'x', '甲')`.execute(db);
    await until(async () => await stateNow() === 'paused', { within: 60_000 });
    await sql`update maintenance_plans set cancelled_at = now()`.execute(db);
    await until(async () => await stateNow() === 'running', { within: 60_000 });
  });

  it('keeps a report that breaks the contract as a dead letter, and goes on with the others', async () => {
    await Promise.all([report({ app: 'centre-adapter' }), report(statusOf({ instance: 'host-9-z' }))]);
    await until(async () => (await get<EdgeInstancePage>('/api/edge-instances')).items.some(({ instance }) => instance === 'host-9-z'), { within: 60_000 });
    await until(async () => (await get<{ items: { code: string }[] }>(`/api/dead-letters?queue=${QUEUES.edgeStatus}`)).items.some(({ code }) => code === 'contract-broken'), { within: 60_000 });
  });

  /** Whoever writes waits for the lock; who only reads does not, so every waiting connection is one of the messages'. */
  it('answers people while every connection of the messages’ pool waits for the ledger', async () => {
    const locked = Promise.withResolvers<void>();
    const enough = Promise.withResolvers<void>();
    const holding = db.transaction().execute(async (trx) => {
      await sql`lock table events, dead_letters, door_refusals, transfers in exclusive mode`.execute(trx);
      locked.resolve();
      await enough.promise;
    });
    await locked.promise;
    const projectNo = newProjectNo();
    const event = eventOf('case.accepted', { subject: projectNo });
    const { messageId, type, body, headers } = messageOf(event);
    const send = (exchange: string, routingKey: string, content: unknown): Promise<void> => publisher.publish({ exchange, routingKey, messageId, type, body: content, headers });
    await Promise.all([
      send(EXCHANGES.events, EVENT_ROUTES.outcome, body), send(EXCHANGES.events, EVENT_ROUTES.intake, body),
      send(EXCHANGES.reports, REPORT_ROUTES.receipt, { broken: true }), send(EXCHANGES.reports, REPORT_ROUTES.doorRefusal, aRefusal(projectNo)),
    ]);
    try {
      await until(async () => {
        const { rows: [waiting] } = await sql<{ count: number }>`select count(*) as count from pg_stat_activity
          where datname = current_database() and wait_event_type = 'Lock'`.execute(db);
        return (waiting?.count ?? 0) >= POOL;
      }, { within: 60_000 });
      await answered('/api/alerts?open=true');
      await answered('/api/queues');
    } finally {
      enough.resolve();
      await holding;
    }
  });
}
