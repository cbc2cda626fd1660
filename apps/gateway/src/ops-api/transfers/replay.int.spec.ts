import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { withDatabase } from '../../../../../test/support/index.ts';
import { receiptOf } from '../../case-events.fixture.ts';
import { ReplayBench } from '../../operations/replay-bench.fixture.ts';
import type { TransferRow } from '../../ledger/transfer-rows.ts';
import type { ProblemAnswer } from '../problems/problem.answer.ts';
import type { TransferActionAnswer, TransferDetailAnswer } from './transfer-detail.answer.ts';

const database = withDatabase();
const WHY = { reason: '中心已修复，重新投递' };
const WEEK_MS = 7 * 86_400_000;
let bench: ReplayBench;

beforeAll(async () => {
  bench = await ReplayBench.open(database.url, { receiverDedupeWindows: JSON.stringify({ centre: WEEK_MS }) });
});
afterAll(() => bench.close());

const replay = (id: string, body: object = WHY, headers = {}) => bench.operator.post<TransferActionAnswer & ProblemAnswer>(`/api/transfers/${id}/replay`, body, headers);
const discard = (id: string, body: object = WHY) => bench.supervisor.post<TransferActionAnswer & ProblemAnswer>(`/api/transfers/${id}/discard`, body);
const detail = async (id: string): Promise<TransferDetailAnswer> => (await bench.operator.get<TransferDetailAnswer>(`/api/transfers/${id}`)).body;

async function aFailed(): Promise<TransferRow> {
  const [transfer] = await bench.failedCases(1);
  if (transfer === undefined) throw new Error('no transfer');
  return transfer;
}

describe('a single replay', () => {
  it('sends the failed transfer once more under its id, marked as a repetition, and records who and why', async () => {
    const { id } = await aFailed();
    expect(await detail(id)).toMatchObject({ status: 'failed', replayable: true, replayRefusal: null, attempts: 1, attemptList: [{ attempt: 1, outcome: 'permanent' }] });
    const { status, body } = await replay(id, { ...WHY, ticket: 'OPS-17' });
    expect({ status, body }).toMatchObject({ status: 200, body: { outcome: 'replayed', outcomeZh: '已重新投递', transferId: id, attempt: 2 } });
    expect(await bench.one(id)).toMatchObject({ status: 'in_flight', attempts: 2, attempts_base: 1 });
    expect(bench.ordersOf(id)).toEqual([{ attempt: 2, resend: true }]);
    expect(await bench.recordsOf(id)).toMatchObject([{ action: 'transfer.replayed', reason: WHY.reason, result: 'done', facts: { attempt: 2, ticket: 'OPS-17' } }]);

    await bench.gateway.receipts(receiptOf(await bench.one(id)));
    expect(await bench.one(id)).toMatchObject({ status: 'delivered' });
    expect((await replay(id)).body).toMatchObject({ status: 409, code: 'already-delivered' });
  });

  it('of two at once, one wins and the other is told why; one order leaves', async () => {
    const { id } = await aFailed();
    const answers = await Promise.all(Array.from({ length: 6 }, () => replay(id)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409, 409, 409]);
    expect(answers.filter(({ status }) => status === 409).every(({ body }) => body.code === 'not-failed')).toBe(true);
    expect(bench.ordersOf(id)).toEqual([{ attempt: 2, resend: true }]);
  });

  it('asked again with the same key does nothing more and gives the same answer; the key is good for nothing else', async () => {
    const [one, other] = await bench.failedCases(2);
    const key = { 'idempotency-key': 'shift-2026-11-23:1' };
    const answers = await Promise.all([1, 2, 3].map(() => replay(one?.id ?? '', WHY, key)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(new Set(answers.map(({ text }) => JSON.stringify(JSON.parse(text), Object.keys(JSON.parse(text) as object).sort()))).size).toBe(1);
    expect(bench.ordersOf(one?.id ?? '')).toHaveLength(1);
    expect((await replay(other?.id ?? '', WHY, key)).body).toMatchObject({ status: 409, code: 'idempotency-key-reused' });
    expect((await replay(other?.id ?? '', WHY, { 'idempotency-key': 'not a key' })).body).toMatchObject({ status: 422, code: 'query-broken' });
    expect(await bench.one(other?.id ?? '')).toMatchObject({ status: 'failed' });
  });

  it('is refused while an operation has the transfer in hand', async () => {
    const { id } = await aFailed();
    await bench.gateway.db.insertInto('operations').values({
      id: 'op_other', kind: 'replay', status: 'ready', creator: 'x', creator_person: 'x', creator_name: 'x', reason: 'other', selection: '{}', cutoff: new Date(),
      rate_per_second: 1, max_in_flight: 1, ladder: '[]', abort_ratio: 1, abort_on_new: false, override: false,
    }).execute();
    await bench.gateway.db.insertInto('operation_claims').values({ transfer_id: id, operation_id: 'op_other' }).execute();
    const { body } = await replay(id);
    expect(body).toMatchObject({ status: 409, code: 'claimed' });
    expect(body.detail).toContain('op_other');
    expect((await discard(id)).body).toMatchObject({ status: 409, code: 'claimed' });
    expect(await bench.one(id)).toMatchObject({ status: 'failed', attempts: 1 });
  });

  it('is refused for an older update once a later one of its lane was delivered; it can only go into the history', async () => {
    const { failed, held, projectNo } = await bench.failedLane();
    await discard(failed.id);
    await bench.gateway.receipts(receiptOf(await bench.one(held.id)));
    expect(await bench.one(held.id)).toMatchObject({ status: 'delivered' });
    expect((await replay(failed.id)).body).toMatchObject({ status: 409, code: 'stale' });

    // However it came to be failed again, it may never follow the later one.
    await bench.gateway.db.updateTable('transfers').set({ status: 'failed', discard_code: null }).where('id', '=', failed.id).execute();
    expect((await replay(failed.id)).body).toMatchObject({ status: 409, code: 'stale' });
    expect(await detail(failed.id)).toMatchObject({ replayable: false, replayRefusal: 'stale' });
    const { body } = await discard(failed.id);
    expect(body).toMatchObject({ outcome: 'discarded-into-history', releasedTransferId: null });
    const { body: view } = await bench.operator.get<{ timeline: { kind: string; transferId?: string; discardCode?: string; discardReason?: string }[] }>(`/api/cases/${projectNo}`);
    expect(view.timeline.find((entry) => entry.kind === 'transfer' && entry.transferId === failed.id)).toMatchObject({ status: 'discarded', discardCode: 'stale', discardReason: WHY.reason });
    expect(bench.ordersOf(failed.id)).toEqual([]);
  });

  it('waits for its turn: not before an earlier one of its lane', async () => {
    const { failed, held } = await bench.failedLane();
    await bench.gateway.db.updateTable('transfers').set({ status: 'failed' }).where('id', '=', held.id).execute();
    const { body } = await replay(held.id);
    expect(body).toMatchObject({ status: 409, code: 'not-its-turn' });
    expect(body.detail).toContain(failed.id);
  });

  it('is refused for what carries nothing, or breaks the contract of today, naming the fields', async () => {
    const [empty, broken] = await bench.failedCases(2);
    await bench.gateway.db.updateTable('transfers').set({ sealed: null, key_version: null }).where('id', '=', empty?.id ?? '').execute();
    const { version, bytes } = bench.gateway.keys.seal(Buffer.from(JSON.stringify({ kind: 'open', surprise: 1 })));
    await bench.gateway.db.updateTable('transfers').set({ sealed: bytes, key_version: version }).where('id', '=', broken?.id ?? '').execute();
    expect((await replay(empty?.id ?? '')).body).toMatchObject({ status: 409, code: 'not-deliverable', errors: [{ rule: 'no-payload' }] });
    const { body } = await replay(broken?.id ?? '');
    expect(body).toMatchObject({ status: 409, code: 'not-deliverable' });
    expect(body.errors.map(({ field }) => field)).toContain('surprise');
  });

  it('beyond the receiver\'s memory needs the word of somebody who may approve, and the record says so', async () => {
    const { id } = await aFailed();
    await bench.gateway.db.updateTable('attempts').set({ started_at: new Date(Date.now() - WEEK_MS - 60_000) }).where('transfer_id', '=', id).execute();
    expect((await replay(id)).body).toMatchObject({ status: 409, code: 'beyond-dedupe-window' });
    expect((await replay(id, { ...WHY, override: true })).body).toMatchObject({ status: 403, code: 'forbidden' });
    expect(bench.ordersOf(id)).toEqual([]);
    const { status } = await bench.supervisor.post(`/api/transfers/${id}/replay`, { ...WHY, override: true });
    expect(status).toBe(200);
    expect(await bench.recordsOf(id)).toMatchObject([
      { action: 'transfer.replay', result: 'refused: beyond-dedupe-window' }, { action: 'transfer.replay', result: 'refused: forbidden' },
      { action: 'transfer.replayed', result: 'done', facts: { beyondDedupeWindow: true } },
    ]);
  });

  it.each([
    ['no reason', {}], ['too short a reason', { reason: '无' }], ['a certificate number in it', { reason: '申请人 410204199001010002 要求' }],
    ['an unknown field', { ...WHY, force: true }],
  ])('with %s is refused', async (_what, body) => {
    const { id } = await aFailed();
    expect((await replay(id, body)).body).toMatchObject({ status: 422, code: 'query-broken' });
  });

  it('of an unknown transfer is 404', async () => {
    expect((await replay('tr_nothing')).body).toMatchObject({ status: 404, code: 'transfer-unknown' });
    expect((await bench.operator.get<ProblemAnswer>('/api/transfers/tr_nothing')).body).toMatchObject({ status: 404, code: 'transfer-unknown' });
  });
});

describe('a discard', () => {
  it('closes the transfer with its reason and lets the next of its lane go, in one act', async () => {
    const { failed, held } = await bench.failedLane();
    expect(held.status).toBe('held');
    const { body } = await discard(failed.id, { reason: '申请人已在窗口重新办理' });
    expect(body).toMatchObject({ outcome: 'discarded', releasedTransferId: held.id });
    expect(await bench.one(failed.id)).toMatchObject({ status: 'discarded', discard_code: 'given-up', discard_reason: '申请人已在窗口重新办理' });
    expect(await bench.one(held.id)).toMatchObject({ status: 'in_flight', attempts: 1 });
    expect(bench.ordersOf(held.id)).toEqual([{ attempt: 1, resend: false }]);
    expect((await replay(failed.id)).body).toMatchObject({ status: 409, code: 'stale' });
    expect((await discard(failed.id)).body).toMatchObject({ status: 409, code: 'already-discarded' });
  });

  it('and a replay at once: one of them happens', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { id } = await aFailed();
      const [replayed, discarded] = await Promise.all([replay(id), discard(id)]);
      expect([replayed.status, discarded.status].sort()).toEqual([200, 409]);
      const { status } = await bench.one(id);
      expect(status).toBe(replayed.status === 200 ? 'in_flight' : 'discarded');
      expect(bench.ordersOf(id)).toHaveLength(replayed.status === 200 ? 1 : 0);
    }
  });

  it('is not for those who may only replay', async () => {
    const { id } = await aFailed();
    expect((await bench.operator.post<ProblemAnswer>(`/api/transfers/${id}/discard`, WHY)).body).toMatchObject({ status: 403, code: 'forbidden' });
    expect((await bench.server.post<ProblemAnswer>(`/api/transfers/${id}/replay`, WHY)).body).toMatchObject({ status: 403, code: 'forbidden' });
  });
});
