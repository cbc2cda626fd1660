import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { withDatabase } from '../../../../test/support/index.ts';
import { eventOf, newProjectNo, receiptOf } from '../case-events.fixture.ts';
import { openBench } from '../gateway-bench.fixture.ts';
import type { GatewayBench } from '../gateway-bench.fixture.ts';
import { openLedger } from '../ledger/open-ledger.ts';
import type { TransferRow } from '../ledger/transfer-rows.ts';
import { countFailures } from './count-failures.ts';
import type { TimedFailure } from './count-failures.ts';
import { groupOldFailures } from './group-old-failures.ts';

const REFUSED = { outcome: 'permanent', httpStatus: 422, errorCode: 'http-422', errorDetail: '对方应答 HTTP 422' } as const;
const database = withDatabase();
let bench: GatewayBench;
beforeAll(async () => {
  bench = await openBench(database.url);
});
afterAll(() => bench.db.destroy());
beforeEach(async () => {
  await sql`truncate failure_groups cascade`.execute(bench.db);
});

/** The opening work item of a new case, ordered and not answered. */
async function inFlight(projectNo = newProjectNo()): Promise<TransferRow> {
  await bench.events(eventOf('case.received', { subject: projectNo }));
  const [transfer] = await bench.transfers(projectNo);
  if (transfer === undefined) throw new Error('the case has no transfer');
  return transfer;
}
const groups = (): Promise<object[]> => bench.db.selectFrom('failure_groups').select(['id', 'class', 'status', 'occurrences', 'recurrences', 'version']).orderBy('id').execute();
const hours = async (): Promise<number[]> => (await bench.db.selectFrom('failure_hours').select('count').orderBy('group_id').orderBy('hour').execute()).map(({ count }) => count);
const groupsOf = async (...ids: string[]): Promise<(string | null)[]> =>
  (await bench.db.selectFrom('transfers').select('failure_group').where('id', 'in', ids).orderBy('id').execute()).map((row) => row.failure_group);
const failure = (errorCode: string, at = new Date()): TimedFailure =>
  ({ projectNo: 'P-1', destination: 'centre', kind: 'open', errorWord: 'permanent', errorCode, httpStatus: null, errorDetail: null, at });
const count = (...failures: TimedFailure[]): Promise<void> => bench.db.transaction().execute((trx) => countFailures(trx, failures));
const resolve = (at = new Date()): Promise<unknown> => bench.db.updateTable('failure_groups').set({ status: 'resolved', resolved_at: at }).execute();

describe('a transfer that fails', () => {
  it('joins the group of its like, which counts it, with the time of the ledger', async () => {
    const [one, other] = [await inFlight(), await inFlight()];
    await bench.receipts(receiptOf(one, { ...REFUSED, finishedAt: '2031-01-01T00:00:00Z' }), receiptOf(other, REFUSED));
    const [group] = await groups();
    expect(group).toMatchObject({ class: 'data', status: 'new', occurrences: 2, recurrences: 0, version: 1 });
    const [first, second] = await groupsOf(one.id, other.id);
    expect(first).toMatch(/^fg_[0-9a-f]{24}$/);
    expect(second).toBe(first);
    const { failed_at: failedAt } = await bench.db.selectFrom('transfers').select('failed_at').where('id', '=', one.id).executeTakeFirstOrThrow();
    expect(Math.abs(Date.now() - (failedAt?.getTime() ?? 0))).toBeLessThan(60_000);
    expect(await hours()).toEqual([2]);
  });

  it('counts once, however often its receipt comes, and not when the receipt is stale', async () => {
    const transfer = await inFlight();
    const receipt = receiptOf(transfer, REFUSED);
    await bench.receipts(receipt, receipt);
    await bench.receipts(receipt);
    await bench.receipts(receiptOf({ ...transfer, attempts: 7 }, REFUSED));
    expect(await groups()).toMatchObject([{ occurrences: 1 }]);
  });

  it('counts nothing while it is tried again', async () => {
    await bench.receipts(receiptOf(await inFlight(), { outcome: 'retryable', httpStatus: 503, errorCode: 'http-503' }));
    expect(await groups()).toEqual([]);
  });

  it('keeps its group when it is delivered after all: what came of the failure is part of its story', async () => {
    const transfer = await inFlight();
    await bench.receipts(receiptOf(transfer, REFUSED));
    const before = await groupsOf(transfer.id);
    await bench.receipts(receiptOf(transfer));
    expect(await groupsOf(transfer.id)).toEqual(before);
    expect(before).not.toEqual([null]);
  });

  it('joins a group with its field when it could not be translated', async () => {
    const projectNo = newProjectNo();
    const received = eventOf('case.received', { subject: projectNo });
    await bench.events({ ...received, data: { ...received.data, applicant: { ...received.data.applicant, certType: '999' } } });
    expect(await bench.transfers(projectNo)).toMatchObject([{ status: 'failed', failure_group: expect.stringMatching(/^fg_/), failed_at: expect.any(Date) }]);
    const { signature, class: whose } = await bench.db.selectFrom('failure_groups').select(['signature', 'class']).executeTakeFirstOrThrow();
    expect({ signature, whose }).toMatchObject({ signature: { errorCode: 'not-translatable', errorWord: 'invalid', field: 'applicant.certType' }, whose: 'data' });
  });

  it('joins none when it is a canary’s', async () => {
    await count({ ...failure('http-422'), projectNo: 'CANARY-410204-1' });
    expect(await groups()).toEqual([]);
  });
});

describe('a group that was resolved', () => {
  it('is new again when it comes back, with one recurrence more, and its version tells whoever is about to write', async () => {
    await count(failure('http-422'));
    await resolve(new Date(Date.now() - 1_000));
    await count(failure('http-422'), failure('http-422'));
    await count(failure('http-422'));
    expect(await groups()).toMatchObject([{ status: 'new', occurrences: 4, recurrences: 1, version: 2 }]);
  });

  it('stays resolved when only an older failure is counted late', async () => {
    await count(failure('http-422'));
    await resolve();
    await count(failure('http-422', new Date(Date.now() - 3_600_000)));
    expect(await groups()).toMatchObject([{ status: 'resolved', recurrences: 0, version: 1 }]);
  });

  it('stays ignored when it was ignored, and is counted', async () => {
    await count(failure('http-422'));
    await bench.db.updateTable('failure_groups').set({ status: 'ignored' }).execute();
    await count(failure('http-422'));
    expect(await groups()).toMatchObject([{ status: 'ignored', occurrences: 2, recurrences: 0, version: 1 }]);
  });
});

describe('batches that count the same groups at the same time', () => {
  it('wait for one another and never in a ring, whatever the order of their failures', async () => {
    const db = openLedger({ url: database.url, poolSize: 8, statementTimeoutMs: 20_000, onConnectionLost: () => undefined });
    const codes = Array.from({ length: 40 }, (_, index) => `code-${'abcdefghij'[index % 10] ?? ''}${'klmn'[Math.floor(index / 10)] ?? ''}`);
    const rounds = Array.from({ length: 32 }, (_, round) => (round % 2 === 0 ? codes : codes.toReversed()).map((code) => failure(code)));
    const results = await Promise.allSettled(rounds.map((failures) => db.transaction().execute((trx) => countFailures(trx, failures))));
    await db.destroy();
    expect(results.filter(({ status }) => status === 'rejected')).toEqual([]);
    expect((await groups()).length).toBe(40);
    expect(await bench.db.selectFrom('failure_groups').select('occurrences').where('occurrences', '!=', 32).execute()).toEqual([]);
  });
});

describe('failed transfers from before there were groups', () => {
  it('get theirs from the sweep, a bounded number at a time, counted in the hour they failed', async () => {
    const transfers = [await inFlight(), await inFlight(), await inFlight()];
    await bench.receipts(...transfers.map((transfer) => receiptOf(transfer, REFUSED)));
    await sql`truncate failure_groups cascade`.execute(bench.db);
    const ids = transfers.map(({ id }) => id).sort();
    await bench.db.updateTable('transfers').set({ failure_group: null, failed_at: null, finished_at: '2026-11-20T01:30:00Z' }).where('id', 'in', ids).execute();
    await bench.db.updateTable('transfers').set({ finished_at: '2026-11-20T03:10:00Z' }).where('id', '=', ids[0] ?? '').execute();
    expect(await groupOldFailures(bench.db, 2)).toBe(2);
    expect(await groupOldFailures(bench.db, 2)).toBe(1);
    expect(await groupOldFailures(bench.db, 2)).toBe(0);
    expect(await groups()).toMatchObject([{ occurrences: 3 }]);
    expect((await hours()).sort()).toEqual([1, 2]);
    expect(new Set(await groupsOf(...ids)).size).toBe(1);
  });

  it('never come from the future: an adapter’s clock may be wrong', async () => {
    const transfer = await inFlight();
    await bench.receipts(receiptOf(transfer, { ...REFUSED, finishedAt: '2099-01-01T00:00:00Z' }));
    await bench.db.updateTable('transfers').set({ failure_group: null, failed_at: null }).where('id', '=', transfer.id).execute();
    await groupOldFailures(bench.db, 10);
    const { late } = await bench.db.selectFrom('transfers').select(sql<boolean>`failed_at > now()`.as('late')).where('id', '=', transfer.id).executeTakeFirstOrThrow();
    expect(late).toBe(false);
  });

  it('lose their hours after thirty days, a bounded number at a time', async () => {
    await count(failure('http-422'));
    const { id } = await bench.db.selectFrom('failure_groups').select('id').executeTakeFirstOrThrow();
    await sql`insert into failure_hours select ${id}, date_trunc('hour', now()) - i * interval '1 hour' - interval '31 days', 1 from generate_series(1, 5) i`.execute(bench.db);
    await groupOldFailures(bench.db, 3);
    expect((await hours()).length).toBe(3);
    await groupOldFailures(bench.db, 3);
    expect((await hours()).length).toBe(1);
  });
});
