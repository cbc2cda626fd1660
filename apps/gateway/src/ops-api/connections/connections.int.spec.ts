import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ConnectionCheck } from '#contracts';
import { sql } from 'kysely';
import { until, withDatabase } from '../../../../../test/support/index.ts';
import { insertAttempts } from '../../ledger/attempt-rows.ts';
import { recordStatus } from '../../ledger/edge-rows.ts';
import { anAttempt, putCase } from '../ledger-rows.fixture.ts';
import { openBench } from '../ops-bench.fixture.ts';
import type { OpsBench } from '../ops-bench.fixture.ts';
import type { OpsClient } from '../ops-server.fixture.ts';
import type { ChannelResponsesAnswer, ConnectionAnswer, ConnectionList, ConnectionTestAskedAnswer } from './connection.answer.ts';

const WHY = { reason: '大厅反映收不到' };
const database = withDatabase();
let bench: OpsBench;
let op: OpsClient;
beforeAll(async () => {
  bench = await openBench(database.url);
  op = await bench.server.as('operator');
});
afterAll(() => bench.close());

/** An adapter's report with what it found out. */
function report(instance: string, ...connections: Partial<ConnectionCheck>[]): Promise<void> {
  const nothing = { circuits: [], spool: null, journal: null, redisDurable: true, redisProblem: null };
  const at = new Date().toISOString();
  return bench.db.transaction().execute((trx) => recordStatus(trx, {
    app: 'district-adapter', instance, at, ...nothing,
    signingKeys: [{ party: 'hall:410204', keyId: 'k2', algorithm: 'HMAC-SM3', notBefore: null, notAfter: null }, { party: 'hall:410204', keyId: 'k1', algorithm: 'HMAC-SM3', notBefore: null, notAfter: '2026-12-01T00:00:00.000Z' }],
    connections: connections.map((given) => ({ destination: 'hall:410204', testId: null, at, ok: true, step: 'http', code: null, detailZh: null, latencyMs: 12, httpStatus: 405, certificateNotAfter: null, ...given })),
  }));
}
const one = async (destination = 'hall:410204'): Promise<ConnectionAnswer> => (await op.get<ConnectionAnswer>(`/api/connections/${destination}`)).body;

describe('a test of the way to an endpoint', () => {
  it('is asked of the adapter that serves it, once in a while, on record; its first answer is kept', async () => {
    const { status, body: { outcome, testId } } = await op.post<ConnectionTestAskedAnswer>('/api/connections/hall:410204/test', WHY);
    expect([status, outcome]).toEqual([200, 'asked']);
    expect(bench.server.published).toEqual([expect.objectContaining({ routingKey: 'recorded.district-adapter', type: 'connection.test', body: { testId, destination: 'hall:410204' } })]);
    expect((await one()).lastTest).toMatchObject({ testId, state: 'waiting', finding: null });
    const again = await op.post('/api/connections/hall:410204/test', WHY);
    expect([again.status, bench.server.published.length]).toEqual([429, 1]);
    await report('a', { testId, ok: false, step: 'tcp', code: 'connection-refused', detailZh: '对方没有程序在听', httpStatus: null });
    await report('a', { testId, ok: true });
    expect((await one()).lastTest).toMatchObject({ state: 'answered', finding: { ok: false, step: 'tcp', stepZh: '建立 TCP 连接', code: 'connection-refused', instance: 'a' } });
    const { entry } = await bench.db.selectFrom('evidence').select('entry').where('subject_kind', '=', 'connection').executeTakeFirstOrThrow();
    expect(JSON.parse(entry)).toMatchObject({ action: 'connection.tested', subject: 'hall:410204', reason: WHY.reason });
    await sql`update connection_tests set asked_at = asked_at - interval '11 seconds'`.execute(bench.db);
    expect((await op.post('/api/connections/hall:410204/test', WHY)).status).toBe(200);
  });

  it('is asked for by one of two people who ask at once', async () => {
    const enough = Promise.withResolvers<void>();
    const locked = Promise.withResolvers<void>();
    const holding = bench.db.transaction().execute(async (trx) => {
      // Nobody can note a test meanwhile, but everybody can look whether there was one.
      await sql`lock table connection_tests in share mode`.execute(trx);
      locked.resolve();
      await enough.promise;
    });
    await locked.promise;
    const both = Promise.all([1, 2].map(() => op.post('/api/connections/hall:410205/test', WHY)));
    await until(async () => {
      const { rows } = await sql`select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`.execute(bench.db);
      return rows.length >= 2;
    }, { within: 20_000 }).finally(() => enough.resolve());
    await holding;
    expect((await both).map(({ status }) => status).sort()).toEqual([200, 429]);
  });

  it('that no adapter answers is said to be so', async () => {
    await op.post('/api/connections/centre/test', WHY);
    await sql`update connection_tests set asked_at = asked_at - interval '31 seconds'`.execute(bench.db);
    expect((await one('centre')).lastTest).toMatchObject({ state: 'unanswered', stateZh: expect.stringContaining('没有运行') as unknown });
  });

  it('is for those who may, and for endpoints that there are', async () => {
    expect((await (await bench.server.as('viewer')).post('/api/connections/centre/test', WHY)).status).toBe(403);
    expect((await op.post('/api/connections/hall:999999/test', WHY)).status).toBe(404);
    expect((await op.post('/api/connections/elsewhere/test', WHY)).status).toBe(422);
    expect((await op.post('/api/connections/centre/test', {})).status).toBe(422);
  });

  it('shows what was seen last, by whomever, until when the certificate and the keys are good', async () => {
    const inTenDays = new Date(Date.now() + 10.5 * 24 * 3_600_000).toISOString();
    await report('b', { at: new Date(Date.now() + 1_000).toISOString(), certificateNotAfter: inTenDays });
    expect(await one()).toMatchObject({ latest: { ok: true, instance: 'b', certificateDaysLeft: 10 }, signingKeys: [{ keyId: 'k1' }, { keyId: 'k2', notAfter: null }] });
    const { body: { items } } = await op.get<ConnectionList>('/api/connections');
    expect(items.map(({ destination, latest }) => [destination, latest === null])).toEqual([['centre', true], ['hall:410202', true], ['hall:410203', true], ['hall:410204', false], ['hall:410205', true]]);
  });
});

describe('the answers in a channel', () => {
  it('are its own, newest first, with how long they took in the last hour', async () => {
    await putCase(bench.db, 'C-1', { hall_code: '410204' }, ['delivered']);
    await putCase(bench.db, 'C-2', { hall_code: '410202' }, ['delivered']);
    await insertAttempts(bench.db, [
      ...Array.from({ length: 25 }, (_, index) => anAttempt('tr_C-1_0', index + 1, { latency_ms: (index + 1) * 10, ...(index === 24 ? { outcome: 'retryable' as const, http_status: 503, error_code: 'http-503' } : {}) })),
      anAttempt('tr_C-2_0', 1, { latency_ms: 9_999 }),
    ]);
    const { body } = await op.get<ChannelResponsesAnswer>('/api/channels/intake:410204/responses');
    expect([body.items.length, body.answers, body.failures, body.p50, body.p95]).toEqual([20, 25, 1, 130, 240]);
    expect(body.items[0]).toMatchObject({ attempt: 25, httpStatus: 503, errorCode: 'http-503', outcomeZh: '暂时失败（会重试）' });
    expect((await op.get<ChannelResponsesAnswer>('/api/channels/completion:410204/responses')).body).toMatchObject({ items: [], p50: null });
    expect((await op.get('/api/channels/intake:999999/responses')).status).toBe(404);
  });
});
