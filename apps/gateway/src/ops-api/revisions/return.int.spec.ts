import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CompletionUpdate, EventDataOf, JiujinEventOf, TransferOrder, WorkItem } from '#contracts';
import { payloadProblems } from '#contracts';
import { withDatabase } from '../../../../../test/support/index.ts';
import { eventOf, receiptOf } from '../../case-events.fixture.ts';
import { openJson } from '../../ledger/sealed-json.ts';
import type { TransferRow } from '../../ledger/transfer-rows.ts';
import { ReplayBench } from '../../operations/replay-bench.fixture.ts';
import type { ProblemAnswer } from '../problems/problem.answer.ts';
import type { ReturnAnswer, RevisionList } from './edit.answer.ts';

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

  it('leaves what a person has sent meanwhile alone', async () => {
    const { id, project_no: projectNo } = await aFailed();
    await giveBack(id);
    await bench.operator.post(`/api/transfers/${id}/replay`, WHY);
    await bench.gateway.events(correctionOf(projectNo));
    expect(await bench.one(id)).toMatchObject({ status: 'in_flight', attempts: 2, revision: 1 });
    await bench.gateway.receipts(receiptOf(await bench.one(id)));
    expect(ordersOf(projectNo).at(-1)).toMatchObject({ kind: 'correct' });
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

  it('can fail again, and be returned again under another number', async () => {
    const { id, project_no: projectNo } = await aFailed();
    await giveBack(id);
    await bench.gateway.events(correctionOf(projectNo));
    await bench.gateway.receipts(receiptOf(await bench.one(id), { outcome: 'permanent', httpStatus: 422, errorCode: 'http-422' }));
    const { body } = await giveBack(id);
    expect(body).toMatchObject({ outcome: 'returned', noticeNo: 98, outcomeZh: expect.stringContaining('排在') });
  });
});
