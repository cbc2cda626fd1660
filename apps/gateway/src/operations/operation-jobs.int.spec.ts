import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { KeyRing } from '#runtime';
import type { RunningApp } from '#runtime';
import { Redis } from 'ioredis';
import type { Kysely } from 'kysely';
import { until, withDatabase, withRedis, withVhost } from '../../../../test/support/index.ts';
import { AdapterStandIn } from '../adapter-stand-in.fixture.ts';
import { eventOf, newProjectNo } from '../case-events.fixture.ts';
import { aGatewayWith } from '../gateway-program.fixture.ts';
import { inDays } from '../channels/channel-bench.fixture.ts';
import { openLedger } from '../ledger/open-ledger.ts';
import type { LedgerTables } from '../ledger/tables.ts';
import type { OperationDetailAnswer } from '../ops-api/operations/operation.answer.ts';
import { tokenFor } from '../ops-api/ops-server.fixture.ts';
import { REFUSED, WHY } from './replay-bench.fixture.ts';

const KEYS = KeyRing.generateJson();
const SOON_MS = 60_000;
/** So slow that an operation is not over before it is disturbed, also on a machine that stalls for seconds. */
const RATE = 12;

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
    const id = await startedOperation(ids, { ratePerSecond: RATE, maxInFlight: 5 });
    await until(async () => (await show(id)).progress.delivered >= 8, { within: SOON_MS, what: 'the middle of the operation' });
    await flush();
    expect((await show(id)).progress.delivered).toBeLessThan(60);
    await finished(id);
    await expectEachOnce(id, ids);
  }, 2 * SOON_MS);

  it('goes on when the gateways are replaced in the middle', async () => {
    const ids = await failedTransfers(60);
    const id = await startedOperation(ids, { ratePerSecond: RATE, maxInFlight: 5 });
    await until(async () => (await show(id)).progress.delivered >= 8, { within: SOON_MS, what: 'the middle of the operation' });
    const before = gateways.splice(0);
    gateways.push(await aGateway());
    for (const gateway of before) await gateway.close();
    expect((await show(id)).progress.delivered).toBeLessThan(60);
    await finished(id);
    await expectEachOnce(id, ids);
  }, 2 * SOON_MS);

  it('that waits for its hours is told of a person\'s decision at once', async () => {
    const ids = await failedTransfers(2);
    const id = await startedOperation(ids, { hours: inDays(2) });
    await until(async () => (await show(id)).statusReason === 'outside-hours', { within: SOON_MS, what: 'the wait for its hours' });
    await ask('POST', `/api/operations/${id}/cancel`, WHY);
    await until(async () => (await show(id)).finishedAt !== null, { within: SOON_MS, what: 'the end of the cancelled operation' });
    expect(await show(id)).toMatchObject({ status: 'cancelled', progress: { sent: 0, skipped: 2 } });
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
      method, headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' }, ...(body === undefined ? {} : { body: JSON.stringify(body) }), signal: AbortSignal.timeout(30_000),
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
    return aGatewayWith({
      RABBITMQ_URL: vhost.url, REDIS_URL: redis.url, REDIS_PREFIX: redis.prefix, DATABASE_URL: database.url, LEDGER_KEYS: KEYS,
      RECEIPT_PATIENCE_MS: '2000', RECEIPT_PATIENCE_CAP_MS: '4000', SWEEP_INTERVAL_MS: '300', OPERATION_LEASE_MS: '2000',
    });
  }
});
