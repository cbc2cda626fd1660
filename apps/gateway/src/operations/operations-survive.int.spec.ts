import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { withDatabase } from '../../../../test/support/index.ts';
import { BreakingLedger } from '../ledger/breaking-ledger.fixture.ts';
import type { Moment } from '../ledger/breaking-ledger.fixture.ts';
import { ReplayBench, WHY } from './replay-bench.fixture.ts';

const database = withDatabase();
const ROUNDS_MS = 150_000;
let bench: ReplayBench;
let broken: BreakingLedger;

beforeAll(async () => {
  bench = await ReplayBench.open(database.url, { operationConfirmAbove: 1_000, operationApproveAbove: 1_000, operationLeaseMs: 100 });
  broken = new BreakingLedger(database.url);
});
afterAll(async () => {
  await broken.db.destroy();
  await bench.close();
});

/** Orders that never left are missed by the watchdog: here at once. */
async function watchdog(): Promise<void> {
  await sql`update transfers set receipt_due_at = statement_timestamp() - interval '1 second' where status = 'in_flight'`.execute(bench.gateway.db);
  await bench.gateway.sweep.run();
}

/** Nothing was sent twice: a transfer has one attempt more than before. Nothing was forgotten: all have been delivered, and nobody holds a claim. */
async function expectEachOnce(operationId: string, ids: readonly string[]): Promise<void> {
  const rows = await bench.gateway.db.selectFrom('transfers').select(['status', 'attempts', 'attempts_base']).where('id', 'in', ids).execute();
  expect(rows).toEqual(ids.map(() => ({ status: 'delivered', attempts: 2, attempts_base: 1 })));
  const attempts = bench.answered.filter(({ transferId }) => ids.includes(transferId)).map(({ attempt }) => attempt);
  expect(new Set(attempts)).toEqual(new Set([2]));
  const { status, progress } = await bench.show(operationId);
  expect({ status, progress }).toMatchObject({ status: 'completed', progress: { frozen: ids.length, sent: ids.length, delivered: ids.length, failed: 0, skipped: 0, underWay: 0, remaining: 0 } });
  const items = await bench.gateway.db.selectFrom('operation_items').select(['state']).where('operation_id', '=', operationId).execute();
  expect(items.every(({ state }) => state === 'delivered')).toBe(true);
  expect(await bench.gateway.db.selectFrom('operation_claims').selectAll().where('operation_id', '=', operationId).execute()).toEqual([]);
}

async function idsOfFailed(count: number): Promise<string[]> {
  return (await bench.failedCases(count)).map(({ id }) => id);
}

describe('an operation whose gateway dies', () => {
  it.each(['before', 'after'] as const)('%s any statement of any step, in every phase, is continued by another: nothing twice, nothing forgotten', async (moment: Moment) => {
    const ids = await idsOfFailed(30);
    const id = await bench.create({ selection: { transferIds: ids }, ladder: [1, 5], maxInFlight: 4 });
    const phases = new Set<string>();
    let breaks = 0;
    const until = performance.now() + ROUNDS_MS;
    for (let nth = 1; performance.now() < until; nth = (nth % 24) + 1) {
      const { status } = await bench.show(id);
      phases.add(status);
      if (status === 'completed') break;
      if (status === 'ready') await bench.start(id);
      broken.arm(nth, moment);
      // Each try is another process: it has to wait until the lease of the dead one is over.
      await bench.runner({ db: broken.db }).step(id).catch(() => { breaks += 1; });
      broken.watch();
      await sleep(1);
      await bench.answer();
      if (nth % 8 === 0) await watchdog();
    }
    await watchdog();
    await bench.walk(id);
    expect(breaks).toBeGreaterThan(20);
    expect([...phases]).toEqual(expect.arrayContaining(['freezing', 'preflight', 'ready', 'canary', 'running', 'completed']));
    await expectEachOnce(id, ids);
  }, 2 * ROUNDS_MS);

  it('between the commit and the broker leaves orders that the watchdog misses, marked as repetitions', async () => {
    const ids = await idsOfFailed(3);
    const id = await bench.create({ selection: { transferIds: ids }, ladder: [] });
    await bench.walk(id);
    await bench.start(id);
    const dying = { ready: true, publishAll: () => Promise.reject(new Error('killed')) };
    await expect(bench.runner({ publisher: dying }).step(id)).rejects.toThrow('killed');
    expect(await bench.show(id)).toMatchObject({ progress: { sent: 3, underWay: 3 } });
    expect(bench.gateway.publisher.orders).toEqual([]);
    await watchdog();
    expect(bench.gateway.publisher.messages.filter(({ body }) => ids.includes((body as { transferId: string }).transferId)).map(({ headers }) => headers?.['x-resend']).slice(3)).toEqual(['1', '1', '1']);
    await bench.answer();
    // The dead gateway's lease is waited for, and taken over.
    await bench.walk(id);
    await expectEachOnce(id, ids);
  });

  it('keeps its lease from others while it lives, and loses it when it is over', async () => {
    const ids = await idsOfFailed(2);
    const id = await bench.create({ selection: { transferIds: ids } });
    await bench.gateway.db.updateTable('operations').set({ lease_owner: 'living', lease_until: new Date(Date.now() + 30_000) }).where('id', '=', id).execute();
    const next = await bench.runner().step(id);
    expect(next).toBeGreaterThan(10_000);
    expect(await bench.show(id)).toMatchObject({ status: 'freezing', progress: { frozen: 0 } });
    await bench.gateway.db.updateTable('operations').set({ lease_until: new Date(Date.now() - 1) }).where('id', '=', id).execute();
    expect(await bench.runner().step(id)).toBe(0);
    expect(await bench.show(id)).toMatchObject({ status: 'preflight', progress: { frozen: 2 } });
    await bench.operator.post(`/api/operations/${id}/cancel`, WHY);
    await bench.walk(id);
  });
});

describe('several at once', () => {
  it('gateways on one operation send each of its transfers once', async () => {
    const ids = await idsOfFailed(20);
    const id = await bench.create({ selection: { transferIds: ids }, ladder: [], maxInFlight: 6 });
    await bench.walk(id);
    await bench.start(id);
    const runners = [bench.runner(), bench.runner(), bench.runner()];
    const until = performance.now() + ROUNDS_MS;
    while ((await bench.show(id)).status !== 'completed' && performance.now() < until) {
      await Promise.all(runners.map((runner) => runner.step(id)));
      await bench.answer();
    }
    await expectEachOnce(id, ids);
  });

  it('operations on the same transfers share them out: each goes by one of them', async () => {
    const ids = await idsOfFailed(24);
    const all = await Promise.all([1, 2, 3].map(() => bench.create({ selection: { transferIds: ids }, ladder: [] })));
    await Promise.all(all.map((id) => bench.walk(id)));
    const shown = await Promise.all(all.map((id) => bench.show(id)));
    expect(shown.reduce((sum, { preflight }) => sum + preflight.toSend, 0)).toBe(24);
    for (const id of all) if ((await bench.show(id)).status === 'ready') await bench.start(id);
    await Promise.all(all.map((id) => bench.walk(id)));
    const rows = await bench.gateway.db.selectFrom('transfers').select(['status', 'attempts']).where('id', 'in', ids).execute();
    expect(rows).toEqual(ids.map(() => ({ status: 'delivered', attempts: 2 })));
    expect(bench.sendingsOf(ids)).toEqual(ids.map(() => 1));
  });

  it('a single replay never gets in between: it is told who has the transfer, or the operation skips it', async () => {
    const ids = await idsOfFailed(10);
    const id = await bench.create({ selection: { transferIds: ids }, ladder: [] });
    const singles = ids.map((one) => bench.operator.post<{ code?: string }>(`/api/transfers/${one}/replay`, WHY));
    await Promise.all([bench.walk(id), ...singles]);
    const answers = await Promise.all(singles);
    expect(answers.every(({ status, body }) => status === 200 || ['claimed', 'not-failed', 'already-delivered'].includes(body.code ?? ''))).toBe(true);
    if ((await bench.show(id)).status === 'ready') await bench.start(id);
    await bench.walk(id);
    const singly = ids.filter((_, index) => answers[index]?.status === 200);
    const rows = await bench.gateway.db.selectFrom('transfers').select(['id', 'attempts']).where('id', 'in', ids).execute();
    expect(rows.every(({ attempts }) => attempts === 2)).toBe(true);
    const { progress } = await bench.show(id);
    expect(progress.sent + singly.length).toBe(10);
  });
});
