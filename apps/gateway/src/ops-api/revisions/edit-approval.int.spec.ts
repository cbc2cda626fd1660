import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { withDatabase } from '../../../../../test/support/index.ts';
import type { ReplayBench } from '../../operations/replay-bench.fixture.ts';
import type { RevealAnswer, RevealedAnswer } from '../bodies/body.answer.ts';
import type { OpsClient } from '../ops-server.fixture.ts';
import type { ProblemAnswer } from '../problems/problem.answer.ts';
import { ACCOUNT, CERT_NO, EditBench, OLD_ACCOUNT, OTHER_CERT_NO, PAYEE, PERSONAL, REGION, WHY } from './edit-bench.fixture.ts';
import type { EditCheckAnswer, EditDetailAnswer, PendingEditPage } from './edit.answer.ts';

const database = withDatabase();
let bench: ReplayBench;
let second: OpsClient;
let edit: EditBench['edit'];
let decide: EditBench['decide'];
let revisions: EditBench['revisions'];
let payloadsOf: EditBench['payloadsOf'];
let aFailed: EditBench['aFailed'];
let claim: EditBench['claim'];

beforeAll(async () => {
  ({ bench, second, edit, decide, revisions, payloadsOf, aFailed, claim } = await EditBench.open(database.url));
});
afterAll(() => bench.close());

describe('an edit that touches money', () => {
  it('waits for another person; its author cannot approve it; then it goes', async () => {
    const { id } = await aFailed();
    const { body: { editId, ...proposed }, text } = await edit(id, [PAYEE, REGION]);
    expect(proposed).toMatchObject({ outcome: 'awaiting-approval', revision: 1, attempt: null, moneyPaths: [PAYEE.path] });
    expect(bench.ordersOf(id)).toEqual([]);
    expect(await bench.one(id)).toMatchObject({ status: 'failed', revision: 1 });
    const { body: { items }, text: listed } = await bench.operator.get<PendingEditPage>('/api/edits');
    expect(items.find((one) => one.editId === editId)).toMatchObject({ transferId: id, reason: WHY.reason, own: false });
    expect((await bench.supervisor.get<PendingEditPage>('/api/edits')).body.items.find((one) => one.editId === editId)).toMatchObject({ own: true });
    const { body: shown, text: detail } = await second.get<EditDetailAnswer>(`/api/transfers/${id}/edit/${editId ?? ''}`);
    expect(shown).toMatchObject({ state: 'awaiting-approval', own: false, diff: [{ path: PAYEE.path, after: '***************0009' }, { path: REGION.path }] });
    expect(PERSONAL.filter((one) => (text + listed + detail).includes(one))).toEqual([]);
    expect((await edit(id, [PAYEE])).body).toMatchObject({ status: 409, code: 'edit-pending' });

    expect((await decide(id, editId, 'approve', bench.supervisor)).body).toMatchObject({ status: 409, code: 'own-edit' });
    expect(bench.ordersOf(id)).toEqual([]);
    const answers = await Promise.all([decide(id, editId, 'approve', second), decide(id, editId, 'approve', second)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(answers.find(({ status }) => status === 200)?.body).toMatchObject({ outcome: 'accepted', revision: 2, attempt: 2 });
    expect(payloadsOf(id).map(({ application }) => application?.payee?.accountNo)).toEqual([ACCOUNT]);
    expect((await revisions(id)).items).toMatchObject([{ revision: 2, author: 'supervisor（supervisor）', approver: 'supervisor（supervisor）' }]);
    expect((await bench.recordsOf(id)).map(({ action }) => action)).toEqual(['transfer.edit-proposed', 'transfer.edit-seen', 'transfer.edit-approve', 'transfer.edit-approved']);
    expect((await bench.recordsOf(id))[2]).toMatchObject({ result: 'refused: own-edit' });
  });

  it.each([
    ['application.applicant.certNo', OTHER_CERT_NO], ['application.applicant.name', '测试戊'], ['application.accountHolder.name', '测试戊'],
    ['application.businessType', '12'], ['application.withdrawalReason', '03'],
  ])('waits when it says whose fund is drawn, or for what: %s', async (path, value) => {
    const { id } = await aFailed();
    const { body } = await bench.supervisor.post<EditCheckAnswer>(`/api/transfers/${id}/edit/check`, { changes: [{ path, value }] });
    expect(body).toMatchObject({ needsApproval: true, diff: [{ path, money: true }] });
  });

  it('shows the second person old and new in full for a while, with a reason and on record; nobody else, and nothing that it does not change', async () => {
    const { id } = await aFailed();
    const { body: { editId } } = await edit(id, [PAYEE, REGION]);
    const path = `/api/transfers/${id}/edit/${editId ?? ''}/reveal`;
    const reveal = (fields: string[], who: OpsClient = second) => who.post<RevealAnswer & ProblemAnswer>(path, { reason: '批准前核对收款账号', fields });
    expect((await reveal([PAYEE.path], bench.operator)).status).toBe(403);
    for (const field of [REGION.path, 'application.applicant.certNo', `after.${PAYEE.path}`]) expect((await reveal([field])).body).toMatchObject({ status: 422, code: 'query-broken' });
    const { body: { revealId } } = await reveal([PAYEE.path]);
    expect((await bench.recordsOf(id)).at(-1)).toMatchObject({ action: 'transfer.edit-revealed', reason: '批准前核对收款账号', facts: { editId, fields: [PAYEE.path] } });
    const shown = [{ path: `before.${PAYEE.path}`, value: OLD_ACCOUNT }, { path: `after.${PAYEE.path}`, value: ACCOUNT }];
    const { body, text } = await second.get<RevealedAnswer>(`/api/reveals/${revealId}`);
    expect(body).toMatchObject({ subjectKind: 'edit', fields: shown });
    expect(text).not.toContain(CERT_NO);
    expect((await bench.supervisor.get(`/api/reveals/${revealId}`)).status).toBe(404);

    await decide(id, editId, 'approve', second);
    expect((await second.get<RevealedAnswer>(`/api/reveals/${revealId}`)).body.fields).toEqual(shown);
    expect((await reveal([PAYEE.path])).body).toMatchObject({ status: 409, code: 'edit-closed' });
    const records = await bench.recordsOf(id);
    expect(records.map(({ action }) => action)).toEqual(['transfer.edit-proposed', 'transfer.edit-revealed', 'reveal.seen', 'reveal.seen', 'transfer.edit-approved', 'reveal.seen']);
    expect(PERSONAL.filter((one) => JSON.stringify(records).includes(one))).toEqual([]);
  });

  it('is overtaken by nothing while it waits: no replay, no other edit, no return, no operation; rejected, it frees the transfer', async () => {
    const { id } = await aFailed();
    const { body: { editId } } = await edit(id, [PAYEE]);
    expect((await bench.operator.post<ProblemAnswer>(`/api/transfers/${id}/replay`, WHY)).body).toMatchObject({ status: 409, code: 'edit-pending', detailZh: expect.stringContaining('批准或驳回') });
    expect((await edit(id, [REGION])).body).toMatchObject({ status: 409, code: 'edit-pending' });
    expect((await bench.supervisor.post<ProblemAnswer>(`/api/transfers/${id}/return`, { ...WHY, items: [{ path: REGION.path, problem: '区划不符' }] })).body).toMatchObject({ status: 409, code: 'edit-pending' });
    const operation = await bench.create({ selection: { transferIds: [id] } });
    await bench.walk(operation);
    expect(await bench.items(operation)).toMatchObject([{ verdict: 'waiting', state: 'skipped', note: 'edit-pending', noteZh: expect.stringContaining('待批准') }]);
    expect(await bench.one(id)).toMatchObject({ status: 'failed', attempts: 1, revision: 1 });
    await decide(id, editId, 'reject', second);
    expect((await bench.operator.post(`/api/transfers/${id}/replay`, WHY)).status).toBe(200);
  });

  it('is superseded when the transfer was sent again meanwhile, even if that failed, too; nothing is changed', async () => {
    const { id } = await aFailed();
    const { body: { editId } } = await edit(id, [PAYEE]);
    await bench.gateway.db.updateTable('transfers').set({ attempts: 2 }).where('id', '=', id).execute();
    expect((await decide(id, editId, 'approve', second)).body).toMatchObject({ status: 409, code: 'edit-superseded' });
    expect(await bench.one(id)).toMatchObject({ status: 'failed', attempts: 2, revision: 1 });
    expect((await decide(id, editId, 'approve', second)).body).toMatchObject({ status: 409, code: 'edit-closed' });
    expect((await second.get<EditDetailAnswer>(`/api/transfers/${id}/edit/${editId ?? ''}`)).body).toMatchObject({ state: 'superseded', decidedBy: 'supervisor（supervisor）' });
  });

  it('is waited for no longer than a week: then others may go on, and it cannot be approved any more', async () => {
    const proposedLongAgo = async (): Promise<{ id: string; editId: string }> => {
      const { id } = await aFailed();
      const { body: { editId } } = await edit(id, [PAYEE]);
      await bench.gateway.db.updateTable('transfer_edits').set({ created_at: new Date(Date.now() - 8 * 86_400_000) }).where('id', '=', editId ?? '').execute();
      return { id, editId: editId ?? '' };
    };
    const [one, other] = [await proposedLongAgo(), await proposedLongAgo()];
    const { body: { items } } = await bench.operator.get<PendingEditPage>('/api/edits?limit=200');
    expect(items.filter(({ editId }) => [one.editId, other.editId].includes(editId))).toEqual([]);
    expect((await decide(one.id, one.editId, 'approve', second)).body).toMatchObject({ status: 409, code: 'edit-superseded' });
    expect(await bench.one(one.id)).toMatchObject({ status: 'failed', revision: 1 });
    expect((await bench.operator.post(`/api/transfers/${one.id}/replay`, WHY)).status).toBe(200);
    expect((await edit(other.id, [PAYEE])).body).toMatchObject({ outcome: 'awaiting-approval' });
    expect((await second.get<EditDetailAnswer>(`/api/transfers/${other.id}/edit/${other.editId}`)).body).toMatchObject({ state: 'superseded' });
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
