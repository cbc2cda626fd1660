import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CompletionUpdate, EventDataOf, JiujinEventOf, TransferOrder, WorkItem } from '#contracts';
import { payloadProblems } from '#contracts';
import { withDatabase } from '../../../../../test/support/index.ts';
import { eventOf, receiptOf } from '../../case-events.fixture.ts';
import { openJson } from '../../ledger/sealed-json.ts';
import type { TransferRow } from '../../ledger/transfer-rows.ts';
import { ReplayBench } from '../../operations/replay-bench.fixture.ts';
import type { ProblemAnswer } from '../problems/problem.answer.ts';
import type { TransferDetailAnswer } from '../transfers/transfer-detail.answer.ts';
import type { EditActionAnswer, ReturnAnswer, RevisionList, TakeBackAnswer } from './edit.answer.ts';
import type { MappingAnswer } from './mapping.answer.ts';

const database = withDatabase();
const WHY = { reason: '中心称行政区划与账户不符' };
const ITEMS = [{ path: 'application.regionCode', problem: '与账户所在区不符' }, { materialCode: 'ID_SELF', problem: '复印件不清' }];
const CORRECTED_REGION = '410204001';
let bench: ReplayBench;

beforeAll(async () => {
  bench = await ReplayBench.open(database.url);
});
afterAll(() => bench.close());

type Answer = ReturnAnswer & ProblemAnswer;
const giveBack = (id: string, items: object[] = ITEMS, headers = {}) => bench.supervisor.post<Answer>(`/api/transfers/${id}/return`, { ...WHY, items }, headers);
const takeBack = (id: string) => bench.supervisor.post<TakeBackAnswer & ProblemAnswer>(`/api/transfers/${id}/return/take-back`, WHY);
const replay = (id: string) => bench.operator.post<ProblemAnswer>(`/api/transfers/${id}/replay`, WHY);
const revisions = async (id: string): Promise<RevisionList> => (await bench.operator.get<RevisionList>(`/api/transfers/${id}/revisions`)).body;
const centreLane = async (projectNo: string): Promise<TransferRow[]> => (await bench.gateway.transfers(projectNo)).filter(({ destination }) => destination === 'centre');
/** What left by the gateway itself since the work item was refused. */
const ordersOf = (projectNo: string): TransferOrder[] => bench.gateway.ordersOf(projectNo).filter(({ destination }) => destination === 'centre');

async function aFailed(change: Partial<Parameters<typeof receiptOf>[1]> = {}): Promise<TransferRow> {
  const [transfer] = await bench.failedCases(1, { outcome: 'permanent', httpStatus: 422, errorCode: 'http-422', errorDetail: 'refused', ...change });
  if (transfer === undefined) throw new Error('no transfer');
  return transfer;
}

function correctionOf(subject: string, receipt: Partial<EventDataOf<'case.received'>> = { regionCode: CORRECTED_REGION }, dataversion = 2): JiujinEventOf<'case.corrected'> {
  const { operator, ...present } = eventOf('case.received').data;
  return {
    ...eventOf('case.corrected', { subject, source: '/halls/410204', dataversion }), data: { operator, reason: '更正区划', corrects: 'case.received', receipt: { ...present, ...receipt } },
  } as unknown as JiujinEventOf<'case.corrected'>;
}

const ACCOUNT = '6200000000000000009';
const problemOf = async (id: string): Promise<object | null> => (await bench.operator.get<TransferDetailAnswer>(`/api/transfers/${id}`)).body.returnProblem;

const payloadOf = ({ sealed, key_version: version }: TransferRow): WorkItem & CompletionUpdate =>
  openJson<WorkItem & CompletionUpdate>(bench.gateway.keys, { sealed: sealed ?? Buffer.of(), key_version: version ?? 0 });

describe('a return to the hall', () => {
  it('tells the hall what is wrong in a notice of the bridge, keeps the status of the case, and marks the work item', async () => {
    const { id, project_no: projectNo } = await aFailed();
    const before = await bench.gateway.statusOf(projectNo);
    const { status, body } = await giveBack(id);
    expect({ status, body }).toMatchObject({ status: 200, body: { outcome: 'returned', outcomeZh: expect.stringContaining('已发出'), noticeNo: 99 } });
    const notice = await bench.one(body.noticeTransferId);
    expect(notice).toMatchObject({ destination: 'hall:410204', kind: 'supplement_notice', status: 'in_flight', attempts: 1 });
    expect(payloadProblems('hall:410204', payloadOf(notice))).toEqual([]);
    expect(payloadOf(notice)).toMatchObject({
      updateSequence: 1, supplementNotice: {
        no: 99, reason: expect.stringMatching(/^桥接退回更正：.*case\.corrected/), notifiedBy: '就近办桥接系统',
        items: [{ materialCode: 'DATA_APPLICATION_REGIONCODE', name: '数据项：行政区划代码', problem: '与账户所在区不符' }, { materialCode: 'ID_SELF', problem: '复印件不清' }],
      },
    });
    expect(bench.ordersOf(body.noticeTransferId)).toEqual([{ attempt: 1, resend: false }]);
    expect(await bench.one(id)).toMatchObject({ status: 'failed', returned_at: expect.any(Date) });
    expect(await bench.gateway.statusOf(projectNo)).toBe(before);
    expect((await giveBack(id)).body).toMatchObject({ status: 409, code: 'not-returnable' });
    expect(await bench.recordsOf(id)).toMatchObject([{ action: 'transfer.returned', facts: { notice: body.noticeTransferId } }]);
  });

  it('gives the next update of the case the next number, so the hall misses none', async () => {
    const { id, project_no: projectNo } = await aFailed();
    const { body } = await giveBack(id);
    await bench.gateway.receipts(receiptOf(await bench.one(body.noticeTransferId)));
    await bench.gateway.events(eventOf('case.withdrawn', { subject: projectNo, source: '/halls/410204' }));
    const updates = (await bench.gateway.transfers(projectNo)).filter(({ destination }) => destination !== 'centre');
    expect(updates.map((row) => payloadOf(row).updateSequence)).toEqual([1, 2]);
    expect(new Set((await bench.gateway.transfers(projectNo)).map(({ ordinal }) => ordinal)).size).toBe(4);
  });

  it('of two at once one happens', async () => {
    const { id, project_no: projectNo } = await aFailed();
    const answers = await Promise.all([giveBack(id), giveBack(id), giveBack(id)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
    expect((await bench.gateway.transfers(projectNo)).filter(({ kind }) => kind === 'supplement_notice')).toHaveLength(1);
  });

  it.each([
    ['a failure that is not of the data', { errorCode: 'http-409', httpStatus: 409 }], ['one of our own', { outcome: 'permanent' as const, errorCode: 'http-401', httpStatus: 401 }],
  ])('is refused for %s', async (_what, change) => {
    const { id } = await aFailed(change);
    expect((await giveBack(id)).body).toMatchObject({ status: 409, code: 'not-returnable' });
    expect(await bench.one(id)).toMatchObject({ returned_at: null });
  });

  it('happens twenty times in a case at most', async () => {
    const { id, project_no: projectNo } = await aFailed();
    const { body: { noticeTransferId } } = await giveBack(id);
    await takeBack(id);
    await bench.gateway.db.insertInto('transfer_returns').values(Array.from({ length: 18 }, (_unused, index) => ({
      id: `r-${id}-${index}`, transfer_id: id, project_no: projectNo, notice_id: noticeTransferId, notice_no: 98 - index, returned_by: 'x', returned_by_name: 'x', reason: 'x', ticket: null, paths: '[]',
      returned_at: new Date(), corrected_at: new Date(), corrected_by_seq: null, ended_as: 'taken-back' as const,
    }))).execute();
    expect((await giveBack(id)).body).toMatchObject({ outcome: 'returned', noticeNo: 80 });
    await takeBack(id);
    expect((await giveBack(id)).body).toMatchObject({ status: 409, code: 'not-returnable', detailZh: expect.stringContaining('上限') });
  });

  it('is refused where the lifecycle takes no correction from the hall any more', async () => {
    const { id, project_no: projectNo } = await aFailed();
    await bench.gateway.events(eventOf('case.withdrawn', { subject: projectNo, source: '/halls/410204' }));
    expect((await giveBack(id)).body).toMatchObject({ status: 409, code: 'not-returnable', detailZh: expect.stringContaining('不能再更正') });
  });

  it.each([
    ['a field that is not there', [{ path: 'application.colour', problem: '不对' }], 'known-item'], ['a material that is not of the case', [{ materialCode: 'NOWHERE', problem: '不对' }], 'known-item'],
    ['both', [{ path: 'application.regionCode', materialCode: 'ID_SELF', problem: '不对' }], 'known-item'], ['a number of a person', [{ path: 'application.regionCode', problem: '证件 410204199001010002 不对' }], 'noPersonalNumber'],
  ])('is refused with %s in it', async (_what, items, rule) => {
    const { id } = await aFailed();
    expect((await giveBack(id, items)).body).toMatchObject({ status: 422, code: 'query-broken', errors: [{ rule }] });
  });
});

describe('what waits for its hall', () => {
  it('is sent by nobody before the correction comes: not by a replay, not by an edit, not by an operation', async () => {
    const { id, project_no: projectNo } = await aFailed();
    await giveBack(id);
    expect((await replay(id)).body).toMatchObject({ status: 409, code: 'awaiting-hall', detailZh: expect.stringContaining('撤回退回') });
    expect((await bench.operator.get<TransferDetailAnswer>(`/api/transfers/${id}`)).body).toMatchObject({ replayable: false, replayRefusal: 'awaiting-hall' });
    const edit = await bench.supervisor.post<ProblemAnswer>(`/api/transfers/${id}/edit`, { ...WHY, changes: [{ path: 'application.regionCode', value: '410204002' }] }, { 'if-match': '"1"' });
    expect(edit.body).toMatchObject({ status: 409, code: 'awaiting-hall' });
    const operation = await bench.create({ selection: { transferIds: [id] } });
    await bench.walk(operation);
    expect(await bench.show(operation)).toMatchObject({ status: 'completed', statusReason: 'nothing-to-send', preflight: { toSend: 0, waiting: 1 } });
    expect(await bench.items(operation)).toMatchObject([{ verdict: 'waiting', state: 'skipped', note: 'awaiting-hall', noteZh: expect.stringContaining('退回大厅') }]);
    expect(await bench.one(id)).toMatchObject({ status: 'failed', attempts: 1, revision: 1 });

    await bench.gateway.events(correctionOf(projectNo));
    expect(ordersOf(projectNo).map(({ transferId, payload }) => [transferId, (payload as WorkItem).application?.regionCode])).toEqual([[id, CORRECTED_REGION]]);
  });

  it('is found out by an operation also when it was returned after the preflight', async () => {
    const [{ id }, other] = [await aFailed(), await aFailed()];
    const operation = await bench.create({ selection: { transferIds: [id, other.id] } });
    await bench.walk(operation);
    // Neither the claim nor the preflight stands for what is true when it is sent.
    await bench.gateway.db.deleteFrom('operation_claims').where('transfer_id', '=', id).execute();
    expect((await giveBack(id)).status).toBe(200);
    await bench.start(operation);
    await bench.walk(operation);
    expect((await bench.items(operation)).map(({ transferId, state, note }) => [transferId, state, note])).toEqual(expect.arrayContaining([[id, 'skipped', 'awaiting-hall'], [other.id, 'delivered', null]]));
    expect(await bench.one(id)).toMatchObject({ status: 'failed', attempts: 1 });
  });

  it('or is replayed, when both are asked for at once: one of them happens, and the correction is never lost', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { id, project_no: projectNo } = await aFailed();
      const [returned, replayed] = await Promise.all([giveBack(id), replay(id)]);
      expect([returned.status, replayed.status].sort()).toEqual([200, 409]);
      await bench.gateway.events(correctionOf(projectNo));
      expect(await bench.one(id)).toMatchObject(returned.status === 200 ? { status: 'in_flight', attempts: 2, revision: 2 } : { status: 'in_flight', attempts: 2, revision: 1, returned_at: null });
    }
  });

  it('is let go when the return is taken back, by one person, with a reason; a correction that comes then is an ordinary one', async () => {
    const { id, project_no: projectNo } = await aFailed();
    expect((await takeBack(id)).body).toMatchObject({ status: 409, code: 'not-returned' });
    await giveBack(id);
    const answers = await Promise.all([takeBack(id), takeBack(id)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(answers.find(({ status }) => status === 200)?.body).toMatchObject({ outcome: 'taken-back', outcomeZh: expect.stringContaining('告知大厅') });
    expect((await bench.recordsOf(id)).at(-1)).toMatchObject({ action: 'transfer.return-taken-back', reason: WHY.reason, result: 'done' });
    expect(await bench.one(id)).toMatchObject({ status: 'failed', returned_at: null });
    await bench.gateway.events(correctionOf(projectNo));
    expect(await bench.one(id)).toMatchObject({ status: 'failed', attempts: 1, revision: 1 });
    expect((await replay(id)).status).toBe(200);
    expect((await bench.operator.post<ProblemAnswer>(`/api/transfers/${id}/return/take-back`, WHY)).body).toMatchObject({ status: 403 });
  });
});

describe('the correction of what was returned', () => {
  it('makes the work item anew as a revision of the bridge and sends it in its place; the correction follows, and nothing is doubled', async () => {
    const { id, project_no: projectNo } = await aFailed();
    await giveBack(id);
    await bench.gateway.events(correctionOf(projectNo));
    const [open, correct] = await centreLane(projectNo);
    expect(open).toMatchObject({ id, status: 'in_flight', attempts: 2, revision: 2, returned_at: null });
    expect(correct).toMatchObject({ kind: 'correct', status: 'held' });
    expect(ordersOf(projectNo).map(({ transferId, attempt }) => [transferId, attempt])).toEqual([[id, 2]]);
    expect((ordersOf(projectNo)[0]?.payload as WorkItem).application?.regionCode).toBe(CORRECTED_REGION);
    expect((await revisions(id)).items).toMatchObject([{ revision: 2, cause: 'correction', author: '桥接', outcome: 'sending' }]);

    await bench.gateway.receipts(receiptOf(await bench.one(id)));
    expect((await revisions(id)).items).toMatchObject([{ outcome: 'accepted' }]);
    expect(ordersOf(projectNo).map(({ transferId }) => transferId)).toEqual([id, correct?.id]);
    expect(await bench.gateway.statusOf(projectNo)).toBe('PENDING_ACCEPTANCE');
  });

  it('that comes twice does nothing more', async () => {
    const { id, project_no: projectNo } = await aFailed();
    await giveBack(id);
    const correction = correctionOf(projectNo);
    await bench.gateway.events(correction);
    await bench.gateway.events(correction);
    expect(await bench.one(id)).toMatchObject({ attempts: 2, revision: 2 });
    expect(ordersOf(projectNo)).toHaveLength(1);
  });

  it('leaves a work item alone that nobody returned', async () => {
    const { id, project_no: projectNo } = await aFailed();
    await bench.gateway.events(correctionOf(projectNo));
    expect(await bench.one(id)).toMatchObject({ status: 'failed', attempts: 1, revision: 1 });
  });

  it('is not lost on what is under way all the same: it stays returned, and the next correction mends it', async () => {
    const { id, project_no: projectNo } = await aFailed();
    await giveBack(id);
    await bench.gateway.db.updateTable('transfers').set({ status: 'in_flight', attempts: 2 }).where('id', '=', id).execute();
    await bench.gateway.events(correctionOf(projectNo));
    expect(await bench.one(id)).toMatchObject({ status: 'in_flight', revision: 1, returned_at: expect.any(Date) });
    await bench.gateway.receipts(receiptOf(await bench.one(id), { outcome: 'permanent', httpStatus: 422, errorCode: 'http-422' }));
    expect((await replay(id)).body).toMatchObject({ code: 'awaiting-hall' });
    await bench.gateway.events(correctionOf(projectNo, { regionCode: '410204002' }, 3));
    expect(await bench.one(id)).toMatchObject({ status: 'in_flight', attempts: 3, revision: 2, returned_at: null });
  });

  it.each([['was discarded', 'discarded'], ['arrived after all', 'delivered']] as const)('ends the waiting for what %s', async (_what, status) => {
    const failed = await aFailed();
    await giveBack(failed.id);
    if (status === 'discarded') await bench.supervisor.post(`/api/transfers/${failed.id}/discard`, WHY);
    else await bench.gateway.receipts(receiptOf(failed));
    await bench.gateway.events(correctionOf(failed.project_no));
    expect(await bench.one(failed.id)).toMatchObject({ status, revision: 1, returned_at: null });
    expect(await bench.gateway.db.selectFrom('transfer_returns').select('ended_as').where('transfer_id', '=', failed.id).execute()).toEqual([{ ended_as: 'finished' }]);
  });

  it('that changes nothing of it leaves it returned and failed; the next one that does lets it go', async () => {
    const { id, project_no: projectNo } = await aFailed();
    await giveBack(id);
    await bench.gateway.events(correctionOf(projectNo, {}));
    expect(await bench.one(id)).toMatchObject({ status: 'failed', revision: 1, returned_at: expect.any(Date) });
    await bench.gateway.events(correctionOf(projectNo, { regionCode: CORRECTED_REGION }, 3));
    expect(await bench.one(id)).toMatchObject({ status: 'in_flight', revision: 2 });
  });

  it('of one that an operation has in hand renews the payload, and leaves the sending to the operation', async () => {
    const { id, project_no: projectNo } = await aFailed();
    await giveBack(id);
    await bench.gateway.db.insertInto('operations').values({
      id: 'op_holds', kind: 'replay', status: 'ready', creator: 'x', creator_person: 'x', creator_name: 'x', reason: 'other', selection: '{}', cutoff: new Date(),
      rate_per_second: 1, max_in_flight: 1, ladder: '[]', abort_ratio: 1, abort_on_new: false, override: false,
    }).execute();
    await bench.gateway.db.insertInto('operation_claims').values({ transfer_id: id, operation_id: 'op_holds' }).execute();
    await bench.gateway.events(correctionOf(projectNo));
    expect(await bench.one(id)).toMatchObject({ status: 'failed', attempts: 1, revision: 2 });
    expect(payloadOf(await bench.one(id)).application?.regionCode).toBe(CORRECTED_REGION);
  });

  it('that would undo what two people agreed on about money sends nothing, and says why; what they agreed on stays, for people to decide', async () => {
    const { id, project_no: projectNo } = await aFailed();
    const second = await bench.server.as('supervisor');
    const PAYEE = 'application.payee.accountNo';
    const edited = await bench.supervisor.post<EditActionAnswer>(`/api/transfers/${id}/edit`, { ...WHY, changes: [{ path: PAYEE, value: ACCOUNT }] }, { 'if-match': '"1"' });
    expect((await second.post(`/api/transfers/${id}/edit/${edited.body.editId ?? ''}/approve`, WHY)).status).toBe(200);
    await bench.gateway.receipts(receiptOf(await bench.one(id), { outcome: 'permanent', httpStatus: 422, errorCode: 'http-422' }));
    await giveBack(id);
    bench.gateway.publisher.orders.splice(0);
    await bench.gateway.events(correctionOf(projectNo));
    expect(await bench.one(id)).toMatchObject({ status: 'failed', attempts: 2, revision: 2, returned_at: expect.any(Date) });
    expect(ordersOf(projectNo)).toEqual([]);
    expect(payloadOf(await bench.one(id)).application?.payee?.accountNo).toBe(ACCOUNT);
    expect(await problemOf(id)).toEqual({ code: 'edited-money-differs', zh: expect.stringContaining('两人核定'), en: expect.stringContaining('two people'), fields: [PAYEE] });
    expect((await replay(id)).body).toMatchObject({ status: 409, code: 'awaiting-hall' });

    const { operator: _operator, ...present } = eventOf('case.received').data;
    await bench.gateway.events(correctionOf(projectNo, { regionCode: CORRECTED_REGION, payee: { ...present.payee, accountNo: ACCOUNT } as never }, 3));
    expect(await bench.one(id)).toMatchObject({ status: 'in_flight', revision: 3, returned_at: null });
    expect(payloadOf(await bench.one(id)).application).toMatchObject({ regionCode: CORRECTED_REGION, payee: { accountNo: ACCOUNT } });
    expect((await revisions(id)).items).toMatchObject([{ cause: 'correction', changedPaths: ['application.regionCode'] }, { cause: 'edit' }]);
    const { body: mapping } = await bench.operator.get<MappingAnswer>(`/api/transfers/${id}/mapping`);
    expect(mapping.fields.filter((field) => field.edited)).toEqual([]);
    expect(await problemOf(id)).toBeNull();
  });

  it('that makes the work item unsound is not sent, and says where; the next one lets it go', async () => {
    const { id, project_no: projectNo } = await aFailed();
    await giveBack(id);
    const { applicant } = eventOf('case.received').data;
    await bench.gateway.events(correctionOf(projectNo, { applicant: { ...applicant, certNo: '410204199103150007' } }));
    expect(await bench.one(id)).toMatchObject({ status: 'failed', attempts: 1, revision: 1, returned_at: expect.any(Date) });
    expect(ordersOf(projectNo)).toEqual([]);
    expect(await problemOf(id)).toMatchObject({ code: 'not-deliverable', fields: ['application.applicant.certNo'] });
    await bench.gateway.events(correctionOf(projectNo, { regionCode: CORRECTED_REGION }, 3));
    expect(await bench.one(id)).toMatchObject({ status: 'in_flight', revision: 2, returned_at: null });
  });

  it('can fail again, and be returned again under another number', async () => {
    const { id, project_no: projectNo } = await aFailed();
    await giveBack(id);
    await bench.gateway.events(correctionOf(projectNo));
    await bench.gateway.receipts(receiptOf(await bench.one(id), { outcome: 'permanent', httpStatus: 422, errorCode: 'http-422' }));
    const { body } = await giveBack(id);
    expect(body).toMatchObject({ outcome: 'returned', noticeNo: 98, outcomeZh: expect.stringContaining('排在') });
  });
});
