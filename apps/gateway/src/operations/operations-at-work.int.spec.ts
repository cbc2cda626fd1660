import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createLogger } from '#runtime';
import { sql } from 'kysely';
import type { Transaction } from 'kysely';
import { until, withDatabase } from '../../../../test/support/index.ts';
import { pauseOf, resumeOf } from '../channels/channel-bench.fixture.ts';
import { lockOrderKeys } from '../ledger/case-rows.ts';
import { changeOperation, lockOperation, takeLease } from '../ledger/operation-rows.ts';
import { loadOperationStands } from '../ledger/operation-watch-rows.ts';
import type { LedgerTables } from '../ledger/tables.ts';
import { settleTransfers } from '../ledger/transfer-rows.ts';
import type { TransferRow } from '../ledger/transfer-rows.ts';
import type { OperationDetailAnswer } from '../ops-api/operations/operation.answer.ts';
import { DedupeWindows } from './dedupe-windows.ts';
import { goOn } from './go-on.ts';
import { OperationJobs } from './operation-jobs.ts';
import { ReplayBench, WHY } from './replay-bench.fixture.ts';
import { WINDOW } from './send-items.ts';

const database = withDatabase();
const ALL = { selection: { filter: { destination: 'centre', errorCode: 'http-400' } } };
let bench: ReplayBench;

beforeAll(async () => {
  bench = await ReplayBench.open(database.url, { operationConfirmAbove: 100_000, operationApproveAbove: 100_000, operationLeaseMs: 1_000 });
});
beforeEach(async () => {
  await bench.gateway.db.updateTable('transfers').set({ status: 'discarded' }).where('status', '=', 'failed').execute();
  await bench.gateway.db.deleteFrom('operation_claims').execute();
  await bench.gateway.db.deleteFrom('channel_pauses').execute();
});
afterAll(() => bench.close());

describe('a step of a large operation', () => {
  /** Items of the paused hall, which stand before all others. */
  const PAUSED = 3_000;
  const FREE = 40;

  it('looks at a bounded number of items, however many before them wait for a paused channel, and finds those that may go', async () => {
    const { db } = bench.gateway;
    const [pattern] = await bench.failedCases(1);
    const id = await bench.create({ selection: { transferIds: [pattern?.id] }, ladder: [] });
    await bench.walk(id);
    await bench.start(id);
    await manyItems(id, pattern?.project_no ?? '', PAUSED, FREE);
    await pauseOf(db, 'intake:410204');
    const costs: number[] = [];
    for (let step = 0; step < 3 * PAUSED / WINDOW && (await bench.show(id)).progress.delivered < FREE; step += 1) {
      costs.push(await costOfStep(id));
      await bench.answer();
      await answerAll(id);
    }
    expect(await bench.show(id)).toMatchObject({ status: 'running', progress: { delivered: FREE, failed: 0 } });
    // Of each item in the window: itself, its transfer, its case, whether that is paused. Of each that is sent: some more.
    expect(Math.max(...costs)).toBeLessThan(10 * WINDOW);
    await bench.walk(id, { enough: async () => (await bench.show(id)).statusReason === 'waiting' });
    await resumeOf(db, 'intake:410204');
    await bench.walk(id, { enough: async () => (await bench.show(id)).progress.sent > FREE });
    expect((await bench.operator.post(`/api/operations/${id}/cancel`, WHY)).status).toBe(200);
  });

  /** Rows read by one step, as PostgreSQL counts them; by the indexes, as in a ledger that is large. */
  async function costOfStep(id: string): Promise<number> {
    const { db, keys, config } = bench.gateway;
    return db.transaction().execute(async (trx) => {
      await sql`set local enable_seqscan = off`.execute(trx);
      const before = await rowsRead(trx);
      const operation = await takeLease(trx, id, 'test', 1);
      if (operation === undefined) throw new Error('somebody else has it');
      await goOn({ trx, keys, config, windows: DedupeWindows.fromConfig(config), brokerReady: true }, operation);
      return await rowsRead(trx) - before;
    });
  }

  async function rowsRead(trx: Transaction<LedgerTables>): Promise<number> {
    const { rows: [read] } = await sql<{ count: number }>`select coalesce(sum(seq_tup_read + coalesce(idx_tup_fetch, 0)), 0)::int as count from pg_stat_xact_user_tables`.execute(trx);
    return read?.count ?? Infinity;
  }

  /** Everything that is out arrives: the orders of a step that is only measured are not published. */
  async function answerAll(id: string): Promise<void> {
    await sql`
      update transfers t set status = 'delivered', delivered_at = now(), finished_at = now() from operation_items i
      where i.operation_id = ${id} and i.state = 'sent' and t.id = i.transfer_id and t.status = 'in_flight'`.execute(bench.gateway.db);
  }

  /** Copies of one failed transfer with its case, the last of them of another hall, claimed and frozen like the first. */
  async function manyItems(id: string, projectNo: string, paused: number, free: number): Promise<void> {
    const { db } = bench.gateway;
    const n = sql`'W-' || lpad(n::text, 6, '0')`;
    await sql`
      insert into cases select (jsonb_populate_record(c, jsonb_build_object('project_no', ${n}, 'hall_code', case when n > ${paused} then '410203' else '410204' end))).*
      from cases c, generate_series(1, ${paused + free}::int) n where c.project_no = ${projectNo}`.execute(db);
    await sql`
      insert into transfers select (jsonb_populate_record(t, jsonb_build_object('id', 'tr_' || ${n}, 'project_no', ${n}))).*
      from transfers t, generate_series(1, ${paused + free}::int) n where t.project_no = ${projectNo}`.execute(db);
    await sql`
      insert into operation_items (operation_id, seq, transfer_id, project_no, destination, state, verdict)
      select ${id}, n + 1, 'tr_' || ${n}, ${n}, 'centre', 'pending', 'sendable' from generate_series(1, ${paused + free}::int) n`.execute(db);
    await sql`insert into operation_claims (transfer_id, operation_id) select transfer_id, operation_id from operation_items where operation_id = ${id} on conflict do nothing`.execute(db);
    // Of the pattern itself nothing is left to do.
    await sql`update operation_items set state = 'skipped' where operation_id = ${id} and seq = 1`.execute(db);
    await db.updateTable('operations').set({ frozen: paused + free + 1, skipped: 1, verdicts: JSON.stringify({ sendable: paused + free }) }).where('id', '=', id).execute();
    await sql`analyze operation_items, transfers, cases, operation_claims, channel_pauses`.execute(db);
  }
});

describe('what fails while an operation is created', () => {
  it('is frozen when its batch had begun before, and new when it began later: nothing is in between', async () => {
    const { db } = bench.gateway;
    const [before, after] = await bench.failedCases(2);
    await db.updateTable('transfers').set({ status: 'in_flight' }).where('id', 'in', [before?.id ?? '', after?.id ?? '']).execute();
    const [frozen] = await bench.failedCases(1);
    const decided = Promise.withResolvers<undefined>();
    const committing = Promise.withResolvers<undefined>();
    const failing = db.transaction().execute(async (trx) => {
      await fails(trx, before);
      decided.resolve(undefined);
      await committing.promise;
    });
    await decided.promise;
    const creating = bench.create(ALL);
    // It waits for the batch, or is through already and freezes without it.
    await Promise.race([creating.then((id) => bench.walk(id)), sleep(700)]);
    committing.resolve(undefined);
    await failing;
    const id = await creating;
    await db.transaction().execute((trx) => fails(trx, after));
    await bench.walk(id);
    expect(await bench.show(id)).toMatchObject({ status: 'ready', progress: { frozen: 2 }, newSince: 1 });
    expect((await bench.items(id)).map(({ transferId }) => transferId).toSorted()).toEqual([before?.id, frozen?.id].toSorted());
    await bench.start(id);
    await bench.walk(id);
    expect(await bench.show(id)).toMatchObject({ status: 'completed', progress: { sent: 2 }, newSince: 1 });
    expect(await bench.one(after?.id ?? '')).toMatchObject({ status: 'failed' });
  });

  /** As a batch of receipts does it: under the lock of the case, with the time that the lock was had. By the adapter's clock it ended an hour ago. */
  async function fails(trx: Transaction<LedgerTables>, row: TransferRow | undefined): Promise<void> {
    const at = await lockOrderKeys(trx, [row?.project_no ?? '']);
    await settleTransfers(trx, [{
      id: row?.id ?? '', status: 'failed', next_attempt_at: null, error_word: 'permanent', error_code: 'http-400', error_detail: null, http_status: 400, delivered_at: null,
      finished_at: new Date(at.getTime() - 3_600_000).toISOString(), failure_group: null, failed_at: at,
    }]);
  }
});

describe('an operation whose step fails every time', () => {
  it('says so, is tried ever later, and forgets it once it gets over it', async () => {
    const { db } = bench.gateway;
    await bench.failedCases(2);
    const id = await bench.create(ALL);
    await bench.walk(id);
    await bench.start(id);
    await sql`create function out_of_order() returns trigger language plpgsql as $$ begin raise exception 'no' using errcode = 'XX001'; end $$`.execute(db);
    await sql`create trigger out_of_order before update on operation_items for each row execute function out_of_order()`.execute(db);
    const waits: (number | null)[] = [];
    for (let time = 0; time < 7; time += 1) {
      const error: unknown = await bench.runner().step(id).then(() => null, (thrown: unknown) => thrown);
      expect(error).not.toBeNull();
      waits.push(await bench.runner().failed(id, error));
    }
    expect(waits).toEqual([2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
    expect(await bench.show(id)).toMatchObject({ statusReason: 'step-failing', stepFailures: 7, stepError: expect.stringContaining('XX001'), progress: { sent: 0 } });
    expect(await loadOperationStands(db, new Date())).toContainEqual(expect.objectContaining({ id, step_failures: 7 }));
    await sql`drop trigger out_of_order on operation_items`.execute(db);
    await bench.walk(id);
    expect(await bench.show(id)).toMatchObject({ status: 'completed', statusReason: null, stepFailures: 0, stepError: null, progress: { delivered: 2 } });
  });

  it('still says why it was stopped, while a step fails and afterwards', async () => {
    await bench.failedCases(3);
    const id = await bench.create({ ...ALL, ladder: [], maxInFlight: 1 });
    await bench.walk(id);
    await bench.start(id);
    await bench.runner().step(id);
    expect(await bench.runner().failed(id, new Error('before'))).toBe(2_000);
    await bench.operator.post(`/api/operations/${id}/cancel`, WHY);
    expect(await bench.runner().failed(id, new Error('behind'))).toBe(4_000);
    expect(await bench.show(id)).toMatchObject({ status: 'cancelled', statusReason: 'by-person', stepFailures: 2, finishedAt: null });
    await bench.runner().step(id);
    expect(await bench.show(id)).toMatchObject({ status: 'cancelled', statusReason: 'by-person', stepFailures: 0 });
    await bench.answer();
    await bench.walk(id);
    expect(await bench.show(id)).toMatchObject({ statusReason: 'by-person', finishedAt: expect.any(String) });
  });

  it('is not blamed for a ledger that is away, nor for a clash with others', async () => {
    await bench.failedCases(1);
    const id = await bench.create(ALL);
    expect(await bench.runner().failed(id, Object.assign(new Error('gone'), { code: '57P01' }))).toBe(2_000);
    expect(await bench.runner().failed(id, Object.assign(new Error('clash'), { code: '40P01' }))).toBeLessThan(1_000);
    expect(await bench.show(id)).toMatchObject({ stepFailures: 0 });
    expect(await bench.runner().failed(id, Object.assign(new Error('slow'), { code: '57014' }))).toBe(2_000);
    expect(await bench.show(id)).toMatchObject({ stepFailures: 1, stepError: expect.stringContaining('57014') });
    await bench.operator.post(`/api/operations/${id}/cancel`, WHY);
    await bench.walk(id);
    expect(await bench.runner().failed(id, new Error('too late'))).toBeNull();
  });
});

describe('an operation that nobody started in time', () => {
  it('stays when somebody starts it at the moment in which it should end', async () => {
    const { db } = bench.gateway;
    await bench.failedCases(1);
    const id = await bench.create(ALL);
    await bench.walk(id);
    await db.updateTable('operations').set({ updated_at: new Date(Date.now() - 10 * 86_400_000) }).where('id', '=', id).execute();
    const jobs = new OperationJobs({ on: () => undefined } as never, db, bench.gateway.config, createLogger('gateway', { level: 'silent' }));
    const tidying = await db.transaction().execute(async (trx) => {
      await lockOperation(trx, id);
      const running = jobs.tidy();
      await until(async () => await waitingForLocks() > 0, { within: 20_000, what: 'the end that waits for the start' });
      await changeOperation(trx, id, { status: 'running', started_at: new Date() });
      return { running };
    });
    await tidying.running;
    expect(await bench.show(id)).toMatchObject({ status: 'running', statusReason: null });
    await bench.walk(id);
    expect(await bench.show(id)).toMatchObject({ status: 'completed', progress: { delivered: 1 } });
  });

  async function waitingForLocks(): Promise<number> {
    const { rows: [waiting] } = await sql<{ count: number }>`select count(*)::int as count from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`.execute(bench.gateway.db);
    return waiting?.count ?? 0;
  }
});

describe('for those who watch', () => {
  it('an operation says since when it is paused and how many transfers it holds, and for a day that it stopped itself', async () => {
    await bench.failedCases(6);
    const id = await bench.create({ ...ALL, ladder: [2] });
    await bench.walk(id);
    await bench.start(id);
    expect((await bench.operator.post<OperationDetailAnswer>(`/api/operations/${id}/pause`, WHY)).body.pausedAt).not.toBeNull();
    const stands = (since = new Date(Date.now() - 86_400_000)) => loadOperationStands(bench.gateway.db, since).then((all) => all.find((one) => one.id === id));
    expect(await stands()).toMatchObject({ status: 'paused', paused_at: expect.any(Date), frozen: 6, sent: 0, skipped: 0 });
    await bench.operator.post(`/api/operations/${id}/resume`, WHY);
    expect(await stands()).toMatchObject({ status: 'canary', paused_at: null });
    await bench.walk(id, { answering: () => ({ outcome: 'permanent', httpStatus: 400, errorCode: 'http-400', errorDetail: 'refused' }) });
    await until(async () => (await bench.show(id)).finishedAt !== null, { within: 20_000, what: 'the end of the aborted operation' });
    expect(await stands()).toMatchObject({ status: 'aborted', status_reason: 'failure-ratio', failed: 2, skipped: 4 });
    expect(await stands(new Date(Date.now() + 60_000))).toBeUndefined();
  });
});
