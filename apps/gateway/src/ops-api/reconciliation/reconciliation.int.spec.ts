import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { withDatabase } from '../../../../../test/support/index.ts';
import { insertEvents } from '../../ledger/event-rows.ts';
import { insertDeadLetters } from '../../ledger/dead-letter-rows.ts';
import { insertTransfers } from '../../ledger/transfer-rows.ts';
import type { NewTransfer } from '../../ledger/transfer-rows.ts';
import { aDeadLetter, anEvent, aTransfer, putCase, recordedAt } from '../ledger-rows.fixture.ts';
import { openBench } from '../ops-bench.fixture.ts';
import type { OpsBench } from '../ops-bench.fixture.ts';
import type { OpsAnswer, OpsClient } from '../ops-server.fixture.ts';
import type { ProblemAnswer } from '../problems/problem.answer.ts';
import { dayOf } from './read-strip.ts';
import type { BoardAnswer, ComparisonPage, IdListKeptAnswer, MissingPage, SignedOffAnswer, StripAnswer } from './reconciliation.answer.ts';

const DAY_MS = 24 * 3_600_000;
const TODAY = dayOf(new Date());
/** A day that is over, and near enough for lists. */
const DAY = dayOf(new Date(Date.now() - 2 * DAY_MS));
const NEXT_DAY = dayOf(new Date(Date.now() - DAY_MS));
const IN_DAY = `${DAY}T08:00:00Z`;
const WHY = '?reason=' + encodeURIComponent('按日对账');
const database = withDatabase();
let bench: OpsBench;
let op: OpsClient;

/** A case of the day with its transfers, the work item first. */
async function put(projectNo: string, status: 'RECEIVED' | 'ACCEPTED' | 'COMPLETED', transfers: Partial<NewTransfer>[], hall = '410204'): Promise<void> {
  const seq = await putCase(bench.db, projectNo, { status, hall_code: hall, transfer_count: transfers.length, update_sequence: Math.max(0, transfers.length - 1) }, []);
  await insertTransfers(bench.db, transfers.map((given, index) => aTransfer(projectNo, `tr_${projectNo}_${index}`, seq, {
    ordinal: index + 1, ...(index === 0 ? {} : { destination: `hall:${hall}`, kind: 'acceptance' }), ...given,
  })));
  await recordedAt(bench.db, projectNo, IN_DAY);
}

beforeAll(async () => {
  bench = await openBench(database.url);
  op = await bench.server.as('operator');
  await put('R-through', 'COMPLETED', [{ status: 'delivered' }, { status: 'delivered' }]);
  await put('R-held', 'RECEIVED', [{ status: 'held', dispatched_at: null }]);
  await put('R-failed', 'RECEIVED', [{ status: 'failed', error_code: 'http-422' }]);
  await put('R-retry', 'RECEIVED', [{ status: 'retry_wait' }]);
  await put('R-silent', 'RECEIVED', [{ status: 'delivered' }]);
  await put('R-unsent', 'ACCEPTED', [{ status: 'delivered' }, { status: 'held', dispatched_at: null }]);
  await put('R-untaken', 'ACCEPTED', [{ status: 'delivered' }, { status: 'failed', error_code: 'http-500' }]);
  await put('R-given-up', 'ACCEPTED', [{ status: 'delivered' }, { status: 'discarded' }]);
  await put('R-dead', 'RECEIVED', [{ status: 'in_flight' }], '410202');
  await insertDeadLetters(bench.db, [aDeadLetter({ project_no: 'R-dead' })]);
  await put('R-other-day', 'RECEIVED', [{ status: 'failed' }]);
  await recordedAt(bench.db, 'R-other-day', `${DAY}T16:00:00Z`);
  await insertEvents(bench.db, [
    anEvent('R-refused', 'x-1', { outcome: 'refused', outcome_code: 'no-grant', recorded_at: IN_DAY }),
    anEvent('R-waits', 'x-2', { outcome: 'parked', outcome_code: 'sequence-gap', recorded_at: IN_DAY }),
    anEvent('R-through', 'x-3', { outcome: 'ignored', outcome_code: 'known', recorded_at: IN_DAY }),
  ]);
});
afterAll(() => bench.close());

const board = async (): Promise<BoardAnswer> => (await op.get<BoardAnswer>(`/api/reconciliation/${DAY}`)).body;
const missing = async (stage: string, query = ''): Promise<Record<string, string>> => {
  const { body } = await op.get<MissingPage>(`/api/reconciliation/${DAY}/missing?stage=${stage}${query}`);
  return Object.fromEntries(body.items.map(({ projectNo, cause }) => [projectNo, cause]));
};
const upload = <T = IdListKeptAnswer>(path: string, text: string, client = op, type = 'text/csv'): Promise<OpsAnswer<T>> =>
  bench.server.ask<T>(`/api/reconciliation/${DAY}/lists/${path}${WHY}`, { method: 'PUT', headers: { 'authorization': `Bearer ${client.token}`, 'content-type': type }, body: text });

describe('the board of a day', () => {
  it('counts the cases of the day at each stage, by hall, and what is missing between two', async () => {
    const { halls, openDeltas, over, signOff } = await board();
    const hall = halls.find(({ hallCode }) => hallCode === '410204');
    expect(hall?.stages.map(({ stage, count, missing: gap }) => [stage, count, gap])).toEqual([
      ['received', 10, 0], ['applied', 8, 2], ['sent', 7, 1], ['delivered', 5, 2], ['answered', 4, 1], ['updated', 3, 1], ['acknowledged', 1, 2],
    ]);
    expect(halls.find(({ hallCode }) => hallCode === '410202')?.stages.map(({ count }) => count)).toEqual([1, 1, 1, 0, 0, 0, 0]);
    expect([openDeltas, over, signOff]).toEqual([10, true, null]);
  });

  it('names the cases of each delta with what seems to hold them', async () => {
    expect(await missing('applied')).toEqual({ 'R-refused': 'refused', 'R-waits': 'waiting' });
    expect(await missing('sent')).toEqual({ 'R-held': 'held' });
    expect(await missing('delivered')).toEqual({ 'R-failed': 'failed', 'R-retry': 'in-retry', 'R-dead': 'dead-lettered' });
    expect(await missing('delivered', '&hall=410202')).toEqual({ 'R-dead': 'dead-lettered' });
    expect(await missing('answered')).toEqual({ 'R-silent': 'awaiting-centre' });
    expect(await missing('updated')).toEqual({ 'R-unsent': 'held' });
    expect(await missing('acknowledged')).toEqual({ 'R-untaken': 'failed', 'R-given-up': 'given-up' });
  });

  it('names a receipt that was refused on two days on both', async () => {
    const at = `${NEXT_DAY}T00:00:00Z`;
    await insertEvents(bench.db, [anEvent('R-refused', 'x-4', { outcome: 'refused', outcome_code: 'no-grant', recorded_at: at })]);
    expect(await missing('applied')).toEqual({ 'R-refused': 'refused', 'R-waits': 'waiting' });
    const { body } = await op.get<MissingPage>(`/api/reconciliation/${NEXT_DAY}/missing?stage=applied`);
    expect(body.items.map(({ projectNo }) => projectNo)).toEqual(['R-refused']);
    await sql`delete from events where event_id = 'x-4'`.execute(bench.db);
  });

  it('offers what can be sent again as ids that an operation takes', async () => {
    const { body } = await op.get<MissingPage>(`/api/reconciliation/${DAY}/missing?stage=delivered`);
    expect(body.replayIds).toEqual(['tr_R-failed_0']);
    expect((await op.post('/api/operations', { kind: 'replay', reason: '对账补发', selection: { transferIds: body.replayIds } })).status).toBe(201);
  });

  it('pages through a delta without skipping or repeating', async () => {
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const { body }: { body: MissingPage } = await op.get<MissingPage>(`/api/reconciliation/${DAY}/missing?stage=delivered&limit=1${cursor === '' ? '' : `&cursor=${cursor}`}`);
      seen.push(...body.items.map(({ projectNo }) => projectNo));
      cursor = body.nextCursor;
    }
    expect(seen.sort()).toEqual(['R-dead', 'R-failed', 'R-retry']);
  });

  it('has a strip of thirty days, in which what did not go through stands at its own day', async () => {
    const { body: { days } } = await op.get<StripAnswer>('/api/reconciliation');
    expect([days.length, days[0]?.day, days.at(-1)?.day]).toEqual([30, dayOf(new Date(Date.now() - 29 * DAY_MS)), TODAY]);
    expect(days.find(({ day }) => day === DAY)).toEqual({ day: DAY, waiting: 4, failed: 2, givenUp: 1, unapplied: 2, signedOff: false });
    expect(days.find(({ day }) => day === NEXT_DAY)).toMatchObject({ failed: 1, waiting: 0 });
  });
});

describe('the other sides\' lists', () => {
  it('show what they have and we do not, with what became of it, and the other way round', async () => {
    const { status, body } = await upload('hall:410204/sent', '办件编号\r\nR-through\r\nR-held\nR-refused\nR-never\nR-dead\n');
    expect([status, body]).toEqual([200, expect.objectContaining({ outcome: 'kept', ids: 5, side: 'hall:410204' })]);
    const { body: here } = await op.get<ComparisonPage>(`/api/reconciliation/${DAY}/lists/hall:410204/sent`);
    expect([here.missingHere, here.missingThere]).toEqual([3, 6]);
    expect(here.items.map(({ projectNo, cause, fix }) => [projectNo, cause, fix])).toEqual([
      ['R-dead', 'other-hall', 'ask-hall'], ['R-never', 'never-received', 'ask-sender'], ['R-refused', 'refused', 'ask-hall'],
    ]);
    const { body: there } = await op.get<ComparisonPage>(`/api/reconciliation/${DAY}/lists/hall:410204/sent?missing=there`);
    expect(there.items.map(({ projectNo }) => projectNo).sort()).toEqual(['R-failed', 'R-given-up', 'R-retry', 'R-silent', 'R-unsent', 'R-untaken']);
  });

  it('take the place of the one before, and are compared at the stage they speak of', async () => {
    await upload('centre/received', 'R-failed\n');
    await upload('centre/received', 'R-through\nR-silent\nR-unsent\nR-untaken\nR-failed\n');
    const { body } = await op.get<ComparisonPage>(`/api/reconciliation/${DAY}/lists/centre/received`);
    expect([body.list.ids, body.missingHere, body.missingThere]).toEqual([5, 1, 1]);
    expect(body.items).toEqual([expect.objectContaining({ projectNo: 'R-failed', cause: 'failed', fix: 'replay', transferId: 'tr_R-failed_0' })]);
    expect((await board()).lists.map(({ side, kind, ids }) => [side, kind, ids])).toEqual([['centre', 'received', 5], ['hall:410204', 'sent', 5]]);
  });

  it.each([
    ['hall:410204/returned', 'x', 'text/csv', 409], ['centre/sent', 'x', 'text/csv', 409], ['centre/nothing', 'x', 'text/csv', 422],
    ['centre/returned', 'ok\n测试甲', 'text/csv', 422], ['centre/returned', '{}', 'application/json', 415], ['centre/returned', 'x'.repeat(9 * 1024 * 1024), 'text/csv', 422],
  ])('are refused where they are none (%s)', async (path, text, type, code) => {
    const { status, text: answer } = await upload<ProblemAnswer>(path, text, op, type);
    expect(status).toBe(code);
    expect(answer).not.toContain('测试甲');
  });

  it('are taken from those alone who may, on record, and nowhere else', async () => {
    expect((await upload('centre/returned', 'x', await bench.server.as('viewer'))).status).toBe(403);
    const elsewhere = await bench.server.ask('/api/operations', { method: 'POST', headers: { 'authorization': `Bearer ${op.token}`, 'content-type': 'text/csv' }, body: 'x' });
    expect(elsewhere.status).toBe(415);
    const { entry } = await bench.db.selectFrom('evidence').select('entry').where('subject_kind', '=', 'reconciliation').orderBy('seq', 'desc').executeTakeFirstOrThrow();
    expect(JSON.parse(entry)).toMatchObject({ action: 'reconciliation.list-kept', subject: DAY, reason: '按日对账', facts: { side: 'centre', kind: 'received', ids: 5 } });
  });

  it('are there only when they were given', async () => {
    expect((await op.get(`/api/reconciliation/${DAY}/lists/hall:410202/sent`)).status).toBe(404);
  });
});

describe('the sign-off of a day', () => {
  const sign = <T = SignedOffAnswer>(digest: string, day = DAY): Promise<OpsAnswer<T>> => op.post<T>(`/api/reconciliation/${day}/sign-off`, { digest, reason: '差额已逐件核对' });

  it('vouches for the board as it was seen, and shows when it has changed since', async () => {
    const seen = await board();
    expect((await sign('0'.repeat(64))).status).toBe(412);
    expect((await sign(seen.digest)).body).toMatchObject({ outcome: 'signed', openDeltas: 10, unchanged: true });
    expect((await board()).signOff).toMatchObject({ note: '差额已逐件核对', digest: seen.digest, unchanged: true });
    await bench.db.updateTable('transfers').set({ status: 'delivered' }).where('id', '=', 'tr_R-retry_0').execute();
    expect((await board()).signOff).toMatchObject({ unchanged: false });
    expect((await sign(seen.digest)).status).toBe(412);
    const { body: { days } } = await op.get<StripAnswer>('/api/reconciliation');
    expect(days.filter(({ signedOff }) => signedOff).map(({ day }) => day)).toEqual([DAY]);
  });

  it('waits until the day is over', async () => {
    expect((await sign('0'.repeat(64), '2099-01-01')).status).toBe(409);
  });
});
