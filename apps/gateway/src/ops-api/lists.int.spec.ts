import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { withDatabase } from '../../../../test/support/index.ts';
import { insertAttempts } from '../ledger/attempt-rows.ts';
import { insertDeadLetters } from '../ledger/dead-letter-rows.ts';
import { insertDoorRefusals } from '../ledger/door-refusal-rows.ts';
import { insertDuplicates, insertEvents } from '../ledger/event-rows.ts';
import { insertTransfers } from '../ledger/transfer-rows.ts';
import type { DeadLetterPage } from './dead-letters/dead-letter.answer.ts';
import type { DuplicatePage } from './duplicates/duplicate.answer.ts';
import { aDeadLetter, aDuplicate, anAttempt, anEvent, aRefusal, aTransfer, putCase } from './ledger-rows.fixture.ts';
import { openBench } from './ops-bench.fixture.ts';
import type { OpsBench } from './ops-bench.fixture.ts';
import type { RefusalPage } from './refusals/refusal.answer.ts';
import type { SummaryAnswer } from './summary/summary.answer.ts';
import type { TransferPage } from './transfers/transfer.answer.ts';
import type { WaitingEventPage } from './waiting-events/waiting-event.answer.ts';

const database = withDatabase();
let bench: OpsBench;

beforeAll(async () => {
  bench = await openBench(database.url);
  const { db } = bench;
  const seq = await putCase(db, 'L-1', { status: 'ACCEPTED' }, []);
  await putCase(db, 'L-2', { hall_code: '410202', status: 'COMPLETED' });
  await putCase(db, 'L-old', { hall_code: '410202', status: 'COMPLETED' });
  await sql`update cases set created_at = '2025-01-01' where project_no = 'L-old'`.execute(db);
  await sql`update transfers set created_at = '2025-01-01' where project_no = 'L-old'`.execute(db);
  await insertTransfers(db, [
    aTransfer('L-1', 'tr_a', seq, { status: 'failed', error_word: 'permanent', error_code: 'http-422', http_status: 422 }),
    aTransfer('L-1', 'tr_b', seq, { status: 'held', ordinal: 2 }),
    aTransfer('L-1', 'tr_c', seq, { status: 'retry_wait', destination: 'hall:410204', kind: 'acceptance', ordinal: 3, error_word: 'retryable', error_code: 'http-503' }),
  ]);
  await insertAttempts(db, [anAttempt('tr_a', 1, { outcome: 'permanent', http_status: 422 }), anAttempt('tr_L-2_0', 1), anAttempt('tr_L-old_0', 1, { latency_ms: 75 })]);
  await insertEvents(db, [
    anEvent('L-1', 'x-1', { outcome: 'refused', outcome_code: 'illegal-transition', outcome_zh: '当前状态不允许', type: 'case.accepted', party: 'centre', source: '/centre' }),
    anEvent('L-3', 'x-2', { outcome: 'refused', outcome_code: 'no-grant', outcome_zh: '无收件权限' }),
    anEvent('L-1', 'x-3', { outcome: 'parked', outcome_code: 'sequence-gap', outcome_zh: '等待前序事件', type: 'case.decided', party: 'centre', source: '/centre' }),
  ]);
  await insertDuplicates(db, [true, true, false].map((same) => aDuplicate(seq, { same_body: same })));
  for (let number = 1; number <= 5; number += 1) await insertDoorRefusals(db, [aRefusal(`d-${number}`, number === 5 ? { party: null, code: 'signature-invalid', status: 401 } : {})]);
  await insertDeadLetters(db, [aDeadLetter(), aDeadLetter({ app: 'centre-adapter', queue: 'centre-adapter.work-items', code: 'delivery-limit' }), aDeadLetter()]);
});
afterAll(() => bench.close());

interface AnyPage<T> { readonly items: T[]; readonly nextCursor: string | null }

/** Every item of a list, page by page; `between` happens after each page. */
async function walk<T>(path: string, between: (page: number) => Promise<void> = async () => undefined): Promise<T[]> {
  const all: T[] = [];
  let cursor: string | null = null;
  for (let page = 1; page === 1 || cursor !== null; page += 1) {
    const { body }: { body: AnyPage<T> } = await bench.server.get<AnyPage<T>>(`${path}${cursor === null ? '' : `&cursor=${cursor}`}`);
    all.push(...body.items);
    cursor = body.nextCursor;
    await between(page);
  }
  return all;
}

describe('GET /api/transfers', () => {
  it.each([
    ['status=failed', ['tr_a']],
    ['status=delivered', ['tr_L-2_0', 'tr_L-old_0']],
    ['destination=hall:410204', ['tr_c']],
    ['kind=acceptance', ['tr_c']],
    ['projectNo=L-1', ['tr_a', 'tr_b', 'tr_c']],
    ['errorWord=retryable', ['tr_c']],
    ['errorCode=http-422', ['tr_a']],
    ['to=2025-01-01', ['tr_L-old_0']],
    ['status=failed&destination=hall:410204', []],
    [`q=${encodeURIComponent('-状态:已送达 L-1')}`, ['tr_a', 'tr_b', 'tr_c']],
    [`q=${encodeURIComponent('厅:410204 状态:失败,等待重试 错误:http-422')}`, ['tr_a']],
    [`q=${encodeURIComponent('厅:龙亭 -错误:http-503')}`, ['tr_L-2_0', 'tr_L-old_0']],
    ['q=tr_b', ['tr_b']],
  ])('%s finds just the transfers it says', async (query, found) => {
    const { status, body } = await bench.server.get<TransferPage>(`/api/transfers?${query}`);
    expect(status).toBe(200);
    expect(body.items.map(({ transferId }) => transferId).sort()).toEqual(found);
  });

  it('pages newest first without skipping or repeating', async () => {
    const ids = (await walk<TransferPage['items'][number]>('/api/transfers?limit=2')).map(({ transferId }) => transferId);
    expect([...ids].sort()).toEqual(['tr_L-2_0', 'tr_L-old_0', 'tr_a', 'tr_b', 'tr_c']);
    expect(ids.at(-1)).toBe('tr_L-old_0');
  });
});

describe('GET /api/refusals', () => {
  it('shows what the doors and what the rules refused as one list, and pages through both while more comes in', async () => {
    const refusals = await walk<RefusalPage['items'][number]>('/api/refusals?limit=2', async (page) => {
      await insertDoorRefusals(bench.db, [aRefusal(`d-new-${page}`)]);
      await insertEvents(bench.db, [anEvent('L-9', `x-new-${page}`, { outcome: 'refused', outcome_code: 'no-grant' })]);
    });
    const ids = refusals.map(({ refusedBy, refusalId, eventId }) => (refusedBy === 'door' ? refusalId : eventId));
    expect([...ids].sort()).toEqual(['d-1', 'd-2', 'd-3', 'd-4', 'd-5', 'x-1', 'x-2']);
    expect(refusals.map(({ recordedAt }) => recordedAt)).toEqual(refusals.map(({ recordedAt }) => recordedAt).sort().reverse());
  });

  it.each([
    ['refusedBy=lifecycle&sender=centre', ['x-1']],
    ['code=no-grant&projectNo=L-3', ['x-2']],
    ['refusedBy=door&code=signature-invalid', ['d-5']],
  ])('%s finds just the refusals it says', async (query, found) => {
    const { body } = await bench.server.get<RefusalPage>(`/api/refusals?${query}`);
    expect(body.items.map(({ refusedBy, refusalId, eventId }) => (refusedBy === 'door' ? refusalId : eventId))).toEqual(found);
  });

  it('says why, in Chinese where the rules say it', async () => {
    const { body } = await bench.server.get<RefusalPage>('/api/refusals?refusedBy=lifecycle&projectNo=L-1');
    expect(body.items[0]).toMatchObject({ code: 'illegal-transition', reasonZh: '当前状态不允许', eventTypeZh: '受理', senderZh: '市住房公积金管理中心', httpStatus: null });
  });
});

describe('GET /api/waiting-events', () => {
  it('shows the events that wait for their predecessor', async () => {
    const { body } = await bench.server.get<WaitingEventPage>('/api/waiting-events?projectNo=L-1');
    expect(body.items).toEqual([expect.objectContaining({ eventId: 'x-3', typeZh: '审核决定', code: 'sequence-gap', reasonZh: '等待前序事件' })]);
  });
});

describe('GET /api/duplicates', () => {
  it('says what came again, how long after the first, and whether it said the same', async () => {
    const duplicates = await walk<DuplicatePage['items'][number]>('/api/duplicates?limit=1');
    expect(duplicates.map(({ sameBody, projectNo, secondsLater }) => [sameBody, projectNo, secondsLater])).toEqual([[false, 'L-1', 3_600], [true, 'L-1', 3_600], [true, 'L-1', 3_600]]);
    const { body } = await bench.server.get<DuplicatePage>('/api/duplicates?sameBody=false');
    expect(body.items).toEqual([expect.objectContaining({ eventId: 'e-L-1', typeZh: '收件', explainZh: expect.stringContaining('内容不同') as unknown })]);
    expect((await bench.server.get<DuplicatePage>('/api/duplicates?projectNo=L-2')).body.items).toEqual([]);
  });
});

describe('GET /api/dead-letters', () => {
  it('shows where and why, page by page, and never the message', async () => {
    const letters = await walk<DeadLetterPage['items'][number]>('/api/dead-letters?limit=1');
    expect(letters.map(({ deadLetterId }) => deadLetterId)).toEqual([3, 2, 1]);
    expect(letters[1]).toMatchObject({ app: 'centre-adapter', queue: 'centre-adapter.work-items', code: 'delivery-limit', bodyBytes: 3 });
    expect(Object.keys(letters[0] ?? {})).not.toContain('raw');
  });

  it('narrows to one program', async () => {
    expect((await walk('/api/dead-letters?app=centre-adapter')).length).toBe(1);
  });
});

describe('GET /api/summary', () => {
  it('counts what is open whatever its age and what has ended since the given day', async () => {
    const { status, body } = await bench.server.get<SummaryAnswer>('/api/summary?from=2025-06-01');
    expect(status).toBe(200);
    expect(body.cases).toEqual([
      { hallCode: '410202', hallZh: '龙亭区政务服务大厅', status: 'COMPLETED', statusZh: '已办结', count: 1 },
      { hallCode: '410204', hallZh: '鼓楼区政务服务大厅', status: 'ACCEPTED', statusZh: '已受理', count: 1 },
    ]);
    expect(body.transfers.map(({ destination, status: state, count }) => `${destination} ${state} ${count}`)).toEqual([
      'centre delivered 1', 'centre failed 1', 'centre held 1', 'hall:410204 retry_wait 1',
    ]);
    expect(body).toMatchObject({ deadLetters: 3, duplicates: { suppressed: 3, conflicting: 1 }, waitingEvents: { count: 1, oldest: { eventId: 'x-3', typeZh: '审核决定' } }, capped: false });
    expect(body.oldestUndelivered).toMatchObject({ projectNo: 'L-1', destinationZh: '市住房公积金管理中心' });
    expect(body.refusals.door).toBeGreaterThanOrEqual(5);
    expect(body.refusals.lifecycle).toBeGreaterThanOrEqual(2);
  });

  it('measures the last seconds', async () => {
    await sql`update attempts set recorded_at = now()`.execute(bench.db);
    const { body } = await bench.server.get<SummaryAnswer>('/api/summary');
    expect(body.recent).toMatchObject({ deliveredPerSecond: 0.2, failedAttempts: 1, p50Ms: 25, p99Ms: 75 });
  });

  it('is about nothing when nothing has happened yet', async () => {
    const { body } = await bench.server.get<SummaryAnswer>('/api/summary?from=2099-01-01');
    expect(body).toMatchObject({ deadLetters: 0, refusals: { door: 0, lifecycle: 0 } });
    expect(body.cases.map(({ status }) => status)).toEqual(['ACCEPTED']);
  });

  it('says that it counted no further when more is promised for today than it looks at', async () => {
    const capped = async (): Promise<boolean> => (await bench.server.get<SummaryAnswer>('/api/summary?from=2099-01-01')).body.capped;
    expect(await capped()).toBe(false);
    const due = sql`jsonb_build_object('project_no', 'L-due-' || n, 'promise_due_at', now())`;
    await sql`insert into cases select (jsonb_populate_record(c, ${due})).* from cases c, generate_series(1, 10000) n where c.project_no = 'L-old'`.execute(bench.db);
    expect(await capped()).toBe(true);
  });
});
