import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { until, withDatabase } from '../../../../test/support/index.ts';
import { eventOf, newProjectNo, receiptOf } from '../case-events.fixture.ts';
import { attemptOf } from '../dispatch/transfer-order.ts';
import { GatewayBench, openBench } from '../gateway-bench.fixture.ts';
import { countHeldInChannels } from '../ledger/channel-figures.ts';
import { loadHoldingChannels } from '../ledger/channel-rows.ts';
import type { SendingHours } from '../ledger/channel-tables.ts';
import { releasePaused } from '../ledger/due-transfers.ts';
import { claimTransfers } from '../ledger/operation-item-rows.ts';
import { insertOperation } from '../ledger/operation-rows.ts';
import type { TransferRow } from '../ledger/transfer-rows.ts';
import { replayTransfer } from '../operations/act-on-transfer.ts';
import { ALWAYS, drainOf, emptyChannels, firstRound, inDays, pauseOf, resumeOf, settingOf } from './channel-bench.fixture.ts';
import { isOpenAt } from './sending-hours.ts';

const INTAKE = 'intake:410204';
const PATIENCE = { receiptMs: 60_000, permissionMs: 60_000 };
const database = withDatabase();
let bench: GatewayBench;
let other: GatewayBench;
beforeAll(async () => {
  bench = await openBench(database.url);
  other = new GatewayBench(bench.db, bench.keys);
  await bench.events(eventOf('permission.granted', { data: { grantId: 'grant-other-hall', hallCode: '410203' } }));
});
beforeEach(() => emptyChannels(bench.db));
afterAll(() => bench.db.destroy());

function receive(...projectNos: string[]): Promise<unknown> {
  return bench.events(...projectNos.map((subject) => eventOf('case.received', { subject })));
}

function statusesOf(projectNo: string): Promise<unknown> {
  return bench.transfers(projectNo).then((rows) => rows.map(({ status, attempts, paused_channel }) => [status, attempts, paused_channel]));
}

describe('a limited channel', () => {
  it('keeps its rate with two gateways together, from the first moment on and across restarts, and nobody else\'s', async () => {
    const set = performance.now();
    await settingOf(bench.db, INTAKE, { ratePerSecond: 20 });
    const cases = Array.from({ length: 40 }, newProjectNo);
    await receive(...cases);
    const free = newProjectNo();
    await bench.events(eventOf('case.received', { subject: free, source: '/halls/410203' }));
    expect(await statusesOf(cases[0] ?? '')).toEqual([['held', 0, INTAKE]]);
    expect(bench.ordersOf(free)).toHaveLength(1);
    let [out, ahead] = [0, 0];
    await until(async () => {
      // Each round is that of programs which have just started: what was used of the rate is in the ledger.
      const ordered = await Promise.all([drainOf(bench).run(), drainOf(other).run()]);
      out += ordered[0] + ordered[1];
      ahead = Math.max(ahead, out - (performance.now() - set) / 1_000 * 20);
      return out === cases.length;
    }, { within: 60_000, what: 'everything at the rate' });
    expect(ahead).toBeLessThanOrEqual(1);
    expect(out).toBe(40);
    // The oldest of all went first, by whichever gateway.
    const { rows } = await sql<{ first: boolean }>`
      select bool_and(dispatched_at >= before) as first from (
        select dispatched_at, lag(dispatched_at) over (order by created_at, id) as before from transfers where project_no = any(${cases}::text[])) t`.execute(bench.db);
    expect(rows[0]?.first).toBe(true);
  });

  it('never makes up for more than a second in which it stood idle', async () => {
    await settingOf(bench.db, INTAKE, { ratePerSecond: 5 });
    await sql`update channel_settings set sent_until = now() - interval '1 hour'`.execute(bench.db);
    await receive(...Array.from({ length: 20 }, newProjectNo));
    const began = performance.now();
    expect(await drainOf(bench).run()).toBe(5);
    expect(await drainOf(other).run()).toBeLessThanOrEqual((performance.now() - began) / 1_000 * 5 + 1);
  });

  it('keeps the order of a case, and holds what follows in it', async () => {
    const projectNo = newProjectNo();
    await bench.pendingCase(projectNo);
    await settingOf(bench.db, 'completion:410204', { ratePerSecond: 500 });
    await bench.events(eventOf('case.accepted', { subject: projectNo }), eventOf('case.step.recorded', { subject: projectNo }));
    await drained(1);
    const [, acceptance] = await bench.transfers(projectNo);
    await bench.receipts(receiptOf(acceptance as TransferRow));
    expect((await bench.transfers(projectNo)).map(({ status }) => status)).toEqual(['delivered', 'delivered', 'held']);
    await drained(1);
    expect(bench.ordersOf(projectNo).map(({ kind, attempt }) => [kind, attempt])).toEqual([['open', 1], ['acceptance', 1], ['step', 1]]);
  });

  it('sends again what was out already, however slow it is: an order that was not published is not new', async () => {
    const projectNo = newProjectNo();
    bench.publisher.failing = true;
    await receive(projectNo);
    bench.publisher.failing = false;
    await settingOf(bench.db, INTAKE, { ratePerSecond: 1 });
    await bench.sweep.run();
    expect(bench.ordersOf(projectNo).map(({ attempt }) => attempt)).toEqual([1]);
  });

  it('lets a retry and a replay go at its rate, each as its next attempt', async () => {
    const [retried, replayed] = [newProjectNo(), newProjectNo()];
    await receive(retried, replayed);
    const [[one], [two]] = [await bench.transfers(retried), await bench.transfers(replayed)];
    await bench.receipts(receiptOf(one as TransferRow, { outcome: 'retryable', httpStatus: 503 }), receiptOf(two as TransferRow, { outcome: 'permanent', httpStatus: 422 }));
    await settingOf(bench.db, INTAKE, { ratePerSecond: 500 });
    expect(await bench.start.run(one?.id ?? '', 1)).toBe(false);
    const done = await replay(two?.id ?? '');
    expect(done.kind === 'done' && attemptOf(done.row)).toBe(2);
    expect([await statusesOf(retried), await statusesOf(replayed)]).toEqual([[['held', 1, INTAKE]], [['held', 1, INTAKE]]]);
    await drained(2);
    expect([retried, replayed].map((projectNo) => bench.ordersOf(projectNo).map(({ attempt }) => attempt))).toEqual([[1, 2], [1, 2]]);
    expect(await bench.transfers(replayed)).toMatchObject([{ status: 'in_flight', attempts: 2, attempts_base: 1 }]);
  });

  it('is not emptied by a drain that looked before it was limited', async () => {
    await pauseOf(bench.db, INTAKE);
    await receive(...Array.from({ length: 30 }, newProjectNo));
    await resumeOf(bench.db, INTAKE);
    // What the drain does in a round that began before the answer to whoever limited it.
    await settingOf(bench.db, INTAKE, { ratePerSecond: 1 });
    expect(await releasePaused(bench.db, INTAKE, 60_000, 10)).toEqual([]);
    await settingOf(bench.db, INTAKE, {});
    expect(await releasePaused(bench.db, INTAKE, 60_000, 10)).toHaveLength(10);
  });

  it('goes on when the clock of the ledger is put back: what was used then is not waited for', async () => {
    await settingOf(bench.db, INTAKE, { ratePerSecond: 20 });
    await sql`update channel_settings set sent_until = now() + interval '1 hour'`.execute(bench.db);
    await receive(newProjectNo());
    await drained(1);
  });

  it('lets what comes in go before what an operation sends again, however old that is', async () => {
    const [old, fresh] = [newProjectNo(), newProjectNo()];
    await receive(old);
    const [failed] = await bench.transfers(old) as [TransferRow];
    await bench.receipts(receiptOf(failed, { outcome: 'permanent', httpStatus: 422 }));
    await settingOf(bench.db, INTAKE, { ratePerSecond: 1 });
    await insertOperation(bench.db, {
      id: 'op_limited', kind: 'replay', creator: 'x', creator_person: 'x', creator_name: 'x', reason: 'other', selection: '{}', cutoff: new Date(),
      rate_per_second: 1, max_in_flight: 9, ladder: '[]', abort_ratio: 1, abort_on_new: false, override: false,
    });
    await claimTransfers(bench.db, 'op_limited', [failed.id]);
    await replay(failed.id, 'op_limited');
    await bench.db.updateTable('transfers').set({ created_at: new Date('2026-01-01') }).where('id', '=', failed.id).execute();
    // Nobody is told that something has waited since January: it came here just now.
    expect(await countHeldInChannels(bench.db)).toEqual([{ channel: INTAKE, count: 1, oldest_at: new Date('2026-01-01'), waits_since: null }]);
    await receive(fresh);
    await drained(1);
    expect([await statusesOf(fresh), await statusesOf(old)]).toEqual([[['in_flight', 1, null]], [['held', 1, INTAKE]]]);
    await drained(1);
    expect(await statusesOf(old)).toEqual([['in_flight', 2, null]]);
  });

  it('stands still while people pause it, and goes on as before when its limit is taken away', async () => {
    await settingOf(bench.db, INTAKE, { ratePerSecond: 500 });
    await receive(...Array.from({ length: 60 }, newProjectNo));
    await pauseOf(bench.db, INTAKE);
    expect(await drainOf(bench).run()).toBe(0);
    const { ordered, most } = await firstRound(bench, async () => {
      await resumeOf(bench.db, INTAKE);
      await settingOf(bench.db, INTAKE, {});
    });
    expect(ordered).toBeGreaterThanOrEqual(25);
    expect(ordered).toBeLessThanOrEqual(most);
    const direct = newProjectNo();
    await receive(direct);
    expect(bench.ordersOf(direct)).toHaveLength(1);
  });
});

describe('a channel outside its hours', () => {
  it('sends nothing, new or again, until they begin, then everything with a slow start', async () => {
    const early = newProjectNo();
    bench.publisher.failing = true;
    await receive(early);
    bench.publisher.failing = false;
    await settingOf(bench.db, INTAKE, { hours: inDays(2) });
    const cases = Array.from({ length: 60 }, newProjectNo);
    await receive(...cases);
    expect(await statusesOf(cases[0] ?? '')).toEqual([['held', 0, INTAKE]]);
    await bench.sweep.run();
    expect([await drainOf(bench).run(), bench.ordersOf(early).length]).toEqual([0, 0]);
    const { ordered, most } = await firstRound(bench, () => opensNow('1 second'), 1);
    expect(ordered).toBeGreaterThanOrEqual(50);
    expect(ordered).toBeLessThanOrEqual(most);
    await bench.sweep.run();
    expect(bench.ordersOf(early)).toHaveLength(1);
  });

  it('refuses a replay in words of its own, while a pause of people comes first', async () => {
    const projectNo = newProjectNo();
    await receive(projectNo);
    const [transfer] = await bench.transfers(projectNo);
    await bench.receipts(receiptOf(transfer as TransferRow, { outcome: 'permanent', httpStatus: 422 }));
    await settingOf(bench.db, INTAKE, { hours: inDays(2) });
    expect(await replay(transfer?.id ?? '')).toMatchObject({ kind: 'refused', code: 'outside-hours', facts: { shut_hours: inDays(2) } });
    await pauseOf(bench.db, INTAKE);
    expect(await replay(transfer?.id ?? '')).toMatchObject({ kind: 'refused', code: 'channel-paused' });
    await opensNow();
    expect(await replay(transfer?.id ?? '')).toMatchObject({ kind: 'refused', code: 'channel-paused' });
    expect(await drainOf(bench).run()).toBe(0);
    await resumeOf(bench.db, INTAKE);
    expect(await replay(transfer?.id ?? '')).toMatchObject({ kind: 'done' });
  });

  it('keeps its rate within its hours', async () => {
    await settingOf(bench.db, INTAKE, { hours: inDays(2), ratePerSecond: 3 });
    await receive(...Array.from({ length: 20 }, newProjectNo));
    await sql`update channel_settings set sent_until = now() - interval '1 hour'`.execute(bench.db);
    expect(await drainOf(bench).run()).toBe(0);
    await opensNow();
    expect(await loadHoldingChannels(bench.db)).toMatchObject([{ channel: INTAKE, rate_per_second: 3 }]);
    expect(await drainOf(bench).run()).toBe(3);
  });
});

describe('the ledger and the program', () => {
  const weekdays = [1, 2, 3, 4, 5];
  it.each<[string, SendingHours]>([
    ['office hours', [{ days: weekdays, from: '08:30', to: '12:00' }, { days: weekdays, from: '14:00', to: '17:31' }]],
    ['nights and a weekend', [{ days: [1, 3, 7], from: '00:00', to: '06:05' }, { days: [6], from: '00:00', to: '24:00' }, { days: [5], from: '22:00', to: '24:00' }]],
    ['no window', []],
  ])('agree at every moment of a week on %s', async (_, hours) => {
    const { rows } = await sql<{ at: Date; open: boolean }>`
      select at, hours_open(${JSON.stringify(hours)}::jsonb, at) as open
      from generate_series('2026-11-22T15:59:59.9Z'::timestamptz, '2026-11-30T16:00:00Z', interval '59.9 seconds') at`.execute(bench.db);
    expect(rows.length).toBeGreaterThan(7 * 24 * 60);
    expect(rows.filter(({ at, open }) => isOpenAt(hours, at) !== open)).toEqual([]);
    expect(new Set(rows.map(({ open }) => open)).size).toBe(hours.length === 0 ? 1 : 2);
  });
});

/** Their time has come: as if the hours had been these all along. */
async function opensNow(ago = '1 hour'): Promise<void> {
  await sql`update channel_settings set hours = ${JSON.stringify(ALWAYS)}::jsonb, changed_at = now() - ${ago}::interval`.execute(bench.db);
}

function replay(id: string, operationId: string | null = null) {
  return bench.db.transaction().execute((trx) => replayTransfer(trx, id, () => ({ operationId, windowMs: null, override: false }), bench.keys, PATIENCE));
}

/** Everything that is held has gone out: so many. */
async function drained(count: number): Promise<void> {
  let out = 0;
  await until(async () => (out += await drainOf(bench).run()) >= count, { within: 20_000, what: 'what is held' });
  expect(out).toBe(count);
}
