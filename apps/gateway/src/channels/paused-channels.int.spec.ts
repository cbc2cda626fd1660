import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import { until, withDatabase } from '../../../../test/support/index.ts';
import { eventOf, messageOf, newProjectNo, receiptOf } from '../case-events.fixture.ts';
import { applyEvents } from '../cases/apply-events.ts';
import { applyOptions } from '../cases/apply-options.ts';
import { readArrived } from '../cases/arrived-event.ts';
import { GatewayBench, openBench } from '../gateway-bench.fixture.ts';
import { BreakingLedger } from '../ledger/breaking-ledger.fixture.ts';
import { lockOrderKeys } from '../ledger/case-rows.ts';
import { findStartedAttempt, releaseForgotten, releasePaused, startNextAttempt, startOverdueAttempts, takeUnanswered, takeUnpublished } from '../ledger/due-transfers.ts';
import type { TransferRow } from '../ledger/transfer-rows.ts';
import { drainOf, emptyChannels, firstRound, pauseOf, resumeOf } from './channel-bench.fixture.ts';
import { pauseChannel } from './hold-channel.ts';

const database = withDatabase();
let bench: GatewayBench;
let other: GatewayBench;
beforeAll(async () => {
  bench = await openBench(database.url);
  other = new GatewayBench(bench.db, bench.keys);
});
beforeEach(() => emptyChannels(bench.db));
afterAll(() => bench.db.destroy());

describe('a paused channel', () => {
  it('holds new transfers on every gateway, lets other channels go on, and lets them out once it goes on', async () => {
    await pauseOf(bench.db, 'intake:410204');
    const [held, free] = [newProjectNo(), newProjectNo()];
    await other.events(eventOf('permission.granted', { data: { grantId: 'grant-other-hall', hallCode: '410203' } }));
    await bench.events(eventOf('case.received', { subject: held }));
    await other.events(eventOf('case.received', { subject: newProjectNo() }), eventOf('case.received', { subject: free, source: '/halls/410203' }));
    expect(await bench.transfers(held)).toMatchObject([{ status: 'held', attempts: 0, paused_channel: 'intake:410204', receipt_due_at: null }]);
    expect(await bench.transfers(free)).toMatchObject([{ status: 'in_flight' }]);
    expect([...bench.publisher.orders, ...other.publisher.orders].map((order) => order.projectNo)).toEqual([free]);
    expect(await drainOf(bench).run()).toBe(0);
    await resumeOf(bench.db, 'intake:410204');
    expect(await drainOf(other).run()).toBe(2);
    expect(await bench.transfers(held)).toMatchObject([{ status: 'in_flight', attempts: 1, paused_channel: null }]);
    expect(other.ordersOf(held)).toMatchObject([{ attempt: 1, kind: 'open' }]);
    expect(await drainOf(bench).run()).toBe(0);
  });

  it('holds one direction only, and keeps the order of the case when it goes on', async () => {
    const projectNo = newProjectNo();
    await bench.pendingCase(projectNo);
    await pauseOf(bench.db, 'completion:410204');
    await bench.events(eventOf('case.accepted', { subject: projectNo }), eventOf('case.step.recorded', { subject: projectNo }));
    expect((await bench.transfers(projectNo)).map(({ status, paused_channel }) => [status, paused_channel]))
      .toEqual([['delivered', null], ['held', 'completion:410204'], ['held', null]]);
    await resumeOf(bench.db, 'completion:410204');
    await drainOf(bench).run();
    await arrive(projectNo, 1);
    expect(bench.ordersOf(projectNo).map(({ kind }) => kind)).toEqual(['open', 'acceptance', 'step']);
  });

  it('lets what is out come to its end, and holds what would follow in its case', async () => {
    const projectNo = newProjectNo();
    await bench.pendingCase(projectNo);
    await bench.events(eventOf('case.accepted', { subject: projectNo }), eventOf('case.step.recorded', { subject: projectNo }));
    await pauseOf(bench.db, 'completion:410204');
    await arrive(projectNo, 1);
    expect((await bench.transfers(projectNo)).map(({ status, paused_channel }) => [status, paused_channel]))
      .toEqual([['delivered', null], ['delivered', null], ['held', 'completion:410204']]);
    expect(bench.ordersOf(projectNo)).toHaveLength(2);
    await resumeOf(bench.db, 'completion:410204');
    await drainOf(bench).run();
    expect(bench.ordersOf(projectNo).map(({ kind, attempt }) => [kind, attempt]).at(-1)).toEqual(['step', 1]);
  });

  it('holds a retry whose time comes, whoever starts it, and goes on with the number of its attempt', async () => {
    const [byTimer, bySweep] = [newProjectNo(), newProjectNo()];
    for (const projectNo of [byTimer, bySweep]) {
      await bench.events(eventOf('case.received', { subject: projectNo }));
      for (const transfer of await bench.transfers(projectNo)) await bench.receipts(receiptOf(transfer, { outcome: 'retryable', httpStatus: 503 }));
    }
    await pauseOf(bench.db, 'intake:410204');
    const [timed] = await bench.transfers(byTimer);
    expect(await bench.start.run(timed?.id ?? '', 1)).toBe(false);
    expect(await bench.start.run(timed?.id ?? '', 1, true)).toBe(false);
    await sql`update transfers set next_attempt_at = now() - interval '1 hour' where project_no = ${bySweep}`.execute(bench.db);
    await bench.sweep.run();
    for (const projectNo of [byTimer, bySweep]) {
      expect(await bench.transfers(projectNo)).toMatchObject([{ status: 'held', attempts: 1, paused_channel: 'intake:410204', next_attempt_at: null, error_word: 'retryable' }]);
      expect(bench.ordersOf(projectNo)).toHaveLength(1);
    }
    await resumeOf(bench.db, 'intake:410204');
    expect(await drainOf(bench).run()).toBe(2);
    expect([byTimer, bySweep].map((projectNo) => bench.ordersOf(projectNo).map(({ attempt }) => attempt))).toEqual([[1, 2], [1, 2]]);
    expect(bench.publisher.messages.at(-1)?.headers?.['x-resend']).toBe('1');
  });

  it('keeps back what was committed before the pause and never published: by the sweep, by the same message again, and by a timer again', async () => {
    const [crashed, unpublished] = [newProjectNo(), newProjectNo()];
    const event = eventOf('case.received', { subject: crashed });
    bench.publisher.failing = true;
    await bench.events(event, eventOf('case.received', { subject: unpublished }));
    bench.publisher.failing = false;
    // The process died between commit and publish: it could not mark the order either.
    await sql`update transfers set unpublished_since = null, receipt_due_at = now() - interval '1 second' where project_no = ${crashed}`.execute(bench.db);
    await pauseOf(bench.db, 'intake:410204');
    // An order of another hall is overdue as well, so the sweep looks for orders to the centre, the longest overdue first.
    const free = newProjectNo();
    await bench.events(eventOf('case.received', { subject: free, source: '/halls/410203' }));
    await sql`update transfers set receipt_due_at = now() - interval '1 millisecond' where project_no = ${free}`.execute(bench.db);
    await bench.sweep.run();
    expect(bench.ordersOf(free)).toHaveLength(2);
    await bench.sweep.release();
    await bench.receive.run([messageOf(event, { deliveryCount: 1 })]);
    expect([...bench.ordersOf(crashed), ...bench.ordersOf(unpublished)]).toEqual([]);
    await resumeOf(bench.db, 'intake:410204');
    await bench.sweep.run();
    expect([crashed, unpublished].map((projectNo) => bench.ordersOf(projectNo).map(({ attempt }) => attempt))).toEqual([[1], [1]]);
  });

  it('is left alone by the release of what is held without reason, which starts nothing in it', async () => {
    await pauseOf(bench.db, 'intake:410204');
    const projectNo = newProjectNo();
    await bench.events(eventOf('case.received', { subject: projectNo }));
    await sql`update transfers set created_at = now() - interval '1 hour' where project_no = ${projectNo}`.execute(bench.db);
    expect(await bench.sweep.release()).toBe(0);
    // What lost its mark is found out as belonging to the channel again.
    await sql`update transfers set paused_channel = null where project_no = ${projectNo}`.execute(bench.db);
    expect(await bench.sweep.release()).toBe(0);
    expect(await bench.transfers(projectNo)).toMatchObject([{ status: 'held', attempts: 0, paused_channel: 'intake:410204' }]);
  });

  it('ends by itself when its time comes, and that is written down once', async () => {
    await pauseOf(bench.db, 'intake:410204', { until: new Date(Date.now() + 3_600_000) });
    const projectNo = newProjectNo();
    await bench.events(eventOf('case.received', { subject: projectNo }));
    await sql`update channel_pauses set until = now() - interval '5 seconds'`.execute(bench.db);
    const later = newProjectNo();
    await bench.events(eventOf('case.received', { subject: later }));
    expect(bench.ordersOf(later)).toHaveLength(1);
    await Promise.all([drainOf(bench).run(), drainOf(other).run()]);
    expect([...bench.ordersOf(projectNo), ...other.ordersOf(projectNo)]).toHaveLength(1);
    const records = await bench.db.selectFrom('evidence').select(['actor', 'action', 'subject']).where('actor', '=', 'service:gateway').execute();
    expect(records).toEqual([{ actor: 'service:gateway', action: 'channel.resumed', subject: 'intake:410204' }]);
    expect(await bench.db.selectFrom('channel_pauses').select(['paused', 'version']).execute()).toEqual([{ paused: false, version: 2 }]);
  });

  it('lets out few at first and no more than a bounded number in one round', async () => {
    await pauseOf(bench.db, 'intake:410204');
    await bench.events(...Array.from({ length: 60 }, () => eventOf('case.received', { subject: newProjectNo() })));
    const { ordered, most } = await firstRound(bench, () => resumeOf(bench.db, 'intake:410204'));
    expect(ordered).toBeGreaterThanOrEqual(25);
    expect(ordered).toBeLessThanOrEqual(most);
    await sql`update channel_pauses set resumed_at = now() - interval '1 minute'`.execute(bench.db);
    expect(await drainOf(bench).run()).toBe(60 - ordered);
  });

  it('is waited for by the pause while a batch that decided before it is still under way', async () => {
    const projectNo = newProjectNo();
    const order: string[] = [];
    const decided = bench.db.transaction().execute(async (trx) => {
      const arrived = readArrived(messageOf(eventOf('case.received', { subject: projectNo })), false);
      await applyEvents(trx, [arrived], applyOptions(bench.config, bench.keys));
      order.push('decided');
      // The pause asks for its lock now; it must not be answered before this transaction has ended.
      const pausing = until(() => pauseOf(bench.db, 'intake:410204'), { within: 60_000, what: 'the pause' }).then(() => order.push('paused'));
      await somebodyWaits();
      order.push('committing');
      return { pausing };
    });
    await (await decided).pausing;
    expect(order).toEqual(['decided', 'committing', 'paused']);
  });
});

describe('a pause that is being made', () => {
  const ago = sql`now() - interval '1 hour'`;

  it.each<[string, (id: string) => Promise<readonly TransferRow[]>, RawBuilder<unknown>]>([
    ['a timer', async (id) => [await startNextAttempt(bench.db, id, 1, 60_000)].flatMap((row) => row ?? []), sql`status = 'retry_wait', next_attempt_at = ${ago}`],
    ['a timer that comes again', async (id) => [await findStartedAttempt(bench.db, id, 0)].flatMap((row) => row ?? []), sql`status = 'in_flight'`],
    ['the sweep, of what is past its time', () => startOverdueAttempts(bench.db, 0, 60_000, 10), sql`status = 'retry_wait', next_attempt_at = ${ago}`],
    ['the sweep, of what has no receipt', () => takeUnanswered(bench.db, [{ destination: 'centre', share: 10 }], 60_000, 60_000), sql`receipt_due_at = ${ago}`],
    ['the sweep, of what did not go out', () => takeUnpublished(bench.db, 60_000, 60_000, 10), sql`receipt_due_at = ${ago}, unpublished_since = ${ago}`],
    ['the sweep, of what is held without reason', () => releaseForgotten(bench.db, 60_000, 10), sql`status = 'held', attempts = 0, created_at = ${ago}`],
    ['the drain of an earlier pause', () => releasePaused(bench.db, 'intake:410204', 60_000, 10), sql`status = 'held', paused_channel = 'intake:410204'`],
  ])('is waited for by %s, which then orders nothing', async (_, take, change) => {
    const projectNo = newProjectNo();
    await bench.events(eventOf('case.received', { subject: projectNo }));
    const [transfer] = await bench.transfers(projectNo);
    await sql`update transfers set ${change} where id = ${transfer?.id}`.execute(bench.db);
    let taking: Promise<readonly TransferRow[]> = Promise.resolve([]);
    await bench.db.transaction().execute(async (trx) => {
      await pauseChannel(trx, { channel: 'intake:410204', caller: { id: 'account:test', name: '测试甲', address: '' }, reason: '中心维护', ticket: null, version: 0 }, null);
      // Its statement begins before the pause is committed, and must see it all the same.
      taking = take(transfer?.id ?? '');
      await Promise.race([somebodyWaits(), taking]);
    });
    expect((await taking).filter(({ status }) => status === 'in_flight')).toEqual([]);
  });

  it('keeps others waiting for moments only while one batch takes long', async () => {
    // Where the machine stood still for so long that the pause gave up, nothing was seen.
    const seen = await until(async () => {
      const order = await othersAndPause();
      return order.includes(GAVE_UP) ? null : order;
    }, { within: 60_000, what: 'a pause that waits long enough' });
    expect(seen).toEqual(['others', 'done']);
  });

  /** Who is through first, the pause or others that come after it, while a long batch is at it; and how the pause ended once that was over. */
  async function othersAndPause(): Promise<string[]> {
    const [begun, long] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const holding = bench.db.transaction().execute(async (trx) => {
      await lockOrderKeys(trx, ['a long batch']);
      begun.resolve();
      await long.promise;
    });
    await begun.promise;
    const pausing = pauseOf(bench.db, 'intake:410204').then(({ kind }) => kind, (error: unknown) => String((error as { code?: unknown }).code));
    try {
      await Promise.race([somebodyWaits(), pausing]);
      // Behind a pause that waits for the long batch, these would wait as long, and it ends only after them.
      const others = Array.from({ length: 5 }, (_, n) => bench.db.transaction().execute((trx) => lockOrderKeys(trx, [`batch ${n}`])));
      const first = await Promise.race([pausing, Promise.all(others).then(() => 'others')]);
      await Promise.all(others);
      long.resolve();
      return [first, await pausing];
    } finally {
      long.resolve();
      await holding;
    }
  }
});

describe('what the messages pay for channels', () => {
  it('is no statement, while nothing is paused and while something is', async () => {
    const ledger = new BreakingLedger(database.url);
    const counted = new GatewayBench(ledger.db, bench.keys);
    const statements = async (work: () => Promise<unknown>): Promise<number> => {
      ledger.watch();
      await work();
      return ledger.sent.length;
    };
    const costs = async (): Promise<number[]> => {
      const projectNo = newProjectNo();
      const received = await statements(() => counted.events(eventOf('case.received', { subject: projectNo })));
      const [open] = await bench.transfers(projectNo);
      await bench.db.updateTable('transfers').set({ status: 'in_flight', attempts: 1 }).where('id', '=', open?.id ?? '').execute();
      const delivered = await statements(() => counted.receipts(receiptOf({ ...(open as TransferRow), attempts: 1 })));
      return [received, delivered, await statements(() => counted.start.run('tr_none', 1))];
    };
    const idle = await costs();
    expect(idle).toEqual([MEASURED.received, MEASURED.delivered, 1]);
    await pauseOf(bench.db, 'intake:410204');
    expect(await costs()).toEqual(idle);
    await ledger.db.destroy();
  });
});

/** Statements of one batch, `begin` and `commit` included; none of them is for channels alone. */
const MEASURED = { received: 11, delivered: 13 };

/** What PostgreSQL says of a lock that was not to be had in time. */
const GAVE_UP = '55P03';

/** The transfer at this place of the case arrives. */
async function arrive(projectNo: string, place: number): Promise<void> {
  await bench.receipts(receiptOf((await bench.transfers(projectNo))[place] as TransferRow));
}

/** Somebody waits for an advisory lock of this database. */
async function somebodyWaits(): Promise<void> {
  await until(async () => {
    const { rows } = await sql<{ waiting: boolean }>`
      select exists (select from pg_locks where locktype = 'advisory' and not granted and database = (select oid from pg_database where datname = current_database())) as waiting`.execute(bench.db);
    return rows[0]?.waiting === true;
  }, { within: 20_000, what: 'a pause that waits' });
}
