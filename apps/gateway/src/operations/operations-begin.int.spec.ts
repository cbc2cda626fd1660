import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import { withDatabase } from '../../../../test/support/index.ts';
import { receiptOf } from '../case-events.fixture.ts';
import { operationEnds } from '../ledger/migrations/0022-operation-ends.ts';
import type { TransferRow } from '../ledger/transfer-rows.ts';
import { ReadLiveState } from '../ops-api/live/read-live-state.ts';
import type { ProblemAnswer } from '../ops-api/problems/problem.answer.ts';
import { REFUSED, ReplayBench, WHY } from './replay-bench.fixture.ts';

const database = withDatabase();
let bench: ReplayBench;

beforeAll(async () => {
  bench = await ReplayBench.open(database.url, { operationConfirmAbove: 3, operationApproveAbove: 30, operationLeaseMs: 1_000 });
});
beforeEach(async () => {
  // What other tests left failed is not to be found by filters.
  await bench.gateway.db.updateTable('transfers').set({ status: 'discarded' }).where('status', '=', 'failed').execute();
  await bench.gateway.db.deleteFrom('operation_claims').execute();
});
afterEach(() => { bench.answered.splice(0); });
afterAll(() => bench.close());

const post = (id: string, verb: string, body: object = WHY, by = bench.operator) => by.post<ProblemAnswer & { outcome: string }>(`/api/operations/${id}/${verb}`, body);
const ALL = { selection: { filter: { destination: 'centre', errorCode: 'http-400' } } };

async function ready(body: object = ALL, by = bench.operator): Promise<string> {
  const id = await bench.create(body, by);
  await bench.walk(id);
  return id;
}

describe('what is selected', () => {
  it('by a filter holds what failed of one hall, one item or one group, or after one event, and counts new arrivals of that alone', async () => {
    const { db } = bench.gateway;
    const [here, there] = await bench.failedCases(2);
    const [differently] = await bench.failedCases(1, { ...REFUSED, httpStatus: 422, errorCode: 'http-422' });
    const { failed: before, held: withdrawal, projectNo } = await bench.failedLane();
    await db.updateTable('transfers').set({ status: 'failed', error_word: 'permanent', error_code: 'http-400', finished_at: new Date(), failed_at: new Date() }).where('id', '=', withdrawal.id).execute();
    await db.updateTable('cases').set({ hall_code: '410203' }).where('project_no', '=', there?.project_no ?? '').execute();
    await db.updateTable('cases').set({ item_code: '725849853QT50024099' }).where('project_no', '=', projectNo).execute();
    const meant = async (filter: object): Promise<string[]> => {
      const id = await ready({ selection: { filter } });
      const ids = (await bench.items(id)).map(({ transferId }) => transferId);
      await post(id, 'cancel');
      await bench.walk(id);
      return ids;
    };
    expect(await meant({ hall: '410203' })).toEqual([there?.id]);
    expect((await meant({ hall: '410204' })).toSorted()).toEqual([here?.id, differently?.id, before.id, withdrawal.id].toSorted());
    expect((await meant({ item: '725849853QT50024099' })).toSorted()).toEqual([before.id, withdrawal.id].toSorted());
    expect(await meant({ hall: '410203', item: '725849853QT50024099' })).toEqual([]);
    expect(await meant({ event: 'case.withdrawn' })).toEqual([withdrawal.id]);
    expect(await meant({ hall: '410204', failureGroup: differently?.failure_group })).toEqual([differently?.id]);
    const id = await ready({ selection: { filter: { hall: '410203' } } });
    await bench.failedCases(1);
    expect(await bench.show(id)).toMatchObject({ selection: { filter: { hall: '410203' } }, progress: { frozen: 1 }, newSince: 0 });
  });

  it('of named transfers lists them where one looks at it alone; lists, live views and notes say how many', async () => {
    const ids = (await bench.failedCases(3)).map((transfer) => transfer.id);
    const { body } = await bench.operator.post<{ operationId: string; selection: unknown }>('/api/operations', { kind: 'replay', ...WHY, selection: { transferIds: ids } });
    const id = body.operationId;
    const many = { transferCount: 3 };
    const of = (all: readonly { operationId: string; selection: unknown }[]): unknown => all.find(({ operationId }) => operationId === id)?.selection;
    expect((await bench.show(id)).selection).toEqual({ transferIds: ids });
    expect(body.selection).toEqual(many);
    expect(of((await bench.operator.get<{ items: { operationId: string; selection: unknown }[] }>('/api/operations')).body.items)).toEqual(many);
    expect(of((await bench.server.app.get(ReadLiveState, { strict: false }).run(null)).operations)).toEqual(many);
    const note = await bench.operator.get<{ operations: { operationId: string; selection: unknown }[] }>('/api/shifts/note');
    expect(of(note.body.operations)).toEqual(many);
  });
});

describe('what a search text selects', () => {
  const search = (q: string) => bench.operator.post<ProblemAnswer & { operationId: string }>('/api/operations', { kind: 'replay', ...WHY, selection: { q } });

  it('is what the list of transfers shows for it, of what has failed alone, and as its words were meant when it was written', async () => {
    const [one, two, other] = [...await bench.failedCases(2), ...await bench.failedCases(1, { ...REFUSED, httpStatus: 503, errorCode: 'http-503' })] as [TransferRow, TransferRow, TransferRow];
    await bench.gateway.db.updateTable('cases').set({ hall_code: '410203' }).where('project_no', '=', two.project_no).execute();
    await bench.gateway.db.updateTable('transfers').set({ created_at: new Date() }).where('id', 'in', [one.id, two.id, other.id]).execute();
    const listed = async (q: string): Promise<string[]> => (await bench.operator.get<{ items: { transferId: string; status: string }[] }>(`/api/transfers?limit=200&q=${encodeURIComponent(q)}`))
      .body.items.filter(({ status }) => status === 'failed').map(({ transferId }) => transferId).toSorted();
    for (const [q, ids] of [['错误:http-400 时间:最近1小时', [one, two]], ['-错误:http-503 厅:410204 状态:失败', [one]], ['厅:410203', [two]], ['厅:410203 或 错误:http-503', [two, other]], [`投递号:${other.id}`, [other]], ['状态:已送达', []]] as const) {
      const id = await ready({ selection: { q } });
      expect([q, (await bench.items(id)).map(({ transferId }) => transferId).toSorted()]).toEqual([q, ids.map((transfer) => transfer.id).toSorted()]);
      expect([q, await listed(q)]).toEqual([q, ids.map((transfer) => transfer.id).toSorted()]);
      await post(id, 'cancel');
      await bench.walk(id);
    }
    const q = '错误:http-400 时间:最近1小时';
    const id = await bench.create({ selection: { q } });
    // As if it had been written yesterday: what is of the last hour is told from there.
    await bench.gateway.db.updateTable('operations').set({ selection: JSON.stringify({ q, at: new Date(Date.now() - 86_400_000).toISOString() }) }).where('id', '=', id).execute();
    await bench.gateway.db.updateTable('transfers').set({ created_at: new Date(Date.now() - 86_400_000) }).where('id', '=', one.id).execute();
    await bench.gateway.db.updateTable('transfers').set({ created_at: new Date(Date.now() - 2 * 86_400_000) }).where('id', '=', two.id).execute();
    await bench.walk(id);
    expect((await bench.items(id)).map(({ transferId }) => transferId)).toEqual([one.id]);
    await bench.failedCases(1);
    expect(await bench.show(id)).toMatchObject({ selection: { q, at: expect.any(String) } });
    // A hall that is called so no more: what the operation did can be seen all the same.
    await bench.gateway.db.updateTable('operations').set({ selection: JSON.stringify({ q: '厅:从前的大厅', at: new Date().toISOString() }) }).where('id', '=', id).execute();
    expect(await bench.show(id)).toMatchObject({ selection: { q: '厅:从前的大厅' }, newSince: 0 });
  });

  it('is refused as the search refuses it: what cannot be read, and what looks like a number of a person', async () => {
    expect((await search('颜色:红')).body).toMatchObject({ status: 422, code: 'query-broken', errors: [{ field: 'q', rule: 'field' }] });
    for (const q of ['410204199001010002', '姓名:张三', '编号:13800005678']) expect((await search(q)).body).toMatchObject({ status: 422, code: 'query-broken', errors: [{ field: 'q', rule: 'notPersonal' }] });
    expect((await bench.operator.post<ProblemAnswer>('/api/operations', { kind: 'replay', ...WHY, selection: { q: '状态:失败', failureGroup: 'fg_000000000000000000000000' } })).body).toMatchObject({ status: 422, errors: [{ field: 'selection' }] });
  });
});

describe('an operation that has ended', () => {
  type Page = { items: { operationId: string; pinned: boolean; acknowledgedBy: string | null }[] };
  const listed = async (query: string): Promise<string[]> => (await bench.operator.get<Page>(`/api/operations?limit=200&${query}`)).body.items.map(({ operationId }) => operationId);
  const live = async () => (await bench.server.app.get(ReadLiveState, { strict: false }).run(null)).operations.map(({ operationId }) => operationId);

  it('stays pinned until somebody says, once and with a reason, that they have seen it', async () => {
    await bench.failedCases(1);
    const id = await ready();
    expect((await post(id, 'acknowledge')).body).toMatchObject({ status: 409, code: 'wrong-state', detailZh: expect.stringContaining('还没有全部结束') });
    await bench.start(id);
    await bench.walk(id);
    expect(await bench.show(id)).toMatchObject({ status: 'completed', pinned: true, acknowledgedAt: null, acknowledgedBy: null });
    expect([(await listed('pinned=true')).includes(id), (await listed('open=true')).includes(id), (await live()).includes(id)]).toEqual([true, false, true]);
    const before = await bench.gateway.db.selectFrom('operations').select('updated_at').where('id', '=', id).executeTakeFirstOrThrow();
    expect((await post(id, 'acknowledge', {})).body).toMatchObject({ status: 422, errors: [{ field: 'reason' }] });
    const answers = await Promise.all([post(id, 'acknowledge'), post(id, 'acknowledge', WHY, bench.supervisor)]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409]);
    expect(answers.find(({ status }) => status === 200)?.body).toMatchObject({ outcome: 'acknowledged', pinned: false, acknowledgedAt: expect.any(String), acknowledgedBy: expect.any(String) });
    expect(answers.find(({ status }) => status === 409)?.body).toMatchObject({ code: 'operation-acknowledged' });
    expect([(await listed('pinned=true')).includes(id), (await listed('pinned=false')).includes(id), (await live()).includes(id)]).toEqual([false, true, false]);
    expect((await bench.recordsOf(id)).map(({ action }) => action)).toEqual(expect.arrayContaining(['operation.acknowledged', 'operation.acknowledge']));
    // By this the alert of one that stopped itself is over: it must not begin anew.
    const after = await bench.gateway.db.selectFrom('operations').select('updated_at').where('id', '=', id).executeTakeFirstOrThrow();
    expect(after).toEqual(before);
  });

  it('before this could be said counts as seen, and what is open then does not', async () => {
    await bench.failedCases(1);
    const ended = await ready({ selection: { filter: { errorCode: 'nowhere' } } });
    const open = await ready();
    const undo = new Error('undone');
    const seen = new Map<string, boolean>();
    await expect(bench.gateway.db.transaction().execute(async (trx) => {
      await sql.raw('alter table operations drop column acknowledged_at, drop column acknowledged_by, drop column return_items, drop column returned, drop column left_out').execute(trx);
      await operationEnds.up(trx as unknown as Kysely<unknown>);
      for (const { id, acknowledged_at: at } of await trx.selectFrom('operations').select(['id', 'acknowledged_at']).execute()) seen.set(id, at !== null);
      throw undo;
    })).rejects.toBe(undo);
    expect([seen.get(ended), seen.get(open)]).toEqual([true, false]);
  });

  it('and is not acknowledged is in the note of every shift until it is', async () => {
    await bench.failedCases(1);
    const id = await ready();
    await bench.start(id);
    await bench.walk(id);
    const longAgo = new Date(Date.now() - 3 * 86_400_000);
    await bench.gateway.db.updateTable('operations').set({ created_at: longAgo, finished_at: longAgo }).where('id', '=', id).execute();
    const note = async (): Promise<string[]> => (await bench.operator.get<{ operations: { operationId: string }[] }>('/api/shifts/note')).body.operations.map(({ operationId }) => operationId);
    expect(await note()).toContain(id);
    await post(id, 'acknowledge');
    expect(await note()).not.toContain(id);
  });
});

describe('the preflight', () => {
  it('sorts what may go from what may not, each with its reason', async () => {
    const [good, other, gone, empty, old] = await bench.failedCases(5) as [TransferRow, TransferRow, TransferRow, TransferRow, TransferRow];
    const { failed: stale, held } = await bench.failedLane();
    const claimer = await ready({ selection: { transferIds: [other.id] } });
    const db = bench.gateway.db;
    await bench.gateway.receipts(receiptOf(await bench.one(gone.id)));
    await db.updateTable('transfers').set({ sealed: null, key_version: null }).where('id', '=', empty.id).execute();
    await db.updateTable('transfers').set({ status: 'delivered', attempts: 1 }).where('id', '=', held.id).execute();
    await db.updateTable('attempts').set({ started_at: new Date(Date.now() - 3_600_000) }).where('transfer_id', '=', old.id).execute();
    const windows = { receiverDedupeWindows: JSON.stringify({ centre: 1_800_000 }) };
    Object.assign(bench.gateway.config, windows);
    const id = await bench.create({ selection: { transferIds: [good, other, gone, empty, old, stale].map((one) => one.id) } });
    // Receipts of the examples are of this year's November: all but the old one are made young.
    await db.updateTable('attempts').set({ started_at: new Date() }).where('transfer_id', 'in', [good.id, empty.id, stale.id]).execute();
    await bench.walk(id);
    Object.assign(bench.gateway.config, { receiverDedupeWindows: undefined });
    expect(await findingsOf(id)).toEqual({
      [good.id]: ['sendable', 'pending', null], [other.id]: ['duplicate', 'skipped', 'claimed'], [gone.id]: ['duplicate', 'skipped', 'already-delivered'],
      [empty.id]: ['invalid', 'skipped', 'not-deliverable'], [old.id]: ['beyond-window', 'skipped', 'beyond-dedupe-window'], [stale.id]: ['stale', 'skipped', 'stale'],
    });
    expect(await bench.show(id)).toMatchObject({ status: 'ready', preflight: { toSend: 1, sendable: 1, duplicate: 2, stale: 1, invalid: 1, beyondWindow: 1 } });
    expect(await bench.items(id, '&verdict=duplicate')).toHaveLength(2);
    expect((await bench.operator.post<ProblemAnswer>(`/api/transfers/${good.id}/replay`, WHY)).body).toMatchObject({ status: 409, code: 'claimed' });
    await post(claimer, 'cancel');
  });

  it('says which endpoints are down, and nothing is sent there until they are back', async () => {
    await bench.failedCases(2);
    await shut(bench);
    const id = await ready({ ...ALL, ladder: [] });
    expect(await bench.show(id)).toMatchObject({ preflight: { toSend: 2, endpointDown: 2, sendable: 0 } });
    await bench.start(id);
    await bench.walk(id, { enough: async () => (await bench.show(id)).statusReason === 'waiting' });
    expect(await bench.show(id)).toMatchObject({ status: 'running', progress: { sent: 0 } });
    await bench.gateway.db.deleteFrom('circuits').execute();
    await bench.walk(id);
    expect(await bench.show(id)).toMatchObject({ status: 'completed', progress: { delivered: 2 } });
  });

  it('ends an operation in which nothing can be sent', async () => {
    const [one] = await bench.failedCases(1);
    await bench.gateway.receipts(receiptOf(await bench.one(one?.id ?? '')));
    const id = await ready({ selection: { transferIds: [one?.id] } });
    expect(await bench.show(id)).toMatchObject({ status: 'completed', statusReason: 'nothing-to-send' });
  });
});

describe('people', () => {
  it('must type the number of what is sent, above a threshold', async () => {
    await bench.failedCases(4);
    const id = await ready();
    expect((await post(id, 'start')).body).toMatchObject({ status: 409, code: 'count-not-confirmed' });
    expect((await post(id, 'start', { ...WHY, confirmCount: 5 })).body).toMatchObject({ status: 409, code: 'count-not-confirmed' });
    expect(await bench.show(id)).toMatchObject({ status: 'ready' });
    expect((await post(id, 'start', { ...WHY, confirmCount: 4 })).body).toMatchObject({ outcome: 'started', status: 'canary' });
    await bench.walk(id);
    expect((await bench.recordsOf(id)).filter(({ result }) => result.startsWith('refused'))).toHaveLength(2);
  });

  it('approve each other\'s large operations, never their own, not even with another role', async () => {
    await bench.failedCases(31);
    const id = await ready(ALL, bench.supervisor);
    expect(await bench.show(id)).toMatchObject({ status: 'awaiting-approval', needsApproval: true });
    expect((await post(id, 'start', { ...WHY, confirmCount: 31 })).body).toMatchObject({ status: 409, code: 'wrong-state' });
    expect((await post(id, 'approve', WHY, bench.supervisor)).body).toMatchObject({ status: 409, code: 'own-operation' });
    expect((await post(id, 'approve', WHY, bench.operator)).body).toMatchObject({ status: 403, code: 'forbidden' });
    expect(await bench.show(id)).toMatchObject({ status: 'awaiting-approval', approvedBy: null });
    expect((await post(id, 'approve', WHY, await bench.server.as('supervisor'))).body).toMatchObject({ outcome: 'approved', status: 'ready' });
    expect(await bench.recordsOf(id)).toEqual(expect.arrayContaining([expect.objectContaining({ action: 'operation.approve', result: 'refused: own-operation' })]));
  });

  it('may slow down what was approved, or is up for approval, and never make it faster', async () => {
    await bench.failedCases(31);
    const id = await ready({ ...ALL, ratePerSecond: 20, maxInFlight: 10 });
    const rate = async (change: object): Promise<string> => {
      const { body } = await post(id, 'rate', { ...WHY, ...change });
      return body.outcome ?? body.code;
    };
    expect(await rate({ ratePerSecond: 21 })).toBe('above-approved');
    expect(await rate({ ratePerSecond: 10 })).toBe('rate-changed');
    expect((await post(id, 'approve', WHY, bench.supervisor)).body).toMatchObject({ outcome: 'approved', ratePerSecond: 10 });
    await bench.start(id);
    expect([await rate({ ratePerSecond: 5, maxInFlight: 4 }), await rate({ maxInFlight: 11 }), await rate({ ratePerSecond: 11 })]).toEqual(['rate-changed', 'above-approved', 'above-approved']);
    // Up to what was approved it is nobody else's business.
    expect(await rate({ ratePerSecond: 10, maxInFlight: 10 })).toBe('rate-changed');
    expect(await bench.show(id)).toMatchObject({ ratePerSecond: 10, maxInFlight: 10 });
    expect(await bench.recordsOf(id)).toEqual(expect.arrayContaining([expect.objectContaining({ action: 'operation.rate', result: 'refused: above-approved' })]));
    await post(id, 'cancel');
  });

  it('create one operation with one key, however often they ask', async () => {
    const [one] = await bench.failedCases(1);
    const body = { kind: 'replay', ...WHY, selection: { transferIds: [one?.id] } };
    const answers = await Promise.all([1, 2, 3].map(() => bench.operator.post<{ operationId: string }>('/api/operations', body, { 'idempotency-key': 'one-operation' })));
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
    expect(new Set(answers.map(({ body: { operationId } }) => operationId)).size).toBe(1);
  });

  it.each([
    ['no selection', { selection: {} }, 'selection'], ['two selections', { selection: { failureGroup: 'fg_0123456789abcdef01234567', filter: {} } }, 'selection'],
    ['an unknown transfer', { selection: { transferIds: ['tr_nothing'] } }, 'selection.transferIds'], ['a filter that is not of the failed', { selection: { filter: { status: 'held' } } }, 'selection.filter.status'],
    ['an unknown filter', { selection: { filter: { colour: 'red' } } }, 'selection.filter.colour'], ['a hall that is none', { selection: { filter: { hall: '汴西' } } }, 'selection.filter.hall'],
    ['too high a rate', { ...ALL, ratePerSecond: 501 }, 'ratePerSecond'],
    ['a ladder that goes nowhere', { ...ALL, ladder: [0] }, 'ladder'], ['a ratio above one', { ...ALL, abort: { failureRatio: 2 } }, 'abort.failureRatio'],
  ])('are told what is wrong with %s', async (_what, body, field) => {
    const { status, body: problem } = await bench.operator.post<ProblemAnswer>('/api/operations', { kind: 'replay', ...WHY, ...body });
    expect({ status, fields: problem.errors.map((error) => error.field) }).toEqual({ status: 422, fields: [field] });
  });
});

/** Every living centre adapter says that the centre is away. */
async function shut(on: ReplayBench): Promise<void> {
  const db = on.gateway.db;
  await db.insertInto('edge_instances').values({ app: 'centre-adapter', instance: 'one', reported_at: new Date() } as never).onConflict((clash) => clash.doNothing()).execute();
  await db.updateTable('edge_instances').set({ seen_at: new Date() }).execute();
  await db.insertInto('circuits').values({
    destination: 'centre', app: 'centre-adapter', instance: 'one', state: 'open', since: new Date(), reason: 'down', failures: 5, window_size: 5, held: 0,
  } as never).execute();
}

/** What the preflight found of each transfer: verdict, state, exact code. */
async function findingsOf(operationId: string): Promise<Record<string, unknown[]>> {
  return Object.fromEntries((await bench.items(operationId)).map((item) => [item.transferId, [item.verdict, item.state, item.note]]));
}
