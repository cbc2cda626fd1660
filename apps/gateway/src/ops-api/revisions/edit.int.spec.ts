import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TransferOrder, WorkItem } from '#contracts';
import { sql } from 'kysely';
import { withDatabase } from '../../../../../test/support/index.ts';
import { eventOf, newProjectNo, receiptOf } from '../../case-events.fixture.ts';
import { openJson, sealJson } from '../../ledger/sealed-json.ts';
import type { TransferRow } from '../../ledger/transfer-rows.ts';
import { ReplayBench } from '../../operations/replay-bench.fixture.ts';
import type { OpsClient } from '../ops-server.fixture.ts';
import type { ProblemAnswer } from '../problems/problem.answer.ts';
import type { EditActionAnswer, EditCheckAnswer, EditDetailAnswer, PendingEditPage, RevisionList } from './edit.answer.ts';
import type { FormAnswer } from './form.answer.ts';

const database = withDatabase();
const WHY = { reason: '大厅来电更正，已核对申请表' };
const CERT_NO = '410204199001010002';
const OTHER_CERT_NO = '410204199103150006';
const ACCOUNT = '6200000000000000009';
const PERSONAL = [CERT_NO, OTHER_CERT_NO, ACCOUNT, '6200000000000000001', '13800000001', '测试甲'];
const REGION = { path: 'application.regionCode', value: '410204001' };
const PAYEE = { path: 'application.payee.accountNo', value: ACCOUNT };
let bench: ReplayBench;
/** Another supervisor than the bench's. */
let second: OpsClient;

beforeAll(async () => {
  bench = await ReplayBench.open(database.url);
  second = await bench.server.as('supervisor');
});
afterAll(() => bench.close());

type Answer = EditActionAnswer & ProblemAnswer;
const edit = (id: string, changes: object[] = [REGION], revision = 1, headers = {}, who = bench.supervisor) =>
  who.post<Answer>(`/api/transfers/${id}/edit`, { ...WHY, changes }, { 'if-match': `"${revision}"`, ...headers });
const decide = (id: string, editId: string | null, verb: 'approve' | 'reject', who: OpsClient) => who.post<Answer>(`/api/transfers/${id}/edit/${editId ?? ''}/${verb}`, WHY);
const revisions = async (id: string): Promise<RevisionList> => (await bench.operator.get<RevisionList>(`/api/transfers/${id}/revisions`)).body;
const payloadsOf = (id: string): WorkItem[] => bench.server.published.filter(({ body }) => (body as TransferOrder).transferId === id).map(({ body }) => (body as TransferOrder).payload as WorkItem);

async function aFailed(): Promise<TransferRow> {
  const [transfer] = await bench.failedCases(1);
  if (transfer === undefined) throw new Error('no transfer');
  return transfer;
}

async function carried(id: string): Promise<WorkItem> {
  const { sealed, key_version: version } = await bench.one(id);
  if (sealed === null || version === null) throw new Error('carries nothing');
  return openJson<WorkItem>(bench.gateway.keys, { sealed, key_version: version });
}

async function claim(id: string): Promise<void> {
  await bench.gateway.db.insertInto('operations').values({
    id: `op_${id}`, kind: 'replay', status: 'ready', creator: 'x', creator_person: 'x', creator_name: 'x', reason: 'other', selection: '{}', cutoff: new Date(),
    rate_per_second: 1, max_in_flight: 1, ladder: '[]', abort_ratio: 1, abort_on_new: false, override: false,
  }).execute();
  await bench.gateway.db.insertInto('operation_claims').values({ transfer_id: id, operation_id: `op_${id}` }).execute();
}

describe('the form of a failed transfer', () => {
  it('has every field with its label and its value, the personal ones masked, and the revision as ETag', async () => {
    const { id } = await aFailed();
    const { body, headers, text } = await bench.supervisor.get<FormAnswer>(`/api/transfers/${id}/form`);
    expect(headers.get('etag')).toBe('"1"');
    expect(body.values.find(({ path }) => path === 'application.applicant.certNo')).toEqual({ path: 'application.applicant.certNo', zh: '证件号码', access: 'sensitive', value: '**************0002' });
    expect(body.values.find(({ path }) => path === 'application.amount')).toMatchObject({ access: 'free', value: '80000.00' });
    expect(body.values.find(({ path }) => path === 'application.materials[1].materialCode')).toMatchObject({ access: 'locked', value: 'ID_SELF' });
    expect(PERSONAL.filter((one) => text.includes(one))).toEqual([]);
  });

  it('checks changes without writing: problems, the difference, and what would be sent, none of it personal', async () => {
    const { id } = await aFailed();
    const { body, text } = await bench.supervisor.post<EditCheckAnswer>(`/api/transfers/${id}/edit/check`, {
      changes: [REGION, PAYEE, { path: 'application.applicant.certNo', value: '410204199103150007' }],
    });
    expect(body).toMatchObject({
      sound: false, needsApproval: true, problems: [{ field: 'application.applicant.certNo', rule: 'checksum' }],
      diff: [{ path: REGION.path, before: '410204', after: '410204001' }, { path: PAYEE.path, money: true, before: '***************0001', after: '***************0009' }, { before: '**************0002', after: '**************0007' }],
    });
    expect(body.wouldSend.find(({ path }) => path === REGION.path)?.value).toBe('410204001');
    expect([...PERSONAL, '410204199103150007'].filter((one) => text.includes(one))).toEqual([]);
    expect(await bench.one(id)).toMatchObject({ status: 'failed', revision: 1 });
  });

  it('refuses a locked field by name, at the check and at the edit', async () => {
    const { id } = await aFailed();
    const locked = [{ path: 'projectNo', value: 'P-other' }];
    for (const { body } of [await bench.supervisor.post<Answer>(`/api/transfers/${id}/edit/check`, { changes: locked }), await edit(id, locked)]) {
      expect(body).toMatchObject({ status: 422, code: 'field-locked', errors: [{ field: 'projectNo', rule: 'locked' }] });
    }
    expect(await bench.one(id)).toMatchObject({ status: 'failed', revision: 1 });
  });
});

describe('an edit', () => {
  it('replaces the payload, keeps the old one for ever, and goes out under the same id as the next attempt', async () => {
    const { id } = await aFailed();
    const old = await carried(id);
    const { status, body } = await edit(id);
    expect({ status, body }).toMatchObject({ status: 200, body: { outcome: 'accepted', revision: 2, attempt: 2, changedPaths: [REGION.path], editId: null } });
    expect(bench.ordersOf(id)).toEqual([{ attempt: 2, resend: true }]);
    expect(payloadsOf(id)).toEqual([{ ...old, application: { ...old.application, regionCode: REGION.value } }]);
    const kept = await bench.gateway.db.selectFrom('transfer_revisions').selectAll().where('transfer_id', '=', id).executeTakeFirstOrThrow();
    expect(openJson(bench.gateway.keys, { sealed: kept.sealed ?? Buffer.of(), key_version: kept.key_version ?? 0 })).toEqual(old);
    await expect(sql`update transfer_revisions set reason = 'x'`.execute(bench.gateway.db)).rejects.toThrow('append-only');
    await expect(sql`delete from transfer_revisions`.execute(bench.gateway.db)).rejects.toThrow('append-only');
    expect((await revisions(id)).items).toMatchObject([{ revision: 2, outcome: 'sending', changedPaths: [REGION.path], attemptsBefore: 1 }]);
    await bench.gateway.receipts(receiptOf(await bench.one(id)));
    expect((await revisions(id)).items).toMatchObject([{ outcome: 'accepted' }]);
  });

  it('of two at once one wins, the other is told, and one order leaves', async () => {
    const { id } = await aFailed();
    const answers = await Promise.all([1, 2, 3, 4].map((n) => edit(id, [{ ...REGION, value: `41020400${n}` }])));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412, 412, 412]);
    expect(answers.find(({ status }) => status === 412)?.body).toMatchObject({ code: 'changed-meanwhile' });
    expect(bench.ordersOf(id)).toHaveLength(1);
    expect(await bench.one(id)).toMatchObject({ revision: 2, attempts: 2 });
  });

  it('and a replay at once: one of them happens, and what is under way is what was sent', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { id } = await aFailed();
      const [edited, replayed] = await Promise.all([edit(id), bench.operator.post(`/api/transfers/${id}/replay`, WHY)]);
      expect([edited.status, replayed.status].sort()).toEqual([200, 409]);
      expect(payloadsOf(id)).toEqual([await carried(id)]);
      expect((await carried(id)).application?.regionCode).toBe(edited.status === 200 ? REGION.value : '410204');
    }
  });

  it('asked again with its key does nothing more, and the key betrays nothing', async () => {
    const { id } = await aFailed();
    const key = { 'idempotency-key': `edit-${id}` };
    const answers = [await edit(id, [REGION], 1, key), await edit(id, [REGION], 1, key)];
    expect(answers.map(({ status, body }) => [status, body.attempt])).toEqual([[200, 2], [200, 2]]);
    expect(bench.ordersOf(id)).toHaveLength(1);
  });

  it.each(['claimed', 'already-delivered', 'already-discarded', 'not-failed'])('is refused when the transfer is %s', async (code) => {
    const transfer = await aFailed();
    if (code === 'claimed') await claim(transfer.id);
    else if (code === 'already-discarded') await bench.supervisor.post(`/api/transfers/${transfer.id}/discard`, WHY);
    else await bench.operator.post(`/api/transfers/${transfer.id}/replay`, WHY);
    if (code === 'already-delivered') await bench.gateway.receipts(receiptOf(await bench.one(transfer.id)));
    const before = await bench.one(transfer.id);
    const orders = bench.ordersOf(transfer.id).length;
    expect((await edit(transfer.id)).body).toMatchObject({ status: 409, code });
    expect(await bench.one(transfer.id)).toEqual(before);
    expect(bench.ordersOf(transfer.id)).toHaveLength(orders);
  });

  it('needs the version that was seen, something to change, and a payload that the contract takes', async () => {
    const { id } = await aFailed();
    expect((await bench.supervisor.post<Answer>(`/api/transfers/${id}/edit`, { ...WHY, changes: [REGION] })).body).toMatchObject({ status: 428, code: 'if-match-missing' });
    expect((await edit(id, [REGION], 7)).body).toMatchObject({ status: 412 });
    expect((await edit(id, [{ ...REGION, value: '410204' }])).body).toMatchObject({ status: 409, code: 'nothing-to-change' });
    const { body, text } = await edit(id, [{ path: 'application.applicant.certNo', value: '410204199103150007' }]);
    expect(body).toMatchObject({ status: 422, code: 'edit-broken', errors: [{ field: 'application.applicant.certNo' }] });
    expect(text).not.toContain('410204199103150007');
    expect((await edit(id, [{ path: 'application.applicant.name', value: null as unknown as string }])).body).toMatchObject({ status: 422, errors: [{ rule: 'required' }] });
    expect(await bench.one(id)).toMatchObject({ status: 'failed', revision: 1 });
  });

  it('leaves no personal value in answers, records or the tables it writes', async () => {
    const { id } = await aFailed();
    const answer = await edit(id, [{ path: 'application.applicant.certNo', value: OTHER_CERT_NO }, { path: 'application.applicant.mobile', value: '13900000009' }], 1, { 'idempotency-key': `leak-${id}` });
    expect(answer.status).toBe(200);
    const list = await bench.operator.get(`/api/transfers/${id}/revisions`);
    const rows = await Promise.all(['evidence', 'ops_requests', 'transfer_revisions', 'transfer_edits'].map((table) => sql`select t::text from ${sql.table(table)} t`.execute(bench.gateway.db)));
    const everything = [answer.text, list.text, ...rows.map(({ rows: lines }) => JSON.stringify(lines))].join('\n');
    expect([...PERSONAL, '13900000009'].filter((one) => everything.includes(one))).toEqual([]);
    expect((await carried(id)).application?.applicant.certNo).toBe(OTHER_CERT_NO);
  });

  it('is for those who may edit; looking at the form, too', async () => {
    const { id } = await aFailed();
    const asked = [
      await bench.operator.get<ProblemAnswer>(`/api/transfers/${id}/form`), await bench.operator.post<ProblemAnswer>(`/api/transfers/${id}/edit/check`, { changes: [REGION] }),
      await edit(id, [REGION], 1, {}, bench.operator), await bench.operator.post<ProblemAnswer>(`/api/transfers/${id}/return`, { ...WHY, items: [{ path: REGION.path, problem: '区划不符' }] }),
      await decide(id, 'ed_00000000-0000-4000-8000-000000000000', 'approve', bench.operator), await decide(id, 'ed_00000000-0000-4000-8000-000000000000', 'reject', bench.operator),
      await bench.server.get<ProblemAnswer>(`/api/transfers/${id}/edit/ed_00000000-0000-4000-8000-000000000000`),
    ];
    expect(asked.map(({ status, body }) => [status, body.code])).toEqual(asked.map(() => [403, 'forbidden']));
    expect(await bench.server.get('/api/edits')).toMatchObject({ status: 200 });
    expect(await bench.server.get(`/api/transfers/${id}/revisions`)).toMatchObject({ status: 200 });
  });
});

describe('an original that arrives after all', () => {
  const copyArrives = async (transfer: TransferRow): Promise<void> => void await bench.gateway.receipts(receiptOf(transfer));

  it('counts as delivered, the edit is superseded, and its own receipt changes nothing', async () => {
    const failed = await aFailed();
    expect((await edit(failed.id)).body.outcome).toBe('accepted');
    await copyArrives(failed);
    expect(await bench.one(failed.id)).toMatchObject({ status: 'delivered' });
    expect((await revisions(failed.id)).items).toMatchObject([{ revision: 2, outcome: 'superseded', outcomeZh: expect.stringContaining('原件已送达') }]);
    await bench.gateway.receipts(receiptOf(await bench.one(failed.id), { outcome: 'permanent', httpStatus: 409, errorCode: 'http-409', errorDetail: '对方应答 HTTP 409' }));
    expect(await bench.one(failed.id)).toMatchObject({ status: 'delivered' });
    expect((await edit(failed.id, [REGION], 2)).body).toMatchObject({ status: 409, code: 'already-delivered' });
    expect((await revisions(failed.id)).items).toMatchObject([{ outcome: 'superseded' }]);
  });

  it('is seen also when the edit was reported first: the edit may not be what took effect', async () => {
    const failed = await aFailed();
    await edit(failed.id);
    await bench.gateway.receipts(receiptOf(await bench.one(failed.id)));
    expect((await revisions(failed.id)).items).toMatchObject([{ outcome: 'accepted' }]);
    await copyArrives(failed);
    expect((await revisions(failed.id)).items).toMatchObject([{ outcome: 'superseded' }]);
  });

  it('is suspected where the receiver says that it has the id already, or had it with another content', async () => {
    const [{ id: told }, { id: reused }] = [await aFailed(), await aFailed()];
    await edit(told);
    await bench.gateway.receipts(receiptOf(await bench.one(told), { errorDetail: '核对接口确认对方已收到，未重发' }));
    expect((await revisions(told)).items).toMatchObject([{ outcome: 'superseded', outcomeZh: expect.stringContaining('已有同一编号') }]);
    await edit(reused);
    await bench.gateway.receipts(receiptOf(await bench.one(reused), { outcome: 'permanent', httpStatus: 409, errorCode: 'http-409', errorDetail: '对方应答 HTTP 409' }));
    expect(await bench.one(reused)).toMatchObject({ status: 'failed' });
    expect((await revisions(reused)).items).toMatchObject([{ outcome: 'rejected', outcomeZh: expect.stringContaining('原件可能已经生效') }]);
  });
});

describe('an edit that touches money', () => {
  it('waits for another person; its author cannot approve it; then it goes', async () => {
    const { id } = await aFailed();
    const { body: { editId, ...proposed }, text } = await edit(id, [PAYEE, REGION]);
    expect(proposed).toMatchObject({ outcome: 'awaiting-approval', revision: 1, attempt: null, moneyPaths: [PAYEE.path] });
    expect(bench.ordersOf(id)).toEqual([]);
    expect(await bench.one(id)).toMatchObject({ status: 'failed', revision: 1 });
    const { body: { items }, text: listed } = await bench.operator.get<PendingEditPage>('/api/edits');
    expect(items.find((one) => one.editId === editId)).toMatchObject({ transferId: id, reason: WHY.reason });
    const { body: shown, text: detail } = await second.get<EditDetailAnswer>(`/api/transfers/${id}/edit/${editId ?? ''}`);
    expect(shown).toMatchObject({ state: 'awaiting-approval', diff: [{ path: PAYEE.path, after: '***************0009' }, { path: REGION.path }] });
    expect(PERSONAL.filter((one) => (text + listed + detail).includes(one))).toEqual([]);
    expect((await edit(id, [PAYEE])).body).toMatchObject({ status: 409, code: 'edit-pending' });

    expect((await decide(id, editId, 'approve', bench.supervisor)).body).toMatchObject({ status: 409, code: 'own-edit' });
    expect(bench.ordersOf(id)).toEqual([]);
    const answers = await Promise.all([decide(id, editId, 'approve', second), decide(id, editId, 'approve', second)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(answers.find(({ status }) => status === 200)?.body).toMatchObject({ outcome: 'accepted', revision: 2, attempt: 2 });
    expect(payloadsOf(id).map(({ application }) => application?.payee?.accountNo)).toEqual([ACCOUNT]);
    expect((await revisions(id)).items).toMatchObject([{ revision: 2, author: 'supervisor（supervisor）', approver: 'supervisor（supervisor）' }]);
    expect((await bench.recordsOf(id)).map(({ action }) => action)).toEqual(['transfer.edit-proposed', 'transfer.edit-approve', 'transfer.edit-approved']);
    expect((await bench.recordsOf(id))[1]).toMatchObject({ result: 'refused: own-edit' });
  });

  it('is superseded when the transfer was sent again meanwhile, even if that failed, too; nothing is changed', async () => {
    const { id } = await aFailed();
    const { body: { editId } } = await edit(id, [PAYEE]);
    await bench.operator.post(`/api/transfers/${id}/replay`, WHY);
    await bench.gateway.receipts(receiptOf(await bench.one(id), { outcome: 'permanent', httpStatus: 400, errorCode: 'http-400' }));
    expect(await bench.one(id)).toMatchObject({ status: 'failed', attempts: 2 });
    expect((await decide(id, editId, 'approve', second)).body).toMatchObject({ status: 409, code: 'edit-superseded' });
    expect(await bench.one(id)).toMatchObject({ status: 'failed', attempts: 2, revision: 1 });
    expect((await decide(id, editId, 'approve', second)).body).toMatchObject({ status: 409, code: 'edit-closed' });
    expect((await second.get<EditDetailAnswer>(`/api/transfers/${id}/edit/${editId ?? ''}`)).body).toMatchObject({ state: 'superseded', decidedBy: 'supervisor（supervisor）' });
  });

  it('can be rejected, also by its author, and then changes nothing', async () => {
    const { id } = await aFailed();
    const { body: { editId } } = await edit(id, [PAYEE]);
    expect((await decide(id, editId, 'reject', bench.supervisor)).body).toMatchObject({ outcome: 'rejected', revision: 1 });
    expect((await decide(id, editId, 'approve', second)).body).toMatchObject({ status: 409, code: 'edit-closed' });
    expect(await bench.one(id)).toMatchObject({ status: 'failed', revision: 1 });
  });

  it('is not approved while an operation has the transfer in hand; it goes on waiting', async () => {
    const { id } = await aFailed();
    const { body: { editId } } = await edit(id, [PAYEE]);
    await claim(id);
    expect((await decide(id, editId, 'approve', second)).body).toMatchObject({ status: 409, code: 'claimed' });
    await bench.gateway.db.deleteFrom('operation_claims').where('transfer_id', '=', id).execute();
    expect((await decide(id, editId, 'approve', second)).status).toBe(200);
  });
});

describe('a transfer that carries nothing because it could not be translated', () => {
  async function untranslated(certType: string): Promise<TransferRow> {
    const subject = newProjectNo();
    await bench.gateway.events(eventOf('case.received', { subject }));
    const [transfer] = await bench.gateway.transfers(subject);
    const found = await bench.gateway.db.selectFrom('cases').selectAll().where('project_no', '=', subject).executeTakeFirstOrThrow();
    const receipt = openJson<{ applicant: object }>(bench.gateway.keys, found);
    await bench.gateway.db.updateTable('cases').set(sealJson(bench.gateway.keys, { ...receipt, applicant: { ...receipt.applicant, certType } })).where('project_no', '=', subject).execute();
    await bench.gateway.db.updateTable('transfers').set({ status: 'failed', attempts: 0, sealed: null, key_version: null, error_word: 'invalid', error_code: 'not-translatable', error_detail: 'applicant.certType: 没有对应' })
      .where('id', '=', transfer?.id ?? '').execute();
    return bench.one(transfer?.id ?? '');
  }

  it('is translated anew where that is possible now, and sent for the first time', async () => {
    const { id } = await untranslated('111');
    expect((await bench.supervisor.get<FormAnswer>(`/api/transfers/${id}/form`)).body).toMatchObject({ translatedAnew: true, problemZh: 'applicant.certType: 没有对应' });
    expect((await edit(id, [])).body).toMatchObject({ outcome: 'accepted', revision: 2, attempt: 1 });
    expect(bench.ordersOf(id)).toEqual([{ attempt: 1, resend: false }]);
    expect((await revisions(id)).items).toMatchObject([{ digestBefore: null, changedPaths: [] }]);
  });

  it('is refused with the field that has no counterpart where it is not', async () => {
    const { id } = await untranslated('777');
    const { body } = await bench.supervisor.get<Answer>(`/api/transfers/${id}/form`);
    expect(body).toMatchObject({ status: 409, code: 'not-editable', errors: [{ field: 'applicant.certType', rule: 'not-translatable' }] });
    expect((await edit(id, [])).body).toMatchObject({ status: 409, code: 'not-editable' });
  });
});
