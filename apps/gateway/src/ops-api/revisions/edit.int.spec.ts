import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { WorkItem } from '#contracts';
import { sql } from 'kysely';
import { withDatabase } from '../../../../../test/support/index.ts';
import { eventOf, newProjectNo, receiptOf } from '../../case-events.fixture.ts';
import { openJson, sealJson } from '../../ledger/sealed-json.ts';
import type { TransferRow } from '../../ledger/transfer-rows.ts';
import type { ReplayBench } from '../../operations/replay-bench.fixture.ts';
import type { BodyAnswer } from '../bodies/body.answer.ts';
import type { ProblemAnswer } from '../problems/problem.answer.ts';
import { EditBench, OTHER_CERT_NO, PAYEE, PERSONAL, REGION, WHY } from './edit-bench.fixture.ts';
import type { EditAnswer } from './edit-bench.fixture.ts';
import type { EditCheckAnswer } from './edit.answer.ts';
import type { FormAnswer } from './form.answer.ts';
import type { MappingAnswer } from './mapping.answer.ts';

const database = withDatabase();
let bench: ReplayBench;
let edit: EditBench['edit'];
let decide: EditBench['decide'];
let revisions: EditBench['revisions'];
let payloadsOf: EditBench['payloadsOf'];
let aFailed: EditBench['aFailed'];
let carried: EditBench['carried'];
let claim: EditBench['claim'];

beforeAll(async () => {
  ({ bench, edit, decide, revisions, payloadsOf, aFailed, carried, claim } = await EditBench.open(database.url));
});
afterAll(() => bench.close());

describe('the form of a failed transfer', () => {
  it('has every field with its label and its value, the personal ones masked, and the revision as ETag', async () => {
    const { id } = await aFailed();
    const { body, headers, text } = await bench.supervisor.get<FormAnswer>(`/api/transfers/${id}/form`);
    expect(headers.get('etag')).toBe('"1"');
    expect(body.values.find(({ path }) => path === 'application.applicant.certNo')).toEqual({ path: 'application.applicant.certNo', zh: '证件号码', access: 'sensitive', value: '**************0002' });
    expect(body.values.find(({ path }) => path === 'application.amount')).toMatchObject({ access: 'free', value: '80000.00' });
    expect((await bench.recordsOf(id)).at(-1)).toMatchObject({ action: 'transfer.form-seen', facts: { revision: 1 } });
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
    expect((await bench.recordsOf(id)).at(-1)).toMatchObject({ action: 'transfer.form-seen', facts: { trial: true, changes: 3 } });
    expect(body.wouldSend.find(({ path }) => path === REGION.path)?.value).toBe('410204001');
    expect([...PERSONAL, '410204199103150007'].filter((one) => text.includes(one))).toEqual([]);
    expect(await bench.one(id)).toMatchObject({ status: 'failed', revision: 1 });
  });

  it('refuses a locked field by name, at the check and at the edit', async () => {
    const { id } = await aFailed();
    const locked = [{ path: 'projectNo', value: 'P-other' }];
    for (const { body } of [await bench.supervisor.post<EditAnswer>(`/api/transfers/${id}/edit/check`, { changes: locked }), await edit(id, locked)]) {
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
    const seen = await Promise.all(['', '?revision=1', '?revision=2', '?revision=3'].map((query) => bench.operator.get<BodyAnswer>(`/api/transfers/${id}/body${query}`)));
    expect(seen.map(({ status, body: { body: shown } }) => [status, (shown as WorkItem | undefined)?.application?.regionCode])).toEqual([[200, REGION.value], [200, '410204'], [200, REGION.value], [404, undefined]]);
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
    expect((await bench.supervisor.post<EditAnswer>(`/api/transfers/${id}/edit`, { ...WHY, changes: [REGION] })).body).toMatchObject({ status: 428, code: 'if-match-missing' });
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
    expect(answer.body).toMatchObject({ outcome: 'awaiting-approval', moneyPaths: ['application.applicant.certNo'] });
    expect((await decide(id, answer.body.editId, 'approve', await bench.server.as('supervisor'))).body).toMatchObject({ outcome: 'accepted' });
    const list = await bench.operator.get(`/api/transfers/${id}/revisions`);
    const rows = await Promise.all(['evidence', 'ops_requests', 'transfer_revisions', 'transfer_edits'].map((table) => sql`select t::text from ${sql.table(table)} t`.execute(bench.gateway.db)));
    const everything = [answer.text, list.text, ...rows.map(({ rows: lines }) => JSON.stringify(lines))].join('\n');
    expect([...PERSONAL, '13900000009'].filter((one) => everything.includes(one))).toEqual([]);
    expect((await carried(id)).application?.applicant.certNo).toBe(OTHER_CERT_NO);
  });

  it('adds an entry to a list and takes one away, under the same guards as every change, and tells of both without a value', async () => {
    const { id } = await aFailed();
    const before = (await carried(id)).application?.materials ?? [];
    const added = { materialCode: 'HOUSE_DEED', name: '不动产权证', form: 'paper', originals: 0, copies: 1 };
    const changes = [{ path: 'application.materials[0]', remove: true }, { path: 'application.materials', add: added }];
    const { body: checked } = await bench.supervisor.post<EditCheckAnswer>(`/api/transfers/${id}/edit/check`, { changes });
    expect(checked).toMatchObject({ sound: true, needsApproval: false });
    expect(checked.diff).toEqual(expect.arrayContaining([
      expect.objectContaining({ path: '-application.materials[0].materialCode', after: null }), expect.objectContaining({ path: `+application.materials[${before.length - 1}].name`, before: null, after: '不动产权证' }),
    ]));
    const { body } = await edit(id, changes);
    expect(body).toMatchObject({ outcome: 'accepted', changedPaths: ['-application.materials[0]', `+application.materials[${before.length - 1}]`] });
    expect((await carried(id)).application?.materials).toEqual([...before.slice(1), { ...added, attachments: [] }]);
    const broken = await aFailed();
    expect((await edit(broken.id, [{ path: 'application.materials', add: { name: '没有编码' } }])).body).toMatchObject({ status: 422, code: 'edit-broken' });
    expect((await edit(broken.id, [{ path: 'application.materials', add: { ...added, attachments: [] } }])).body).toMatchObject({ status: 422, code: 'query-broken' });
    expect((await edit(broken.id, [{ path: 'application.materials[0]' }])).body).toMatchObject({ status: 422, code: 'query-broken' });
    expect(await bench.one(broken.id)).toMatchObject({ status: 'failed', revision: 1 });
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

describe('the mapping of a transfer', () => {
  it('says which field comes from which, and which a person has edited, without a value', async () => {
    const { id } = await aFailed();
    await edit(id);
    const { body, text } = await bench.operator.get<MappingAnswer>(`/api/transfers/${id}/mapping`);
    const of = (target: string): object | undefined => body.fields.find((field) => field.target === target);
    expect(body).toMatchObject({ transferId: id, transferKindZh: '收件', translatable: true });
    expect(of('application.applicant.certType')).toEqual({ target: 'application.applicant.certType', zh: '证件类型', sources: ['receipt.applicant.certType'], way: 'converted', wayZh: '换算或换码', edited: false });
    expect(of(REGION.path)).toMatchObject({ sources: ['receipt.regionCode'], way: 'same', edited: true });
    expect(PERSONAL.filter((one) => text.includes(one))).toEqual([]);
    expect((await bench.server.get(`/api/transfers/${id}/mapping`)).status).toBe(403);
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
    const { body } = await bench.supervisor.get<EditAnswer>(`/api/transfers/${id}/form`);
    expect(body).toMatchObject({ status: 409, code: 'not-editable', errors: [{ field: 'applicant.certType', rule: 'not-translatable' }] });
    expect((await edit(id, [])).body).toMatchObject({ status: 409, code: 'not-editable' });
  });
});
