import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { withDatabase } from '../../../../test/support/index.ts';
import { eventOf, receiptOf } from '../case-events.fixture.ts';
import { BreakingLedger } from '../ledger/breaking-ledger.fixture.ts';
import type { Moment } from '../ledger/breaking-ledger.fixture.ts';
import type { TransferRow } from '../ledger/transfer-rows.ts';
import type { ProblemAnswer } from '../ops-api/problems/problem.answer.ts';
import { ReplayBench, WHY } from './replay-bench.fixture.ts';

const database = withDatabase();
const ROUNDS_MS = 150_000;
const BAD_DATA = { outcome: 'permanent' as const, httpStatus: 422, errorCode: 'http-422', errorDetail: 'refused' };
const ITEMS = [{ path: 'application.regionCode', problem: '与账户所在区不符' }];
let bench: ReplayBench;
let broken: BreakingLedger;

beforeAll(async () => {
  bench = await ReplayBench.open(database.url, { operationConfirmAbove: 3, operationApproveAbove: 30, operationLeaseMs: 100 });
  broken = new BreakingLedger(database.url);
});
beforeEach(async () => {
  await bench.gateway.db.updateTable('transfers').set({ status: 'discarded' }).where('status', '=', 'failed').execute();
  await bench.gateway.db.deleteFrom('operation_claims').execute();
  bench.gateway.publisher.orders.splice(0);
});
afterAll(async () => {
  await broken.db.destroy();
  await bench.close();
});

const post = (id: string, verb: string, body: object = WHY, by = bench.supervisor) => by.post<ProblemAnswer & { outcome: string }>(`/api/operations/${id}/${verb}`, body);
const returning = (ids: readonly string[], items: readonly object[] = ITEMS): object => ({ kind: 'return', selection: { transferIds: ids }, return: { items }, ticket: 'ITSM-7' });
const ask = (body: object, by = bench.supervisor) => by.post<ProblemAnswer>('/api/operations', { ...WHY, ...body });
const idsOf = (rows: readonly TransferRow[]): string[] => rows.map(({ id }) => id);
const claims = () => bench.gateway.db.selectFrom('operation_claims').select('transfer_id').execute();

async function ready(body: object): Promise<string> {
  const id = await bench.create(body, bench.supervisor);
  await bench.walk(id);
  return id;
}

function noticesOf(ids: readonly string[]) {
  return bench.gateway.db.selectFrom('transfer_returns as r').innerJoin('transfers as t', 't.id', 'r.notice_id').select(['r.transfer_id', 'r.notice_id', 't.status', 't.kind', 'r.returned_by_name', 'r.ticket'])
    .where('r.transfer_id', 'in', ids).execute();
}

describe('an operation that returns to halls', () => {
  it('says how many can be returned and why the others cannot, and returns those, each with its notice, its record and its place kept', async () => {
    const good = await bench.failedCases(2, BAD_DATA);
    const [ours, gone, returned, edited] = [...await bench.failedCases(1), ...await bench.failedCases(3, BAD_DATA)] as [TransferRow, TransferRow, TransferRow, TransferRow];
    await bench.gateway.db.updateTable('transfers').set({ error_code: 'http-401', http_status: 401 }).where('id', '=', ours.id).execute();
    await bench.gateway.receipts(receiptOf(await bench.one(gone.id)));
    await bench.supervisor.post(`/api/transfers/${returned.id}/return`, { ...WHY, items: ITEMS });
    await bench.supervisor.post(`/api/transfers/${edited.id}/edit`, { ...WHY, changes: [{ path: 'application.payee.accountNo', value: '6200000000000000009' }] }, { 'if-match': '"1"' });
    const id = await ready(returning([...idsOf(good), ours.id, gone.id, returned.id, edited.id]));
    const { preflight, return: wish, status } = await bench.show(id);
    expect({ status, preflight, wish }).toMatchObject({
      status: 'ready', wish: { items: [{ path: 'application.regionCode', materialCode: null, problem: '与账户所在区不符' }] },
      preflight: { toSend: 2, sendable: 2, duplicate: 1, waiting: 2, notReturnable: 1 },
    });
    expect(Object.fromEntries(preflight.leftOut.map(({ note, count }) => [note, count]))).toEqual({ 'not-a-data-error': 1, 'already-delivered': 1, 'already-returned': 1, 'edit-pending': 1 });
    expect((await bench.supervisor.post<ProblemAnswer>(`/api/transfers/${good[0]?.id ?? ''}/return`, { ...WHY, items: ITEMS })).body).toMatchObject({ status: 409, code: 'claimed' });

    bench.gateway.publisher.orders.splice(0);
    await bench.start(id, bench.supervisor);
    await bench.walk(id);
    expect(await bench.show(id)).toMatchObject({ status: 'completed', progress: { frozen: 6, sent: 2, returned: 2, skipped: 4, underWay: 0, remaining: 0 } });
    const notices = await noticesOf(idsOf(good));
    expect(notices).toHaveLength(2);
    expect(notices).toEqual(notices.map(() => expect.objectContaining({ kind: 'supplement_notice', status: 'delivered', returned_by_name: expect.stringContaining('supervisor'), ticket: 'ITSM-7' })));
    const items = await bench.items(id, '&state=returned');
    expect(new Map(items.map(({ transferId, note, noticeTransferId }) => [transferId, [note, noticeTransferId]]))).toEqual(new Map(notices.map((one) => [one.transfer_id, [one.notice_id, one.notice_id]])));
    for (const { id: transfer } of good) {
      expect(await bench.one(transfer)).toMatchObject({ status: 'failed', returned_at: expect.any(Date), attempts: 1 });
      expect(await bench.recordsOf(transfer)).toContainEqual(expect.objectContaining({ action: 'transfer.returned-by-operation', reason: WHY.reason, facts: expect.objectContaining({ operation: id, items: ['application.regionCode'], ticket: 'ITSM-7' }) }));
    }
    expect(await claims()).toEqual([]);
    expect((await bench.recordsOf(id)).map(({ action }) => action)).toEqual(['operation.created', 'operation.frozen', 'operation.examined', 'operation.started', 'operation.finished']);
    expect(JSON.stringify(await bench.recordsOf(id))).not.toContain('与账户所在区不符');
  });

  it('leaves out the cases that have not got the named material, and those that moved on after the preflight', async () => {
    const [one, two] = await bench.failedCases(2, BAD_DATA) as [TransferRow, TransferRow];
    const nowhere = await ready(returning([one.id], [{ materialCode: 'NOWHERE', problem: '没有提供' }]));
    expect(await bench.show(nowhere)).toMatchObject({ status: 'completed', statusReason: 'nothing-to-send', preflight: { notReturnable: 1, leftOut: [{ note: 'items-broken', noteZh: expect.stringContaining('不在这条工单里'), count: 1 }] } });
    const id = await ready(returning([one.id, two.id], [...ITEMS, { materialCode: 'ID_SELF', problem: '复印件不清' }]));
    await bench.gateway.events(eventOf('case.withdrawn', { subject: two.project_no, source: '/halls/410204' }));
    await bench.start(id, bench.supervisor);
    await bench.walk(id);
    expect((await bench.items(id)).map(({ transferId, state, note }) => [transferId, state, note]).toSorted()).toEqual(
      [[one.id, 'returned', expect.stringMatching(/^tr_/)], [two.id, 'skipped', 'hall-cannot-correct']].toSorted(([a], [b]) => (String(a) < String(b) ? -1 : 1)),
    );
  });

  it('needs the right that a single return needs, a confirmed count, and a second person when it is large', async () => {
    const [first] = await bench.failedCases(31, BAD_DATA);
    const group = (await bench.one(first?.id ?? '')).failure_group;
    const body = { kind: 'return', selection: { failureGroup: group }, return: { items: ITEMS } };
    expect((await ask(body, bench.operator)).body).toMatchObject({ status: 403, code: 'forbidden', detail: expect.stringContaining('"edit"') });
    const id = await ready(body);
    expect(await bench.show(id)).toMatchObject({ status: 'awaiting-approval', preflight: { toSend: 31 } });
    expect((await post(id, 'approve')).body).toMatchObject({ status: 409, code: 'own-operation' });
    expect((await post(id, 'approve', WHY, await bench.server.as('supervisor'))).status).toBe(200);
    expect((await post(id, 'start', { ...WHY, confirmCount: 30 })).body).toMatchObject({ status: 409, code: 'count-not-confirmed' });
    expect((await post(id, 'start', { ...WHY, confirmCount: 31 }, bench.operator)).body).toMatchObject({ status: 403 });
    await bench.start(id, bench.supervisor);
    await bench.runner().step(id);
    expect((await post(id, 'pause')).body).toMatchObject({ outcome: 'paused' });
    const { returned } = (await bench.show(id)).progress;
    expect([returned, await bench.runner().step(id), await bench.runner().step(id)]).toEqual([25, null, null]);
    expect((await post(id, 'resume', WHY, bench.operator)).body).toMatchObject({ status: 403 });
    expect((await post(id, 'cancel')).body).toMatchObject({ outcome: 'cancelled' });
    await bench.walk(id);
    expect(await bench.show(id)).toMatchObject({ status: 'cancelled', finishedAt: expect.any(String), progress: { returned: 25, skipped: 6 } });
    expect(await claims()).toEqual([]);
  });

  it.each([
    ['nothing said of what is wrong', { kind: 'return' }, 'return'], ['a number of a person', { kind: 'return', return: { items: [{ path: 'application.regionCode', problem: '证件 410204199001010002 不对' }] } }, 'return.items.0.problem'],
    ['a number of a person for a material', { kind: 'return', return: { items: [{ materialCode: '410204199001010002', problem: '不清' }] } }, 'return.items.0.materialCode'],
    ['both a field and a material', { kind: 'return', return: { items: [{ path: 'application.regionCode', materialCode: 'ID_SELF', problem: '不对' }] } }, 'return.items[0]'],
    ['what is wrong, of a replay', { kind: 'replay', return: { items: ITEMS } }, 'return'],
  ])('is refused with %s', async (_what, body, field) => {
    expect((await ask({ selection: { filter: { status: 'failed' } }, ...body })).body).toMatchObject({ status: 422, code: 'query-broken', errors: [{ field }] });
  });

  it('waits for RabbitMQ, and then goes on', async () => {
    const ids = idsOf(await bench.failedCases(1, BAD_DATA));
    const id = await ready(returning(ids));
    await bench.start(id, bench.supervisor);
    bench.gateway.publisher.ready = false;
    try {
      await bench.runner().step(id);
      expect(await bench.show(id)).toMatchObject({ status: 'running', statusReason: 'broker-away', progress: { returned: 0 } });
    } finally {
      bench.gateway.publisher.ready = true;
    }
    await bench.walk(id);
    expect(await bench.show(id)).toMatchObject({ status: 'completed', progress: { returned: 1 } });
  });
});

describe('a return whose gateway dies', () => {
  it.each(['before', 'after'] as const)('%s any statement of any step is continued by another: one notice for each, none forgotten', async (moment: Moment) => {
    const ids = idsOf(await bench.failedCases(2, BAD_DATA));
    const id = await bench.create({ ...returning(ids), maxInFlight: 1 }, bench.supervisor);
    const until = performance.now() + ROUNDS_MS;
    let breaks = 0;
    let stood = '';
    // Each step is broken at its first statement, then at its second, until it has been taken.
    for (let nth = 1; performance.now() < until; nth += 1) {
      const { status, progress, preflight } = await bench.show(id);
      if (status === 'completed') break;
      if (status === 'ready') await bench.start(id, bench.supervisor);
      const stands = JSON.stringify([status, progress, preflight]);
      if (stands !== stood) nth = 1;
      stood = stands;
      broken.arm(nth, moment);
      await bench.runner({ db: broken.db }).step(id).catch(() => { breaks += 1; });
      broken.watch();
      await sleep(5);
    }
    // Notices that never left are missed by the watchdog: here at once.
    await sql`update transfers set receipt_due_at = statement_timestamp() - interval '1 second' where status = 'in_flight'`.execute(bench.gateway.db);
    await bench.gateway.sweep.run();
    await bench.answer();
    await bench.walk(id);
    expect(breaks).toBeGreaterThan(60);
    expect(await bench.show(id)).toMatchObject({ status: 'completed', progress: { frozen: 2, sent: 2, returned: 2, skipped: 0 } });
    const notices = await noticesOf(ids);
    expect(notices.map((one) => one.transfer_id).toSorted()).toEqual(ids.toSorted());
    expect(notices.every(({ status }) => status === 'delivered')).toBe(true);
    const cases = (await bench.gateway.db.selectFrom('transfers').select('project_no').where('id', 'in', ids).execute()).map((row) => row.project_no);
    const made = await bench.gateway.db.selectFrom('transfers').select('id').where('project_no', 'in', cases).where('kind', '=', 'supplement_notice').execute();
    expect(made.map((row) => row.id).toSorted()).toEqual(notices.map((one) => one.notice_id).toSorted());
    expect((await bench.gateway.db.selectFrom('cases').select('update_sequence').where('project_no', 'in', cases).execute()).map((row) => row.update_sequence)).toEqual(cases.map(() => 1));
    expect(await claims()).toEqual([]);
    expect(performance.now()).toBeLessThan(until);
  }, 2 * ROUNDS_MS);
});
