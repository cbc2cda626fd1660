import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { withDatabase } from '../../../../test/support/index.ts';
import { receiptOf } from '../case-events.fixture.ts';
import type { TransferRow } from '../ledger/transfer-rows.ts';
import type { ProblemAnswer } from '../ops-api/problems/problem.answer.ts';
import { REFUSED, ReplayBench, WHY } from './replay-bench.fixture.ts';
import type { Answering } from './replay-bench.fixture.ts';

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

const idsOf = (transfers: readonly TransferRow[]): string[] => transfers.map(({ id }) => id);
const post = (id: string, verb: string, body: object = WHY, by = bench.operator) => by.post<ProblemAnswer & { outcome: string }>(`/api/operations/${id}/${verb}`, body);
const ALL = { selection: { filter: { destination: 'centre', errorCode: 'http-400' } } };

async function ready(body: object = ALL, by = bench.operator): Promise<string> {
  const id = await bench.create(body, by);
  await bench.walk(id);
  return id;
}

async function started(body: object = ALL): Promise<string> {
  const id = await ready({ ladder: [], ...body });
  await bench.start(id);
  return id;
}

async function statuses(ids: readonly string[]): Promise<Record<string, number>> {
  const rows = await bench.gateway.db.selectFrom('transfers').select('status').where('id', 'in', ids).execute();
  return Object.fromEntries(Object.entries(Object.groupBy(rows, ({ status }) => status)).map(([status, of]) => [status, of.length]));
}

describe('an operation', () => {
  it('replays what a filter means, each once and under its id, and tells its whole story', async () => {
    const failed = await bench.failedCases(25);
    const id = await ready();
    expect(await bench.show(id)).toMatchObject({ status: 'ready', needsApproval: false, preflight: { examined: 25, toSend: 25, sendable: 25, duplicate: 0 }, progress: { frozen: 25, sent: 0 }, newSince: 0 });
    await bench.start(id);
    await bench.walk(id);
    expect(await bench.show(id)).toMatchObject({ status: 'completed', rung: 3, progress: { frozen: 25, sent: 25, delivered: 25, failed: 0, skipped: 0, underWay: 0, remaining: 0 } });
    expect(bench.sendingsOf(idsOf(failed))).toEqual(failed.map(() => 1));
    expect(bench.answered.filter(({ transferId }) => idsOf(failed).includes(transferId)).every(({ attempt }) => attempt === 2)).toBe(true);
    expect(await statuses(idsOf(failed))).toEqual({ delivered: 25 });
    const { history, finishedAt } = await bench.show(id);
    expect(history.map(({ action }) => action)).toEqual(['operation.created', 'operation.frozen', 'operation.examined', 'operation.started', 'operation.canary-passed', 'operation.finished']);
    expect(history[0]).toMatchObject({ actor: expect.stringContaining('operator'), reason: WHY.reason });
    expect(finishedAt).not.toBeNull();
    expect(await bench.gateway.db.selectFrom('operation_claims').selectAll().execute()).toEqual([]);
  });

  it('never joins what fails after its cutoff: it is shown as new', async () => {
    await bench.failedCases(2);
    const id = await bench.create(ALL);
    const late = await bench.failedCases(3);
    await bench.walk(id);
    expect(await bench.show(id)).toMatchObject({ status: 'ready', progress: { frozen: 2 }, newSince: 3 });
    await bench.start(id);
    await bench.walk(id);
    expect(await statuses(idsOf(late))).toEqual({ failed: 3 });
  });

  it('frozen by failure group holds that group alone, and counts its new arrivals', async () => {
    const [first] = await bench.failedCases(4);
    await bench.failedCases(2, { ...REFUSED, httpStatus: 422, errorCode: 'http-422' });
    const group = (await bench.one(first?.id ?? '')).failure_group;
    const id = await bench.create({ selection: { failureGroup: group } });
    await bench.failedCases(1);
    await bench.walk(id);
    expect(await bench.show(id)).toMatchObject({ status: 'ready', progress: { frozen: 4 }, newSince: 1 });
    expect((await bench.items(id)).map(({ verdict }) => verdict)).toEqual(['sendable', 'sendable', 'sendable', 'sendable']);
  });

  it('freezes page by page: cut off in the middle, another goes on after the last page, with nothing twice and nothing left out', async () => {
    const failed = await bench.failedCases(3);
    await cloned(failed[0], 2_300);
    const id = await bench.create({ selection: { filter: { errorCode: 'http-400' } } });
    await bench.runner().step(id);
    expect(await bench.show(id)).toMatchObject({ status: 'freezing', progress: { frozen: 500 } });
    await bench.walk(id, { enough: async () => (await bench.show(id)).status !== 'freezing' });
    expect(await bench.show(id)).toMatchObject({ status: 'preflight', progress: { frozen: 2_303 } });
    const seqs = await bench.gateway.db.selectFrom('operation_items').select(['seq', 'transfer_id']).where('operation_id', '=', id).execute();
    expect(new Set(seqs.map(({ transfer_id }) => transfer_id)).size).toBe(2_303);
  });
});

describe('the canary', () => {
  const sent = async (id: string): Promise<number> => (await bench.show(id)).progress.sent;

  it('sends one, waits for its end, then ten, and only then more', async () => {
    await bench.failedCases(25);
    const id = await ready();
    await bench.start(id);
    const silent: Answering = () => null;
    await bench.walk(id, { answering: silent, enough: async () => (await sent(id)) > 0 });
    for (let step = 0; step < 5; step += 1) await bench.runner().step(id);
    expect(await bench.show(id)).toMatchObject({ status: 'canary', rung: 0, progress: { sent: 1, underWay: 1 } });
    const [first] = await bench.items(id, '&state=sent');
    await bench.gateway.receipts(receiptOf(await bench.one(first?.transferId ?? '')));
    await bench.walk(id, { answering: silent, enough: async () => (await sent(id)) >= 10 });
    for (let step = 0; step < 5; step += 1) await bench.runner().step(id);
    expect(await bench.show(id)).toMatchObject({ status: 'canary', rung: 1, progress: { sent: 10, delivered: 1, underWay: 9 } });
    await post(id, 'cancel');
    for (const item of await bench.items(id, '&state=sent')) await bench.gateway.receipts(receiptOf(await bench.one(item.transferId)));
    await bench.walk(id);
  });

  it('that fails as before stops everything behind it', async () => {
    const failed = await bench.failedCases(12);
    const id = await ready();
    await bench.start(id);
    await bench.walk(id, { answering: () => REFUSED });
    expect(await bench.show(id)).toMatchObject({ status: 'aborted', statusReason: 'failure-ratio', progress: { sent: 1, failed: 1, skipped: 11 } });
    expect(await statuses(idsOf(failed))).toEqual({ failed: 12 });
    expect(bench.sendingsOf(idsOf(failed)).reduce((sum, count) => sum + count, 0)).toBe(1);
    expect(await bench.gateway.db.selectFrom('operation_claims').selectAll().execute()).toEqual([]);
    expect((await post(id, 'resume')).body).toMatchObject({ status: 409, code: 'wrong-state' });
  });

  it('that has to wait for a retry counts as a failure', async () => {
    await bench.failedCases(5);
    const id = await ready();
    await bench.start(id);
    await bench.walk(id, { answering: () => ({ outcome: 'retryable', httpStatus: 400, errorCode: 'http-400', errorDetail: 'refused' }), enough: async () => (await bench.show(id)).status === 'aborted' });
    expect(await bench.show(id)).toMatchObject({ status: 'aborted', progress: { sent: 1, troubled: 1 } });
  });

  it('that fails in a new way stops it, whatever the share', async () => {
    await bench.failedCases(30);
    const id = await ready({ ...ALL, ladder: [20], abort: { failureRatio: 1, newSignature: true } });
    await bench.start(id);
    let count = 0;
    await bench.walk(id, { answering: () => ((count += 1) === 7 ? { ...REFUSED, httpStatus: 403, errorCode: 'http-403' } : {}) });
    expect(await bench.show(id)).toMatchObject({ status: 'aborted', statusReason: 'new-failure', progress: { failed: 1 } });
    expect((await bench.show(id)).progress.skipped).toBeGreaterThanOrEqual(10);
  });

  it('once passed, a destination that breaks in the middle still stops the rest', async () => {
    await bench.failedCases(120);
    await bench.gateway.db.updateTable('transfers').set({ failed_at: new Date() }).where('status', '=', 'failed').execute();
    Object.assign(bench.gateway.config, { operationApproveAbove: 1_000 });
    const id = await ready({ ...ALL, ladder: [1], maxInFlight: 20 });
    await bench.start(id);
    let count = 0;
    await bench.walk(id, { answering: () => ((count += 1) > 40 ? REFUSED : {}) });
    Object.assign(bench.gateway.config, { operationApproveAbove: 30 });
    const { status, statusReason, progress } = await bench.show(id);
    expect({ status, statusReason }).toEqual({ status: 'aborted', statusReason: 'failure-ratio' });
    expect(progress.failed).toBeLessThanOrEqual(40);
    expect(progress.skipped).toBeGreaterThanOrEqual(40);
  });
});

describe('an operation under way', () => {
  it('never has more under way than it may', async () => {
    await bench.failedCases(15);
    const id = await started({ ...ALL, maxInFlight: 4 });
    for (let step = 0; step < 6; step += 1) await bench.runner().step(id);
    expect(await bench.show(id)).toMatchObject({ progress: { sent: 4, underWay: 4 } });
    await bench.walk(id);
    expect(await bench.show(id)).toMatchObject({ status: 'completed', progress: { delivered: 15 } });
  });

  it('keeps its rate', async () => {
    await bench.failedCases(12);
    const id = await started({ ...ALL, ratePerSecond: 2 });
    const began = performance.now();
    while (performance.now() - began < 1_000) await bench.runner().step(id);
    // Two at the start, and two for each second that it took; all twelve at once without the rate.
    expect((await bench.show(id)).progress.sent).toBeLessThanOrEqual(2 + 2 * Math.ceil((performance.now() - began) / 1_000));
    expect((await post(id, 'rate', { ...WHY, ratePerSecond: 500 })).body).toMatchObject({ outcome: 'rate-changed', ratePerSecond: 500 });
    await bench.walk(id);
    expect(await bench.show(id)).toMatchObject({ status: 'completed', progress: { delivered: 12 } });
  });

  it('pauses, follows what is out, goes on, and is cancelled: the rest is skipped', async () => {
    const failed = await bench.failedCases(12);
    const id = await started({ ...ALL, maxInFlight: 4 });
    await bench.runner().step(id);
    expect((await post(id, 'pause')).body).toMatchObject({ outcome: 'paused', status: 'paused' });
    await bench.walk(id);
    expect(await bench.show(id)).toMatchObject({ status: 'paused', progress: { sent: 4, delivered: 4, underWay: 0, remaining: 8 } });
    for (let step = 0; step < 3; step += 1) expect(await bench.runner().step(id)).toBeNull();
    expect((await post(id, 'pause')).body).toMatchObject({ status: 409, code: 'wrong-state' });
    expect((await post(id, 'resume')).body).toMatchObject({ outcome: 'resumed', status: 'running' });
    await bench.walk(id, { enough: async () => (await bench.show(id)).progress.sent > 4 });
    const before = (await bench.show(id)).progress.sent;
    expect((await post(id, 'cancel')).body).toMatchObject({ outcome: 'cancelled' });
    await bench.walk(id);
    expect(await bench.show(id)).toMatchObject({ status: 'cancelled', progress: { sent: before, delivered: before, skipped: 12 - before, underWay: 0 } });
    expect((await bench.items(id, '&state=skipped')).every(({ note }) => note === 'cancelled')).toBe(true);
    expect(await statuses(idsOf(failed))).toEqual({ delivered: before, failed: 12 - before });
  });

  it.each([['under way', []], ['in its canary', [2]]])('and paused %s, stops itself when what is out fails in a new way: nobody can send the rest after it', async (_where, ladder) => {
    await bench.failedCases(6);
    const id = await started({ ...ALL, ladder, maxInFlight: 2, abort: { failureRatio: 1, newSignature: true } });
    await bench.runner().step(id);
    expect((await post(id, 'pause')).body).toMatchObject({ outcome: 'paused' });
    await bench.answer(() => ({ ...REFUSED, httpStatus: 403, errorCode: 'http-403' }));
    await bench.walk(id);
    expect(await bench.show(id)).toMatchObject({ status: 'aborted', statusReason: 'new-failure', pausedAt: null, progress: { sent: 2, failed: 2, skipped: 4 } });
    expect((await post(id, 'resume')).body).toMatchObject({ status: 409, code: 'wrong-state' });
    expect((await bench.recordsOf(id)).map(({ action, result }) => [action, result])).toContainEqual(['operation.aborted', 'new-failure']);
  });

  it('and paused in its canary, stops itself when too much of the canary fails as before', async () => {
    await bench.failedCases(6);
    const id = await started({ ...ALL, ladder: [2] });
    await bench.runner().step(id);
    await post(id, 'pause');
    await bench.answer(() => REFUSED);
    await bench.walk(id);
    expect(await bench.show(id)).toMatchObject({ status: 'aborted', statusReason: 'failure-ratio', progress: { sent: 2, skipped: 4 } });
  });

  it('and cancelled, ends with the last of what is out, and has let everything go then', async () => {
    const failed = await bench.failedCases(6);
    const claims = () => bench.gateway.db.selectFrom('operation_claims').selectAll().where('operation_id', '=', id).execute();
    const id = await started({ ...ALL, maxInFlight: 2 });
    await bench.runner().step(id);
    expect((await post(id, 'cancel')).body).toMatchObject({ outcome: 'cancelled' });
    for (let step = 0; step < 3; step += 1) expect(await bench.runner().step(id)).not.toBeNull();
    expect(await bench.show(id)).toMatchObject({ status: 'cancelled', statusReason: 'by-person', finishedAt: null, progress: { sent: 2, underWay: 2, skipped: 4 } });
    expect(await claims()).toHaveLength(2);
    await bench.answer();
    await bench.walk(id);
    expect(await bench.show(id)).toMatchObject({ finishedAt: expect.any(String), progress: { delivered: 2, underWay: 0, skipped: 4 } });
    expect(await claims()).toEqual([]);
    expect(await statuses(idsOf(failed))).toEqual({ delivered: 2, failed: 4 });
  });

  it('sends nothing while RabbitMQ is away, says so, and goes on when it is back', async () => {
    const failed = await bench.failedCases(3);
    const id = await started();
    const { publisher } = bench.gateway;
    publisher.ready = false;
    try {
      for (let step = 0; step < 3; step += 1) expect(await bench.runner().step(id)).not.toBeNull();
      expect(await bench.show(id)).toMatchObject({ status: 'running', statusReason: 'broker-away', progress: { sent: 0 } });
      expect(await statuses(idsOf(failed))).toEqual({ failed: 3 });
    } finally {
      publisher.ready = true;
    }
    await bench.walk(id);
    expect(await bench.show(id)).toMatchObject({ status: 'completed', statusReason: null, progress: { delivered: 3 } });
  });

  it('keeps the order of a lane: the second of a case goes when the first has been delivered', async () => {
    const { failed, held } = await bench.failedLane();
    await bench.gateway.db.updateTable('transfers').set({ status: 'failed', error_word: 'permanent', error_code: 'http-400', finished_at: new Date(), failed_at: new Date() }).where('id', '=', held.id).execute();
    const id = await started({ selection: { transferIds: [held.id, failed.id] } });
    for (let step = 0; step < 4; step += 1) await bench.runner().step(id);
    expect(await bench.show(id)).toMatchObject({ progress: { sent: 1 } });
    await bench.walk(id);
    expect(bench.answered.map(({ transferId }) => transferId).filter((one) => [failed.id, held.id].includes(one))).toEqual([failed.id, held.id]);
    expect(await bench.show(id)).toMatchObject({ status: 'completed', progress: { delivered: 2 } });
  });

  it('skips what stands behind one that failed again', async () => {
    const { failed, held } = await bench.failedLane();
    await bench.gateway.db.updateTable('transfers').set({ status: 'failed', error_word: 'permanent', error_code: 'http-400', finished_at: new Date(), failed_at: new Date() }).where('id', '=', held.id).execute();
    const id = await started({ selection: { transferIds: [held.id, failed.id] }, abort: { failureRatio: 1, newSignature: false } });
    await bench.walk(id, { answering: () => REFUSED });
    expect(await bench.show(id)).toMatchObject({ status: 'completed', progress: { sent: 1, failed: 1, skipped: 1 } });
    expect((await bench.items(id, '&state=skipped'))[0]).toMatchObject({ transferId: held.id, note: 'not-its-turn' });
  });

  it('judges everything once more before it sends: what was replayed or overtaken meanwhile is skipped', async () => {
    const [one, two] = await bench.failedCases(2);
    const id = await started({ selection: { transferIds: [one?.id, two?.id] } });
    await bench.gateway.receipts(receiptOf(await bench.one(one?.id ?? '')));
    await bench.walk(id);
    expect(await bench.show(id)).toMatchObject({ status: 'completed', progress: { sent: 1, delivered: 1, skipped: 1 } });
    expect((await bench.items(id, '&state=skipped'))[0]).toMatchObject({ transferId: one?.id, note: 'already-delivered' });
  });

  it('discards in bulk, and lets what waited behind go', async () => {
    const { failed, held } = await bench.failedLane();
    const others = await bench.failedCases(2);
    expect((await bench.operator.post<ProblemAnswer>('/api/operations', { kind: 'discard', ...WHY, ...ALL })).body).toMatchObject({ status: 403 });
    const id = await ready({ kind: 'discard', ...ALL }, bench.supervisor);
    await bench.start(id, bench.supervisor);
    await bench.walk(id);
    expect(await bench.show(id)).toMatchObject({ status: 'completed', progress: { discarded: 3, underWay: 0 } });
    expect(await bench.one(failed.id)).toMatchObject({ status: 'discarded', discard_code: 'given-up', discard_reason: WHY.reason });
    expect(await bench.one(held.id)).toMatchObject({ status: 'delivered' });
    expect(await statuses(idsOf(others))).toEqual({ discarded: 2 });
  });
});

/** Copies of one failed transfer, each in a lane of its own. */
async function cloned(row: TransferRow | undefined, count: number): Promise<void> {
  if (row === undefined) throw new Error('nothing to copy');
  const { redispatches: _r, attempts_base: _b, ...rest } = row;
  const copies = Array.from({ length: count }, (_, index) => ({ ...rest, id: `${row.id}-${index}`, destination: `hall:${String(index).padStart(6, '0')}` as const, ordinal: index + 10 }));
  for (let from = 0; from < count; from += 500) await bench.gateway.db.insertInto('transfers').values(copies.slice(from, from + 500)).execute();
}
