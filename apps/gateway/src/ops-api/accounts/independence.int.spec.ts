import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { withDatabase } from '../../../../../test/support/index.ts';
import { noteHandler } from '../../ledger/access-handler-rows.ts';
import { ReplayBench, WHY } from '../../operations/replay-bench.fixture.ts';
import { startOpsServer } from '../ops-server.fixture.ts';
import type { OpsClient } from '../ops-server.fixture.ts';
import type { ProblemAnswer } from '../problems/problem.answer.ts';
import type { EditActionAnswer } from '../revisions/edit.answer.ts';
import type { SessionAnswer } from '../session/session.answer.ts';

const database = withDatabase();
let bench: ReplayBench;
let author: OpsClient;

beforeAll(async () => {
  bench = await ReplayBench.open(database.url, { operationApproveAbove: 1 });
  author = bench.supervisor;
});
afterAll(() => bench.close());

const personOf = async (client: OpsClient): Promise<string> => (await client.get<SessionAnswer>('/api/session')).body.person;

/** A supervisor whose account the author once had in their hands, as an administrator, or who had the author's. */
async function tied(direction: 'made by the author' | 'who made the author'): Promise<OpsClient> {
  const other = await bench.server.as('supervisor');
  const [mine, theirs] = [await personOf(author), await personOf(other)];
  const [account, handler] = direction === 'made by the author' ? [theirs, mine] : [mine, theirs];
  await bench.gateway.db.transaction().execute((trx) => noteHandler(trx, account.replace('account:', ''), handler));
  return other;
}

describe('two whom the same administrator made', () => {
  it.each([[false, 200], [true, 409]])('approve for each other, unless that is to be by another administrator: %j', async (byAnother, status) => {
    const strict = await startOpsServer(bench.gateway.db, bench.gateway.keys, undefined, { approversByAnotherAdministrator: byAnother, operationApproveAbove: 1 });
    const [one, other, free] = [await strict.as('supervisor'), await strict.as('supervisor'), await strict.as('supervisor')];
    for (const client of [one, other]) {
      const account = (await personOf(client)).replace('account:', '');
      await bench.gateway.db.transaction().execute((trx) => noteHandler(trx, account, 'account:administrator'));
    }
    await bench.failedCases(2);
    const id = await bench.create({ selection: { filter: { destination: 'centre', errorCode: 'http-400' } } }, one);
    await bench.walk(id);
    const [transfer] = await bench.failedCases(1);
    const changes = [{ path: 'application.payee.accountNo', value: '6200000000000000009' }];
    const { body: { editId } } = await one.post<EditActionAnswer>(`/api/transfers/${transfer?.id ?? ''}/edit`, { ...WHY, changes }, { 'if-match': '"1"' });
    const approvals = [`/api/operations/${id}/approve`, `/api/transfers/${transfer?.id ?? ''}/edit/${editId ?? ''}/approve`];
    for (const path of approvals) expect((await other.post(path, WHY)).status).toBe(status);
    if (byAnother) for (const path of approvals) expect((await free.post(path, WHY)).status).toBe(200);
    await one.post(`/api/operations/${id}/cancel`, WHY);
    await bench.walk(id);
    await strict.close();
  });
});

describe.each(['made by the author', 'who made the author'] as const)('somebody %s', (direction) => {
  it('does not approve their operation, and that they tried is on record; another person does', async () => {
    await bench.failedCases(2);
    const id = await bench.create({ selection: { filter: { destination: 'centre', errorCode: 'http-400' } } }, author);
    await bench.walk(id);
    const approve = async (client: OpsClient): Promise<unknown> => (await client.post(`/api/operations/${id}/approve`, WHY)).body;
    expect(await approve(await tied(direction))).toMatchObject({ status: 409, code: 'not-independent' });
    expect(await bench.recordsOf(id)).toEqual(expect.arrayContaining([expect.objectContaining({ action: 'operation.approve', result: 'refused: not-independent' })]));
    expect(await approve(await bench.server.as('supervisor'))).toMatchObject({ outcome: 'approved' });
    await author.post(`/api/operations/${id}/cancel`, WHY);
    await bench.walk(id);
  });

  it('does not approve their edit of money, and that they tried is on record; another person does', async () => {
    const [transfer] = await bench.failedCases(1);
    const id = transfer?.id ?? '';
    const changes = [{ path: 'application.payee.accountNo', value: '6200000000000000009' }];
    const { body: { editId } } = await author.post<EditActionAnswer>(`/api/transfers/${id}/edit`, { ...WHY, changes }, { 'if-match': '"1"' });
    const approve = async (client: OpsClient): Promise<EditActionAnswer & ProblemAnswer> => (await client.post<EditActionAnswer & ProblemAnswer>(`/api/transfers/${id}/edit/${editId ?? ''}/approve`, WHY)).body;
    expect(await approve(await tied(direction))).toMatchObject({ status: 409, code: 'not-independent' });
    expect(bench.ordersOf(id)).toEqual([]);
    expect((await bench.recordsOf(id)).at(-1)).toMatchObject({ action: 'transfer.edit-approve', result: 'refused: not-independent' });
    expect(await approve(await bench.server.as('supervisor'))).toMatchObject({ outcome: 'accepted' });
  });
});
