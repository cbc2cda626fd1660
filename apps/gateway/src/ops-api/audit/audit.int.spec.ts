import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { withDatabase } from '../../../../../test/support/index.ts';
import { recordAction } from '../../evidence/record-action.ts';
import { putCase } from '../ledger-rows.fixture.ts';
import { openBench } from '../ops-bench.fixture.ts';
import type { OpsBench } from '../ops-bench.fixture.ts';
import type { OpsClient } from '../ops-server.fixture.ts';
import type { ActionPage } from './action.answer.ts';

const database = withDatabase();
let bench: OpsBench;
let auditor: OpsClient;

beforeAll(async () => {
  bench = await openBench(database.url);
  auditor = await bench.server.as('auditor');
  await putCase(bench.db, 'A-1', {}, ['failed']);
  await record('transfer.replayed', 'account:one', 'transfer', 'tr_A-1_0');
  await record('transfer.discarded', 'account:two', 'transfer', 'tr_A-1_0');
  await record('channel.paused', 'account:one', 'channel', 'intake:410204');
});
afterAll(() => bench.close());

function record(action: string, id: string, subjectKind: string, subject: string): Promise<void> {
  return bench.db.transaction().execute((trx) => recordAction(trx, {
    caller: { id, name: '测试甲', address: '192.0.2.7' }, action, subjectKind, subject, reason: '核实后处理，账号 6222020200012345678', result: 'done', facts: { attempt: 2 },
  }));
}

async function list(query = ''): Promise<string[]> {
  const { status, body } = await auditor.get<ActionPage>(`/api/audit${query}`);
  expect(status).toBe(200);
  return body.items.map(({ action, actor }) => `${action} ${actor}`);
}

describe('the record of actions', () => {
  it('tells who did what to what, when, why, from where and with what result, newest first', async () => {
    const { body } = await auditor.get<ActionPage>('/api/audit');
    expect(body.items.map(({ action }) => action)).toEqual(['channel.paused', 'transfer.discarded', 'transfer.replayed']);
    expect(body.items[2]).toMatchObject({
      seq: 1, actor: 'account:one', actorName: '测试甲', address: '192.0.2.7', actionZh: '重新投递', subjectKind: 'transfer', subjectKindZh: '投递', subject: 'tr_A-1_0',
      result: 'done', resultZh: '已完成', facts: { attempt: 2 }, at: expect.stringMatching(/\+08:00$/),
    });
    expect(body.items[2]?.reason).toBe('核实后处理，账号 ***************5678');
  });

  it.each([
    ['?actor=account:two', ['transfer.discarded account:two']],
    ['?action=channel.paused', ['channel.paused account:one']],
    ['?subjectKind=transfer&actor=account:one', ['transfer.replayed account:one']],
    ['?subject=intake:410204', ['channel.paused account:one']],
    ['?to=2020-01-01', []],
    ['?from=2020-01-01&subjectKind=channel', ['channel.paused account:one']],
  ])('is narrowed by %s', async (query, found) => {
    expect(await list(query)).toEqual(found);
  });

  it('comes page by page, each record once', async () => {
    const first = (await auditor.get<ActionPage>('/api/audit?limit=2')).body;
    await record('session.opened', 'account:three', 'account', 'three');
    const second = (await auditor.get<ActionPage>(`/api/audit?limit=2&cursor=${String(first.nextCursor)}`)).body;
    expect([...first.items, ...second.items].map(({ seq }) => seq)).toEqual([3, 2, 1]);
    expect(second.nextCursor).toBeNull();
  });

  it('is for auditors alone', async () => {
    for (const role of ['viewer', 'operator', 'supervisor', 'administrator'] as const) expect((await (await bench.server.as(role)).get('/api/audit')).status).toBe(403);
  });

  it('stands in the timeline of the case whose transfer it is about', async () => {
    const { body } = await bench.server.get<{ timeline: { kind: string; action?: string; actorName?: string; reason?: string }[] }>('/api/cases/A-1');
    const actions = body.timeline.filter(({ kind }) => kind === 'action');
    expect(actions).toMatchObject([{ action: 'transfer.replayed', actorName: '测试甲', reason: expect.stringContaining('核实后处理') }, { action: 'transfer.discarded' }]);
  });
});
