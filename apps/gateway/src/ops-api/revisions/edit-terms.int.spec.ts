import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { withDatabase } from '../../../../../test/support/index.ts';
import { rightsOf } from '../../access/rights.ts';
import { digestOfToken } from '../../access/token-digest.ts';
import { insertAccount } from '../../ledger/access-account-rows.ts';
import { insertApiToken } from '../../ledger/access-rows.ts';
import { sealJson } from '../../ledger/sealed-json.ts';
import type { ReplayBench } from '../../operations/replay-bench.fixture.ts';
import type { OpsClient } from '../ops-server.fixture.ts';
import type { ProblemAnswer } from '../problems/problem.answer.ts';
import { EditBench, PAYEE, REGION, WHY } from './edit-bench.fixture.ts';
import type { EditAnswer } from './edit-bench.fixture.ts';
import type { EditDetailAnswer, PendingEditAnswer, PendingEditPage } from './edit.answer.ts';

const WEEK_MS = 7 * 86_400_000;
const database = withDatabase();
let bench: ReplayBench;
let second: OpsClient;
let on: EditBench;

beforeAll(async () => {
  on = await EditBench.open(database.url, { receiverDedupeWindows: JSON.stringify({ centre: WEEK_MS }) });
  ({ bench, second } = on);
});
afterAll(() => bench.close());

/** The receiver may have forgotten the first attempt. */
const forget = (id: string) => bench.gateway.db.updateTable('attempts').set({ started_at: new Date(Date.now() - WEEK_MS - 60_000) }).where('transfer_id', '=', id).execute();
const editOver = (id: string, changes: object[], who = bench.supervisor) =>
  who.post<EditAnswer>(`/api/transfers/${id}/edit`, { ...WHY, changes, override: true }, { 'if-match': '"1"' });
const listed = async (editId: string | null): Promise<PendingEditAnswer | undefined> =>
  (await bench.operator.get<PendingEditPage>('/api/edits?limit=200')).body.items.find((one) => one.editId === editId);

/** Somebody who may edit, and agree to nothing. */
async function editor(): Promise<OpsClient> {
  const [id, token] = [randomUUID(), `token-for-tests-only-${randomUUID()}`];
  await insertAccount(bench.gateway.db, { id, name: `person-${id}`, display_name: 'editor', roles: ['supervisor'] });
  const rights = [...rightsOf(['supervisor'])].filter((right) => right !== 'approve');
  await insertApiToken(bench.gateway.db, { id: randomUUID(), name: 'editor', account_id: id, token_digest: digestOfToken(token), rights, expires_at: new Date(Date.now() + 3_600_000) });
  return bench.server.clientWith(token, { authorization: `Bearer ${token}` });
}

describe('an edit beyond the receiver\'s memory', () => {
  it('goes only by the word of somebody who may approve; whoever had no right to it is on record', async () => {
    const { id } = await on.aFailed();
    await forget(id);
    expect((await on.edit(id)).body).toMatchObject({ status: 409, code: 'beyond-dedupe-window' });
    expect((await editOver(id, [REGION], await editor())).body).toMatchObject({ status: 403, code: 'forbidden' });
    expect(bench.ordersOf(id)).toEqual([]);
    expect((await editOver(id, [REGION])).body).toMatchObject({ outcome: 'accepted', attempt: 2 });
    expect(await bench.recordsOf(id)).toMatchObject([
      { action: 'transfer.edit', result: 'refused: beyond-dedupe-window' }, { action: 'transfer.edit', result: 'refused: forbidden' }, { action: 'transfer.edited', facts: { beyondDedupeWindow: true } },
    ]);
  });

  it('tells the second person so, who must say it again: the author\'s word is not theirs', async () => {
    const { id } = await on.aFailed();
    await forget(id);
    const { body: { editId } } = await editOver(id, [PAYEE]);
    const told = { override: true, beyondDedupeWindow: true, firstAttemptAgeSeconds: expect.any(Number) };
    expect(await listed(editId)).toMatchObject(told);
    const { body: shown } = await second.get<EditDetailAnswer>(`/api/transfers/${id}/edit/${editId ?? ''}`);
    expect(shown).toMatchObject(told);
    expect(shown.firstAttemptAgeSeconds).toBeGreaterThanOrEqual(WEEK_MS / 1000);
    const refused = await on.decide(id, editId, 'approve', second);
    expect(refused.body).toMatchObject({ status: 409, code: 'beyond-dedupe-window', detailZh: expect.stringContaining('"override": true') });
    expect(bench.ordersOf(id)).toEqual([]);
    expect((await on.decide(id, editId, 'approve', second, { override: true })).body).toMatchObject({ outcome: 'accepted' });
    const records = (await bench.recordsOf(id)).filter(({ result }) => !result.startsWith('refused'));
    expect(records).toMatchObject([
      { action: 'transfer.edit-proposed', facts: { override: true, beyondDedupeWindow: true } }, { action: 'transfer.edit-seen', facts: { editId } },
      { action: 'transfer.edit-approved', facts: { override: true, beyondDedupeWindow: true } },
    ]);
  });

  it('is found out also when it came to be so while the edit waited', async () => {
    const { id } = await on.aFailed();
    const { body: { editId } } = await on.edit(id, [PAYEE]);
    expect(await listed(editId)).toMatchObject({ override: false, beyondDedupeWindow: false });
    await forget(id);
    expect(await listed(editId)).toMatchObject({ override: false, beyondDedupeWindow: true });
    expect((await on.decide(id, editId, 'approve', second)).body).toMatchObject({ status: 409, code: 'beyond-dedupe-window' });
    expect(await bench.one(id)).toMatchObject({ status: 'failed', revision: 1 });
    expect((await on.decide(id, editId, 'approve', second, { override: true })).status).toBe(200);
  });
});

describe('an edit that waits', () => {
  it('is measured by the contract once more when it is approved', async () => {
    const { id } = await on.aFailed();
    const { body: { editId } } = await on.edit(id, [PAYEE]);
    await bench.gateway.db.updateTable('transfer_edits').set(sealJson(bench.gateway.keys, { ...await on.carried(id), surprise: 1 })).where('id', '=', editId ?? '').execute();
    const { body } = await on.decide(id, editId, 'approve', second);
    expect(body).toMatchObject({ status: 409, code: 'not-deliverable', errors: [{ field: 'surprise' }] });
    expect(await bench.one(id)).toMatchObject({ status: 'failed', revision: 1 });
  });

  it('is listed no more when its transfer has ended', async () => {
    const { id } = await on.aFailed();
    const { body: { editId } } = await on.edit(id, [PAYEE]);
    expect(await listed(editId)).toBeDefined();
    expect((await bench.supervisor.post(`/api/transfers/${id}/discard`, WHY)).status).toBe(200);
    expect(await listed(editId)).toBeUndefined();
  });

  it('and is closed by another one is named by the record of that', async () => {
    const { id } = await on.aFailed();
    const { body: { editId } } = await on.edit(id, [PAYEE]);
    await bench.gateway.db.updateTable('transfer_edits').set({ created_at: new Date(Date.now() - 8 * 86_400_000) }).where('id', '=', editId ?? '').execute();
    await on.edit(id, [PAYEE]);
    const [first, next] = await bench.recordsOf(id);
    expect(first?.facts).not.toHaveProperty('closedEdit');
    expect(next).toMatchObject({ action: 'transfer.edit-proposed', facts: { closedEdit: editId } });
  });

  it('shows those who may not edit no more of it than the body does', async () => {
    const { id } = await on.aFailed();
    const { body: { editId } } = await on.edit(id, [{ path: 'application.amount', value: '80001.00' }, REGION]);
    const path = `/api/transfers/${id}/edit/${editId ?? ''}`;
    const { body, text } = await bench.operator.get<EditDetailAnswer & ProblemAnswer>(path);
    expect(body.diff).toMatchObject([{ path: 'application.amount', before: expect.stringContaining('**'), after: expect.stringContaining('**') }, { path: REGION.path, after: REGION.value }]);
    expect(text).not.toMatch(/8000[01]/);
    expect((await second.get<EditDetailAnswer>(path)).body.diff).toMatchObject([{ before: '80000.00', after: '80001.00' }, {}]);
  });
});
