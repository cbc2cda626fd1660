import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { withDatabase } from '../../../../../test/support/index.ts';
import { recordAction } from '../../evidence/record-action.ts';
import { closeAlerts, openAlerts } from '../../ledger/alert-rows.ts';
import type { AccountPage } from '../accounts/account.answer.ts';
import { putCase } from '../ledger-rows.fixture.ts';
import { openBench } from '../ops-bench.fixture.ts';
import type { OpsBench } from '../ops-bench.fixture.ts';
import type { OpsClient } from '../ops-server.fixture.ts';
import type { ShiftDetailAnswer, ShiftNoteAnswer, ShiftPage, ShiftSignedAnswer } from './shift-note.answer.ts';

const database = withDatabase();
let bench: OpsBench;
let operator: OpsClient;

beforeAll(async () => {
  bench = await openBench(database.url, { environmentName: '演练' });
  operator = await bench.server.as('operator');
  await openAlerts(bench.db, ['circuit-open', 'queue-missing', 'redis-unsafe'].map((condition) => ({ condition, subject: 'centre', detail_zh: '不通 13800000001', detail_en: 'x', facts: {} })));
  await closeAlerts(bench.db, [2, 3]);
  await sql`update alerts set opened_at = now() - interval '40 hours', closed_at = now() - interval '20 hours' where seq = 3`.execute(bench.db);
  await operator.post('/api/channels/intake:410204/pause', { reason: '中心系统升级' }, { 'if-match': '"0"' });
  await operator.post('/api/alerts/1/acknowledge', { reason: '已联系|中心网络组' }, { 'if-match': '"1"' });
  await bench.db.transaction().execute(async (trx) => {
    const caller = { id: 'account:1', name: '测试丙', address: '127.0.0.1' };
    for (const action of ['transfer.discarded', 'session.opened', 'transfer.revealed']) await recordAction(trx, { caller, action, subjectKind: 'transfer', subject: 'tr_1', reason: '重复件', result: 'done' });
  });
  await sql`insert into circuit_changes (destination, app, instance, from_state, to_state, reason, at) values ('centre', 'centre-adapter', 'host-1', 'closed', 'open', 'http-503', now())`.execute(bench.db);
  await putCase(bench.db, 'KF-OVERDUE', { status: 'IN_REVIEW', promise_due_at: new Date(Date.now() - 3_600_000) }, ['failed']);
  await putCase(bench.db, 'KF-SOON', { status: 'ACCEPTED', promise_due_at: new Date(Date.now() + 3_600_000) });
  await putCase(bench.db, 'KF-DONE', { status: 'COMPLETED', promise_due_at: new Date(Date.now() + 3_600_000), completed_at: new Date() });
  await putCase(bench.db, 'KF-FAR', { status: 'ACCEPTED', promise_due_at: new Date(Date.now() + 50 * 3_600_000) });
});
afterAll(() => bench.close());

const note = async (query = ''): Promise<ShiftNoteAnswer> => (await bench.server.get<ShiftNoteAnswer>(`/api/shifts/note${query}`)).body;
/** As the records name the person. */
const OPERATOR = expect.stringContaining('operator');
const HIDDEN = expect.not.stringContaining('13800000001');

describe('the note of a shift', () => {
  it('tells what is open and who has it, what was done and what to watch, of the last twelve hours', async () => {
    const told = await note();
    expect(told.environment).toBe('演练');
    expect(told.alerts.map(({ condition, status, acknowledged }) => [condition, status, acknowledged?.by ?? null])).toEqual([['queue-missing', 'resolved', null], ['circuit-open', 'acknowledged', OPERATOR]]);
    expect(told.pausedChannels).toMatchObject([{ channel: 'intake:410204', reason: '中心系统升级', pausedBy: OPERATOR, held: 0 }]);
    expect(told.now).toMatchObject({ failed: [{ destination: 'centre', count: 1 }], deadLetters: 0 });
    expect(told.deadlines.map(({ projectNo, overdue }) => [projectNo, overdue])).toEqual([['KF-OVERDUE', true], ['KF-SOON', false]]);
  });

  it('tells what was done about messages, and never who logged in or looked at what', async () => {
    const told = await note();
    expect(told.actions.map(({ action }) => action)).toEqual(['transfer.discarded', 'alert.acknowledged', 'channel.paused']);
    expect(told.actionCounts).toEqual(expect.arrayContaining([{ action: 'transfer.discarded', actionZh: '放弃投递', count: 1 }]));
    expect(JSON.stringify(told)).not.toMatch(/session\.opened|revealed/);
  });

  it('tells whose account came into another\'s hands', async () => {
    const administrator = await bench.server.as('administrator');
    await administrator.post('/api/accounts', { name: 'guanli2', displayName: '管理员二', roles: ['administrator'], reason: '第二位管理员' });
    const { body: { items: [made] } } = await administrator.get<AccountPage>('/api/accounts?limit=1');
    await administrator.send('PUT', `/api/accounts/${made?.accountId ?? ''}/roles`, { reason: '改任审计', roles: ['auditor'] }, { 'if-match': '"1"' });
    await administrator.post(`/api/accounts/${made?.accountId ?? ''}/reset-password`, { reason: '忘记密码' }, { 'if-match': '"2"' });
    const { actions } = await note();
    expect(actions.slice(0, 3)).toMatchObject([['account.password-reset', '忘记密码'], ['account.roles-changed', '改任审计'], ['account.created', '第二位管理员']].map(([action, reason]) => ({ action, reason, subject: made?.accountId })));
  });

  it('tells neither from which address something was done nor its details: these are for auditors', async () => {
    const { actions } = await note();
    expect(actions).not.toHaveLength(0);
    expect(actions.flatMap((action) => Object.keys(action))).not.toEqual(expect.arrayContaining([expect.stringMatching(/address|facts/)]));
    expect(JSON.stringify(actions)).not.toContain('127.0.0.1');
  });

  it('counts the edits that somebody can still agree to', async () => {
    await sql`insert into transfer_edits (id, transfer_id, revision, attempts, state, author, author_person, author_name, reason, override, changed_paths, money_paths, sealed, key_version)
      select 'ed_1', id, revision, attempts, 'awaiting-approval', 'account:1', 'x', '甲', '更正', false, '[]', '[]', '', 1 from transfers where id = 'tr_KF-OVERDUE_0'`.execute(bench.db);
    expect((await note()).now.pendingEdits).toBe(1);
    await sql`update transfer_edits set created_at = now() - interval '8 days'`.execute(bench.db);
    expect((await note()).now.pendingEdits).toBe(0);
    await sql`update transfer_edits set created_at = now(), attempts = attempts - 1`.execute(bench.db);
    expect((await note()).now.pendingEdits).toBe(0);
    await sql`delete from transfer_edits`.execute(bench.db);
  });

  it('shows no personal number, in JSON or Markdown, and lets no text become markup', async () => {
    expect(JSON.stringify(await note())).toEqual(HIDDEN);
    const { status, text, headers } = await bench.server.get('/api/shifts/note/markdown');
    expect([status, headers.get('content-type')]).toEqual([200, 'text/markdown; charset=utf-8']);
    expect(text).toEqual(HIDDEN);
    expect(text).toMatch(/^# 交班记录（演练）\n/);
    expect(text).toMatch(/市住房公积金管理中心：断开（停止投递），http-503/);
    expect(text).toMatch(/operator.* 确认：已联系\\\|中心网络组/);
    for (const heading of ['现在', '持续中的告警', '失败分组', '要盯的期限', '各方接口', '暂停的通道', '计划维护', '批量操作', '操作']) expect(text).toContain(`\n## ${heading}\n`);
  });

  it('serves as the report of an incident: from one moment to another, at most three days', async () => {
    const at = (hours: number): string => encodeURIComponent(new Date(Date.now() - hours * 3_600_000).toISOString());
    expect((await note(`?from=${at(45)}&to=${at(15)}`)).alerts.map(({ condition }) => condition)).toEqual(['redis-unsafe']);
    expect((await note('?hours=48')).alerts).toHaveLength(3);
    for (const wrong of ['?hours=73', '?hours=0', `?from=${at(80)}`, `?from=${at(1)}&to=${at(2)}`, `?hours=3&from=${at(2)}`]) expect((await bench.server.get(`/api/shifts/note${wrong}`)).status).toBe(422);
  });
});

describe('signing a shift over', () => {
  it('keeps the note as it is now, with a digest that the records hold too, and reads it back', async () => {
    const key = { 'idempotency-key': 'sign-1' };
    const signed = await operator.post<ShiftSignedAnswer>('/api/shifts', { reason: '中心维护到早八点，盯 KF-SOON' }, key);
    expect([signed.status, signed.body]).toMatchObject([200, { outcome: 'signed', signedBy: OPERATOR, note: '中心维护到早八点，盯 KF-SOON' }]);
    expect((await operator.post<ShiftSignedAnswer>('/api/shifts', { reason: '中心维护到早八点，盯 KF-SOON' }, key)).body).toEqual(signed.body);
    const { body: { items } } = await bench.server.get<ShiftPage>('/api/shifts');
    expect(items).toMatchObject([{ shiftId: signed.body.shiftId, digest: signed.body.digest }]);
    const { body } = await bench.server.get<ShiftDetailAnswer>(`/api/shifts/${signed.body.shiftId}`);
    expect([body.intact, body.document.deadlines.length, body.document.pausedChannels.length]).toEqual([true, 2, 1]);
    const record = await bench.db.selectFrom('evidence').select('entry').where('action', '=', 'shift.signed').executeTakeFirstOrThrow();
    expect(JSON.parse(record.entry)).toMatchObject({ subject: String(signed.body.shiftId), facts: { digest: signed.body.digest } });
    expect((await bench.server.get(`/api/shifts/${signed.body.shiftId}/markdown`)).text).toContain('# 交班记录');
  });

  it('says so when somebody has touched what was signed', async () => {
    const { body: { shiftId } } = await operator.post<ShiftSignedAnswer>('/api/shifts', { reason: '平安无事' });
    await sql`update shifts set document = replace(document, '中心系统升级', '无') where seq = ${shiftId}`.execute(bench.db);
    expect((await bench.server.get<ShiftDetailAnswer>(`/api/shifts/${shiftId}`)).body.intact).toBe(false);
  });

  it('is paged, newest first, and is nothing for who may only look', async () => {
    const { body: first } = await bench.server.get<ShiftPage>('/api/shifts?limit=1');
    const { body: second } = await bench.server.get<ShiftPage>(`/api/shifts?limit=1&cursor=${first.nextCursor ?? ''}`);
    expect([first.items[0]?.note, second.items[0]?.note, second.nextCursor]).toEqual(['平安无事', '中心维护到早八点，盯 KF-SOON', null]);
    expect((await (await bench.server.as('viewer')).post('/api/shifts', { reason: '平安无事' })).status).toBe(403);
    expect((await bench.server.get('/api/shifts/999999')).status).toBe(404);
  });
});
