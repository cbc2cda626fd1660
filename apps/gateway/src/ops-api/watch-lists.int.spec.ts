import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { BusUnavailableError } from '#bus';
import type { BusInspector } from '#bus';
import { completionUpdatesQueue, QUEUES } from '#contracts';
import { withDatabase } from '../../../../test/support/index.ts';
import { openAlerts } from '../ledger/alert-rows.ts';
import { recordStatus } from '../ledger/edge-rows.ts';
import { circuitOf, statusOf } from '../watch/edge-status.fixture.ts';
import type { AlertPage } from './alerts/alert.answer.ts';
import type { CircuitChangePage, CircuitPage } from './circuits/circuit.answer.ts';
import type { EdgeInstancePage } from './edge-instances/edge-instance.answer.ts';
import { openBench } from './ops-bench.fixture.ts';
import type { OpsBench } from './ops-bench.fixture.ts';
import { startOpsServer } from './ops-server.fixture.ts';
import type { QueueList } from './queues/queue.answer.ts';

const database = withDatabase();
let bench: OpsBench;
let broker: BusInspector['inspect'] = () => Promise.reject(new BusUnavailableError('not-connected', false));
let server: OpsBench['server'];

const text = (condition: string, subject: string): Parameters<typeof openAlerts>[1][number] =>
  ({ condition, subject, detail_zh: '请处理', detail_en: 'do something', facts: { count: 3 } });

beforeAll(async () => {
  bench = await openBench(database.url);
  server = await startOpsServer(bench.db, bench.keys, { inspect: (names) => broker(names) });
  await openAlerts(bench.db, [text('transfers-failed', 'hall:410204'), text('queue-missing', 'gateway.intake'), text('not-yet-invented', 'x')]);
  await sql`update alerts set closed_at = now() where condition = 'queue-missing'`.execute(bench.db);
  await sql`update alerts set opened_at = '2025-01-01' where condition = 'not-yet-invented'`.execute(bench.db);
  await bench.db.transaction().execute(async (trx) => {
    await recordStatus(trx, statusOf({ instance: 'one', circuits: [circuitOf('centre', { state: 'open', reason: 'http-503', nextProbeAt: '2026-11-23T02:00:00Z' })] }));
    await recordStatus(trx, statusOf({ instance: 'two', spool: { waiting: 4, oldestAt: '2026-11-23T02:00:00Z' }, redisDurable: false, redisProblem: '未开启 AOF' }));
    await recordStatus(trx, statusOf({ app: 'district-adapter', instance: 'three', circuits: [circuitOf('hall:410204'), circuitOf('hall:410202')] }));
    await recordStatus(trx, statusOf({ app: 'gateway', instance: 'four', circuits: [], brokerAway: true }));
    await recordStatus(trx, statusOf({ app: 'gateway', instance: 'five', circuits: [], stopping: true }));
  });
  await sql`update edge_instances set seen_at = now() - interval '31 seconds' where instance = 'two'`.execute(bench.db);
});
afterAll(async () => {
  await server.close();
  await bench.close();
});

/** Every item of a list, two at a time. */
async function walk<T>(path: string): Promise<T[]> {
  const all: T[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const { body }: { body: { items: T[]; nextCursor: string | null } } = await server.get(`${path}?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`);
    all.push(...body.items);
    cursor = body.nextCursor;
  }
  return all;
}

describe('GET /api/alerts', () => {
  it.each([
    ['open=true', ['not-yet-invented', 'transfers-failed']],
    ['open=false', ['queue-missing']],
    ['condition=transfers-failed', ['transfers-failed']],
    ['subject=gateway.intake', ['queue-missing']],
    ['to=2025-01-01', ['not-yet-invented']],
    ['open=true&condition=queue-missing', []],
  ])('%s finds just the alerts it says', async (query, found) => {
    const { status, body } = await server.get<AlertPage>(`/api/alerts?${query}`);
    expect(status).toBe(200);
    expect(body.items.map(({ condition }) => condition).sort()).toEqual(found);
  });

  it('says in Chinese what it is about and what to do, and pages through all', async () => {
    const alerts = await walk<AlertPage['items'][number]>('/api/alerts');
    expect(alerts.map(({ alertId }) => alertId)).toEqual([3, 2, 1]);
    expect(alerts[2]).toMatchObject({
      conditionZh: '投递失败', subjectZh: '鼓楼区政务服务大厅', open: true, closedAt: null, detailZh: '请处理', detailEn: 'do something', facts: { count: 3 },
    });
  });
});

describe('GET /api/circuits and /api/circuit-changes', () => {
  it('show the circuits of every process by destination, and whether the process still lives', async () => {
    const circuits = await walk<CircuitPage['items'][number]>('/api/circuits');
    expect(circuits.map(({ destination, instance, state, living }) => [destination, instance, state, living])).toEqual([
      ['centre', 'one', 'open', true], ['centre', 'two', 'closed', false], ['hall:410202', 'three', 'closed', true], ['hall:410204', 'three', 'closed', true],
    ]);
    expect(circuits[0]).toMatchObject({ stateZh: '断开（停止投递）', reason: 'http-503', nextProbeAt: '2026-11-23T10:00:00.000+08:00', destinationZh: '市住房公积金管理中心' });
  });

  it('narrow to a destination or a state', async () => {
    expect((await server.get<CircuitPage>('/api/circuits?state=open')).body.items).toHaveLength(1);
    expect((await server.get<CircuitPage>('/api/circuits?destination=hall:410204')).body.items).toHaveLength(1);
    expect((await server.get('/api/circuits?destination=nowhere')).status).toBe(422);
  });

  it('show when they changed', async () => {
    const { body } = await server.get<CircuitChangePage>('/api/circuit-changes?destination=centre');
    expect(body.items).toMatchObject([{ from: 'closed', to: 'open', toZh: '断开（停止投递）', reason: 'http-503', instance: 'one' }]);
  });
});

describe('GET /api/edge-instances', () => {
  it('shows what every program last said of itself', async () => {
    const programs = await walk<EdgeInstancePage['items'][number]>('/api/edge-instances');
    expect(programs.map(({ app, instance, living }) => [app, instance, living])).toEqual([
      ['centre-adapter', 'one', true], ['centre-adapter', 'two', false], ['district-adapter', 'three', true], ['gateway', 'five', false], ['gateway', 'four', true],
    ]);
    expect(programs[1]).toMatchObject({ spoolWaiting: 4, spoolOldestAt: '2026-11-23T10:00:00.000+08:00', redisDurable: false, redisProblem: '未开启 AOF' });
    const instant = expect.stringMatching(/^20.*\+08:00$/);
    expect(programs.map(({ brokerAwaySince, stoppedAt }) => [brokerAwaySince, stoppedAt])).toEqual([[null, null], [null, null], [null, null], [null, instant], [instant, null]]);
    expect((await server.get<EdgeInstancePage>('/api/edge-instances?app=district-adapter')).body.items).toHaveLength(1);
  });
});

describe('GET /api/queues', () => {
  it('says so when the broker cannot be asked, and what the queues are for all the same', async () => {
    const { status, body } = await server.get<QueueList>('/api/queues');
    expect({ status, reachable: body.brokerReachable }).toEqual({ status: 200, reachable: false });
    expect(body.items.find(({ queue }) => queue === QUEUES.intake)).toMatchObject({ purpose: expect.stringContaining('入账'), exists: null, ready: null, consumersPresent: null });
  });

  it('shows what waits, who takes it, and who should; the broker is asked once for all who ask together', async () => {
    let asked = 0;
    broker = (names) => {
      asked += 1;
      return Promise.resolve(names.map((name) => (name === QUEUES.outcomes ? null : { name, messages: 7, consumers: 1 })));
    };
    const fresh = await startOpsServer(bench.db, bench.keys, { inspect: (names) => broker(names) });
    const answers = await Promise.all(Array.from({ length: 5 }, () => fresh.get<QueueList>('/api/queues')));
    await fresh.close();
    expect(asked).toBe(1);
    const of = (name: string): QueueList['items'][number] | undefined => answers[0]?.body.items.find(({ queue }) => queue === name);
    expect(of(QUEUES.outcomes)).toMatchObject({ exists: false, ready: null });
    // The one living process of the centre adapter holds its orders at an open circuit.
    expect(of(QUEUES.workItems)).toMatchObject({ exists: true, ready: 7, consumersPresent: 1, consumersExpected: 0, destination: 'centre' });
    expect(of(completionUpdatesQueue('410204'))).toMatchObject({ consumersExpected: 1 });
  });
});

describe('the cursor of a list by key', () => {
  it.each(['WzFd', 'WyJjZW50cmUiXQ', 'bm9uc2Vuc2U'])('is refused when it is not ours: %s', async (cursor) => {
    expect((await server.get(`/api/circuits?cursor=${cursor}`)).status).toBe(422);
  });
});
