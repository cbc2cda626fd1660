import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { withDatabase } from '../../../../../test/support/index.ts';
import { countFailures, failureGroupOf } from '../../failures/count-failures.ts';
import type { TimedFailure } from '../../failures/count-failures.ts';
import { upsertCases } from '../../ledger/case-rows.ts';
import { insertEvents } from '../../ledger/event-rows.ts';
import { insertTransfers } from '../../ledger/transfer-rows.ts';
import { aCase, anEvent, aTransfer } from '../ledger-rows.fixture.ts';
import { openBench } from '../ops-bench.fixture.ts';
import type { OpsBench } from '../ops-bench.fixture.ts';
import type { OpsAnswer, OpsClient } from '../ops-server.fixture.ts';
import type { ProblemAnswer } from '../problems/problem.answer.ts';
import type { FailureGroupChangedAnswer, FailureGroupDetailAnswer } from './failure-group-detail.answer.ts';
import type { FailureGroupPage } from './failure-group.answer.ts';

const CONTACTS = { 'centre': { name: '测试甲', phone: '0371-1', org: '中心' }, 'hall:*': { name: '测试乙', phone: '0371-2', org: '大厅' }, 'ours': { name: '测试丙', phone: '0371-3', org: '我方' } };
const MINUTE = 60_000;
const database = withDatabase();
let bench: OpsBench;
let op: OpsClient;
beforeAll(async () => {
  bench = await openBench(database.url, { contacts: JSON.stringify(CONTACTS) });
  op = await bench.server.as('operator');
});
afterAll(() => bench.close());
beforeEach(async () => {
  await sql`truncate failure_groups cascade`.execute(bench.db);
  await bench.db.updateTable('transfers').set({ status: 'delivered', failure_group: null }).execute();
});

let made = 0;
/** Transfers that failed so, each of a case of its own. */
async function failed(count: number, given: Partial<TimedFailure> & { hall?: string } = {}): Promise<{ id: string; projectNos: string[] }> {
  const { hall = '410204', ...rest } = given;
  const projectNos = Array.from({ length: count }, () => `F-${++made}`);
  const failures = projectNos.map((projectNo): TimedFailure => ({
    projectNo, destination: 'centre', kind: 'open', errorWord: 'permanent', errorCode: 'http-422', httpStatus: 422, errorDetail: `字段 data.applicant.certNo 有误 ${projectNo}`,
    at: new Date(), ...rest,
  }));
  await upsertCases(bench.db, projectNos.map((projectNo) => aCase(projectNo, { hall_code: hall })));
  const events = await insertEvents(bench.db, projectNos.map((projectNo) => anEvent(projectNo, `e-${projectNo}`)));
  await insertTransfers(bench.db, failures.map((one, index) => aTransfer(one.projectNo, `tr_${one.projectNo}`, events[index]?.seq ?? 0, {
    destination: one.destination, kind: one.kind, status: 'failed', error_word: one.errorWord, error_code: one.errorCode, error_detail: one.errorDetail,
    http_status: one.httpStatus, failure_group: failureGroupOf(one), failed_at: one.at,
  })));
  await bench.db.transaction().execute((trx) => countFailures(trx, failures));
  return { id: failures[0] === undefined ? '' : failureGroupOf(failures[0]) ?? '', projectNos };
}

const list = async (query = ''): Promise<FailureGroupPage> => (await op.get<FailureGroupPage>(`/api/failure-groups${query}`)).body;
const one = async (id: string, query = ''): Promise<FailureGroupDetailAnswer> => (await op.get<FailureGroupDetailAnswer>(`/api/failure-groups/${id}${query}`)).body;
type Change = Record<string, unknown>;
const patch = <T = FailureGroupChangedAnswer>(id: string, seen: number | null, body: Change, headers: Record<string, string> = {}, who = op): Promise<OpsAnswer<T>> =>
  who.send<T>('PATCH', `/api/failure-groups/${id}`, { reason: '值班处置', ...body }, { ...(seen === null ? {} : { 'if-match': `"${seen}"` }), ...headers });
const evidence = async (): Promise<unknown[]> => (await bench.db.selectFrom('evidence').select('entry').where('subject_kind', '=', 'failure-group').orderBy('seq').execute())
  .map(({ entry }) => JSON.parse(entry) as unknown);

describe('GET /api/failure-groups', () => {
  it('shows each cause once, last struck first, with what is failed now, the cases, the class and the last 24 hours', async () => {
    await failed(3, { at: new Date(Date.now() - 90 * MINUTE) });
    await failed(2, { destination: 'hall:410203', kind: 'result', errorWord: 'retryable', errorCode: 'http-503', httpStatus: 503, errorDetail: null });
    const { items } = await list();
    expect(items).toMatchObject([
      { destination: 'hall:410203', class: 'hall', classZh: '区厅', status: 'new', failedNow: 2, casesNow: 2, occurrences: 2, field: null, newSince: null },
      { destination: 'centre', class: 'data', failedNow: 3, field: 'data.applicant.certNo', text: '字段 <字段> 有误 <*>', errorCode: 'http-422', httpStatus: 422 },
    ]);
    expect(items.map(({ hours }) => [hours.length, hours.at(-1), hours.reduce((all, count) => all + count, 0)])).toEqual([[24, 2, 2], [24, 0, 3]]);
  });

  it.each([
    ['?class=hall', 1], ['?class=ours', 0], ['?destination=centre', 2], ['?hall=410203', 1], ['?hall=410202', 1], ['?hall=410205', 0], ['?status=new', 3], ['?status=resolved', 0],
    ['?since=2099-01-01', 0], ['?by=signature', 3],
  ])('%s finds %i groups', async (query, count) => {
    await failed(1, { hall: '410204' });
    await failed(1, { hall: '410202', errorCode: 'http-400', httpStatus: 400 });
    await failed(1, { destination: 'hall:410203', errorWord: 'retryable', errorCode: 'http-503', hall: '410203' });
    expect((await list(query)).items).toHaveLength(count);
  });

  it('walks through all of them without repeating any, and says how many struck again behind it', async () => {
    for (const code of ['a', 'b', 'c', 'd', 'e']) await failed(1, { errorCode: code, at: new Date(Date.now() - 10 * MINUTE + made * 1_000) });
    const first = await list('?limit=2');
    await failed(1, { errorCode: 'a' });
    const second = await list(`?limit=2&cursor=${first.nextCursor ?? ''}`);
    expect([first, second].flatMap(({ items }) => items.map(({ errorCode }) => errorCode))).toEqual(['e', 'd', 'c', 'b']);
    expect([first.struckMeanwhile, second.struckMeanwhile]).toEqual([0, 1]);
    expect((await op.get<ProblemAnswer>(`/api/failure-groups?cursor=${Buffer.from('["2026-11-23T00:00:00.000000Z","x"]').toString('base64url')}`)).status).toBe(422);
  });

  it('puts them together by type, hall, status and field', async () => {
    await failed(2, { hall: '410204' });
    await failed(1, { hall: '410202', errorDetail: null });
    await failed(4, { destination: 'hall:410203', kind: 'result', errorWord: 'retryable', errorCode: 'http-503', httpStatus: 503, errorDetail: null, hall: '410203' });
    const keys = async (by: string): Promise<unknown> => (await list(`?by=${by}`)).buckets.map(({ key, keyZh, groups, failedNow }) => [key, keyZh, groups, failedNow]);
    expect(await keys('type')).toEqual([['result', '办结', 1, 4], ['open', '收件', 2, 3]]);
    expect(await keys('hall')).toEqual([['410203', '顺河回族区政务服务大厅', 1, 4], ['410204', '鼓楼区政务服务大厅', 1, 2], ['410202', '龙亭区政务服务大厅', 1, 1]]);
    expect(await keys('http-status')).toEqual([['503', 'HTTP 503', 1, 4], ['422', 'HTTP 422', 2, 3]]);
    expect(await keys('field')).toEqual([[null, '没有指明字段', 2, 5], ['data.applicant.certNo', 'data.applicant.certNo', 1, 2]]);
  });
});

describe('GET /api/failure-groups/{id}', () => {
  it('tells all that a person needs: examples, whom to call, where it says what to do, what may be done', async () => {
    const { id, projectNos } = await failed(7);
    const answer = await op.get<FailureGroupDetailAnswer>(`/api/failure-groups/${id}`);
    expect(answer.headers.get('etag')).toBe('"1"');
    expect(answer.body).toMatchObject({
      groupId: id, failedNow: 7, casesNow: 7, runbook: 'docs/failures.md#http-422', nextStatuses: ['acknowledged', 'in-progress', 'resolved', 'ignored'], history: [], similar: [],
      contacts: [{ side: 'hall:410204', name: '测试乙', phone: '0371-2', org: '大厅' }], classExplainZh: expect.stringContaining('更正'),
    });
    expect(answer.body.examples).toHaveLength(5);
    expect(projectNos).toContain(answer.body.examples[0]?.projectNo);
  });

  it.each([
    [{ errorCode: 'http-401' }, 'ours', '测试丙'], [{ errorCode: 'http-409' }, 'centre', '测试甲'], [{ errorCode: 'http-409', destination: 'hall:410203' }, 'hall:410203', '测试乙'],
    [{ destination: 'hall:410203' }, 'centre', '测试甲'],
  ] as const)('names who must act on %j: %s', async (given, side, name) => {
    const { id } = await failed(1, given);
    expect((await one(id)).contacts).toMatchObject([{ side, name }]);
  });

  it('counts what is new since a moment by itself: it never joins silently', async () => {
    const { id } = await failed(3, { at: new Date(Date.now() - 10 * MINUTE) });
    const cutoff = new Date(Date.now() - 5 * MINUTE).toISOString();
    expect(await one(id, `?since=${cutoff}`)).toMatchObject({ failedNow: 3, newSince: 0 });
    await failed(2);
    expect(await one(id, `?since=${cutoff}`)).toMatchObject({ failedNow: 5, newSince: 2 });
  });

  it('shows how groups like it were resolved', async () => {
    const before = await failed(1, { destination: 'hall:410203' });
    await patch(before.id, 1, { status: 'resolved', reason: '区厅更正了证件号规则' });
    const { id } = await failed(1);
    expect((await one(id)).similar).toMatchObject([{ groupId: before.id, reason: '区厅更正了证件号规则' }]);
  });

  it('shows one failure with what varies told apart, the halls that are struck, and who mended it the last time', async () => {
    const { id } = await failed(2, { hall: '410204' });
    await failed(1, { hall: '410202' });
    const group = await one(id);
    expect(group.representative).toMatchObject([{ text: '字段 ', kind: 'same' }, { text: 'data.applicant.certNo', kind: 'field' }, { text: ' 有误 ', kind: 'same' }, { kind: 'varies' }]);
    expect(group.halls).toEqual([
      { hallCode: '410204', hallZh: '鼓楼区政务服务大厅', failedNow: 2 }, { hallCode: '410202', hallZh: '龙亭区政务服务大厅', failedNow: 1 },
    ]);
    expect(group.lastFix).toBeNull();
    await patch(id, 1, { status: 'resolved', reason: '中心改了规则' });
    await failed(1, { at: new Date(Date.now() + 1_000) });
    expect(await one(id)).toMatchObject({ status: 'new', recurrences: 1, lastFix: { by: expect.any(String), reason: '中心改了规则' } });
  });

  it('is a problem for what is no group', async () => {
    expect((await op.get<ProblemAnswer>('/api/failure-groups/fg_000000000000000000000000')).body).toMatchObject({ status: 404, code: 'failure-group-unknown' });
    expect((await op.get<ProblemAnswer>('/api/failure-groups/7')).status).toBe(422);
  });
});

describe('PATCH /api/failure-groups/{id}', () => {
  it('acknowledges, assigns, notes and resolves, says what came of it, and keeps a record of each', async () => {
    const { id } = await failed(1);
    const taken = await patch(id, 1, { status: 'acknowledged', owner: '测试甲', note: '已电话联系', ticket: 'T-1' });
    expect(taken.body).toEqual({ outcome: 'changed', outcomeZh: '已更改', groupId: id, version: 2, status: 'acknowledged', statusZh: '已确认', owner: '测试甲', note: '已电话联系' });
    expect(taken.headers.get('etag')).toBe('"2"');
    expect((await patch(id, 2, { status: 'resolved', owner: null })).body).toMatchObject({ version: 3, status: 'resolved', owner: null, note: '已电话联系' });
    const group = await one(id);
    expect(group).toMatchObject({ status: 'resolved', resolvedAt: expect.any(String), nextStatuses: ['in-progress', 'ignored'] });
    expect(group.history).toMatchObject([{ from: 'acknowledged', to: 'resolved', reason: '值班处置' }, { from: 'new', to: 'acknowledged', owner: '测试甲', ticket: 'T-1' }]);
    expect((await evidence()).slice(-2)).toMatchObject([
      { action: 'failure-group.changed', subject: id, reason: '值班处置', result: 'done', facts: { after: { status: 'acknowledged' } } }, { facts: { after: { status: 'resolved' } } },
    ]);
  });

  it('refuses whoever has not seen the present version, and says what is there now', async () => {
    const { id } = await failed(1);
    expect((await patch<ProblemAnswer>(id, null, { status: 'acknowledged' })).body).toMatchObject({ status: 428, code: 'if-match-missing' });
    await patch(id, 1, { status: 'acknowledged' });
    const late = await patch<ProblemAnswer>(id, 1, { status: 'ignored' });
    expect(late.body).toMatchObject({ status: 412, code: 'changed-meanwhile', detailZh: expect.stringContaining('已确认') });
    expect((await one(id)).status).toBe('acknowledged');
  });

  it('lets one of two who write at the same time through', async () => {
    const { id } = await failed(1);
    const both = await Promise.all([patch(id, 1, { status: 'acknowledged' }), patch(id, 1, { status: 'ignored' })]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 412]);
  });

  it.each([
    ['resolved', 'acknowledged', 'transition-forbidden'], ['ignored', 'ignored', 'nothing-to-change'],
  ])('does not make %s into %s, and says so instead of 200', async (from, to, code) => {
    const { id } = await failed(1);
    await patch(id, 1, { status: from });
    expect((await patch<ProblemAnswer>(id, 2, { status: to })).body).toMatchObject({ status: 409, code });
    expect((await one(id)).version).toBe(2);
  });

  it('is told when the group came back while somebody was about to write', async () => {
    const { id } = await failed(1);
    await patch(id, 1, { status: 'resolved' });
    await failed(1, { at: new Date(Date.now() + 1_000) });
    expect((await patch<ProblemAnswer>(id, 2, { status: 'ignored' })).body).toMatchObject({ status: 412 });
    expect(await one(id)).toMatchObject({ status: 'new', recurrences: 1, version: 3, resolvedAt: expect.any(String) });
  });

  it('answers a repetition with the same key as the first time', async () => {
    const { id } = await failed(1);
    const key = { 'idempotency-key': `k-${id}` };
    const [first, again] = [await patch(id, 1, { status: 'acknowledged' }, key), await patch(id, 1, { status: 'acknowledged' }, key)];
    expect(again.body).toEqual(first.body);
    expect((await one(id)).history).toHaveLength(1);
  });

  it.each([
    [{ reason: '好' }], [{ reason: undefined }], [{ status: 'new' }], [{ status: 'gone' }], [{ note: '请联系 13800138000' }], [{ owner: '<b>' }], [{ runbook: 'javascript:alert(1)' }], [{ surprise: 1 }],
  ])('refuses %j', async (body) => {
    const { id } = await failed(1);
    expect((await patch<ProblemAnswer>(id, 1, { status: 'acknowledged', ...body })).body).toMatchObject({ status: 422, code: 'query-broken' });
  });

  it.each([['viewer', 403], ['operator', 200], ['supervisor', 200], ['auditor', 403], ['administrator', 403]] as const)('as %s is %i', async (role, status) => {
    const { id } = await failed(1);
    expect((await patch(id, 1, { status: 'acknowledged' }, {}, await bench.server.as(role))).status).toBe(status);
    expect((await (await bench.server.as(role)).get(`/api/failure-groups/${id}`)).status).toBe(200);
  });
});
