import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createLogger, KeyRing, metricsRegistry } from '#runtime';
import type { RunningApp } from '#runtime';
import { Redis } from 'ioredis';
import type { Kysely } from 'kysely';
import { until, withDatabase, withRedis, withVhost } from '../../../../test/support/index.ts';
import { AdapterStandIn } from '../adapter-stand-in.fixture.ts';
import { eventOf, newProjectNo } from '../case-events.fixture.ts';
import { openLedger } from '../ledger/open-ledger.ts';
import type { LedgerTables } from '../ledger/tables.ts';
import type { OperationDetailAnswer } from '../ops-api/operations/operation.answer.ts';
import { tokenFor } from '../ops-api/ops-server.fixture.ts';
import { startGateway } from '../start-gateway.ts';
import { REFUSED, WHY } from './replay-bench.fixture.ts';

const KEYS = KeyRing.generateJson();
const logger = createLogger('test', { level: 'silent' });
const SOON_MS = 60_000;

describe('an operation over running gateways', () => {
  // The first to be named ends first: the gateways must be gone before their servers are.
  afterAll(async () => {
    await adapter.close();
    await db.destroy();
    for (const gateway of gateways) await gateway.close();
  });
  const vhost = withVhost();
  const database = withDatabase();
  const redis = withRedis();
  const gateways: RunningApp[] = [];
  let adapter: AdapterStandIn;
  let db: Kysely<LedgerTables>;
  let token: string;

  beforeAll(async () => {
    gateways.push(await aGateway(), await aGateway());
    adapter = await AdapterStandIn.open(vhost.url, KeyRing.fromJson(KEYS));
    db = openLedger({ url: database.url, poolSize: 2, statementTimeoutMs: 10_000, onConnectionLost: () => undefined });
    token = await tokenFor(db, ['operator']);
    await adapter.say(eventOf('permission.granted'));
  });

  it('goes on when Redis lost everything in the middle, and each transfer is sent once', async () => {
    const ids = await failedTransfers(60);
    const id = await startedOperation(ids, { ratePerSecond: 40, maxInFlight: 5 });
    await until(async () => (await show(id)).progress.delivered >= 8, { within: SOON_MS, what: 'the middle of the operation' });
    await flush();
    expect((await show(id)).progress.delivered).toBeLessThan(60);
    await finished(id);
    await expectEachOnce(id, ids);
  }, 2 * SOON_MS);

  it('goes on when the gateways are replaced in the middle', async () => {
    const ids = await failedTransfers(60);
    const id = await startedOperation(ids, { ratePerSecond: 30, maxInFlight: 5 });
    await until(async () => (await show(id)).progress.delivered >= 8, { within: SOON_MS, what: 'the middle of the operation' });
    const before = gateways.splice(0);
    gateways.push(await aGateway());
    for (const gateway of before) await gateway.close();
    expect((await show(id)).progress.delivered).toBeLessThan(60);
    await finished(id);
    await expectEachOnce(id, ids);
  }, 2 * SOON_MS);

  it('that nobody starts in time ends, and lets its transfers go', async () => {
    const ids = await failedTransfers(3);
    const id = await examinedOperation(ids);
    expect(await show(id)).toMatchObject({ status: 'ready' });
    await db.updateTable('operations').set({ updated_at: new Date(Date.now() - 2 * 86_400_000) }).where('id', '=', id).execute();
    await until(async () => (await show(id)).finishedAt !== null, { within: SOON_MS, what: 'the end of the forgotten operation' });
    expect(await show(id)).toMatchObject({ status: 'cancelled', statusReason: 'not-started', progress: { skipped: 3 } });
    expect(await db.selectFrom('operation_claims').selectAll().execute()).toEqual([]);
  }, 2 * SOON_MS);

  async function failedTransfers(count: number): Promise<string[]> {
    adapter.answering = () => [REFUSED];
    const projectNos = Array.from({ length: count }, newProjectNo);
    await adapter.say(...projectNos.map((subject) => eventOf('case.received', { subject })));
    const failed = (): Promise<{ id: string }[]> => db.selectFrom('transfers').select('id').where('status', '=', 'failed').where('project_no', 'in', projectNos).execute();
    await until(async () => (await failed()).length === count, { within: SOON_MS, what: `${count} failures` });
    const rows = await failed();
    adapter.answering = () => [{}];
    adapter.sendings.splice(0);
    return rows.map(({ id }) => id);
  }

  async function examinedOperation(ids: readonly string[], settings: object = {}): Promise<string> {
    const { operationId } = await ask<{ operationId: string }>('POST', '/api/operations', { kind: 'replay', ...WHY, selection: { transferIds: ids }, ladder: [1], ...settings });
    await until(async () => !['freezing', 'preflight'].includes((await show(operationId)).status), { within: SOON_MS, what: 'the preflight' });
    return operationId;
  }

  async function startedOperation(ids: readonly string[], settings: object): Promise<string> {
    const id = await examinedOperation(ids, settings);
    await ask('POST', `/api/operations/${id}/start`, { ...WHY, confirmCount: ids.length });
    return id;
  }

  async function finished(id: string): Promise<void> {
    await until(async () => (await show(id)).finishedAt !== null, { within: SOON_MS, what: 'the end of the operation' });
  }

  async function expectEachOnce(id: string, ids: readonly string[]): Promise<void> {
    expect(await show(id)).toMatchObject({ status: 'completed', progress: { sent: ids.length, delivered: ids.length, failed: 0, skipped: 0 } });
    const attempts = ids.map((transfer) => adapter.sendings.filter(({ order }) => order.transferId === transfer).map(({ order }) => order.attempt));
    expect(attempts.map((of) => [...new Set(of)])).toEqual(ids.map(() => [2]));
    const rows = await db.selectFrom('transfers').select(['status', 'attempts']).where('id', 'in', ids).execute();
    expect(rows).toEqual(ids.map(() => ({ status: 'delivered', attempts: 2 })));
  }

  function show(id: string): Promise<OperationDetailAnswer> {
    return ask('GET', `/api/operations/${id}`);
  }

  async function ask<T>(method: string, path: string, body?: object): Promise<T> {
    const answer = await fetch(`http://127.0.0.1:${gateways[0]?.port}${path}`, {
      method, headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' }, ...(body === undefined ? {} : { body: JSON.stringify(body) }), signal: AbortSignal.timeout(10_000),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${text}`);
    return JSON.parse(text) as T;
  }

  async function flush(): Promise<void> {
    const client = new Redis(redis.url);
    await client.flushdb();
    client.disconnect();
  }

  function aGateway(): Promise<RunningApp> {
    metricsRegistry.clear();
    return startGateway({
      RABBITMQ_URL: vhost.url, REDIS_URL: redis.url, REDIS_PREFIX: redis.prefix, DATABASE_URL: database.url, LEDGER_KEYS: KEYS, PORT: '0',
      OPS_TOKEN: 'a-token-for-tests-only-0123456789abcdef', RECEIPT_PATIENCE_MS: '2000', RECEIPT_PATIENCE_CAP_MS: '4000', SWEEP_INTERVAL_MS: '300', OPERATION_LEASE_MS: '2000',
    }, logger);
  }
});
