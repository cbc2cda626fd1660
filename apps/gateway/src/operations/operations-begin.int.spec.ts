import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { withDatabase } from '../../../../test/support/index.ts';
import { receiptOf } from '../case-events.fixture.ts';
import type { TransferRow } from '../ledger/transfer-rows.ts';
import type { ProblemAnswer } from '../ops-api/problems/problem.answer.ts';
import { ReplayBench, WHY } from './replay-bench.fixture.ts';

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
    ['an unknown filter', { selection: { filter: { colour: 'red' } } }, 'selection.filter.colour'], ['too high a rate', { ...ALL, ratePerSecond: 501 }, 'ratePerSecond'],
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
