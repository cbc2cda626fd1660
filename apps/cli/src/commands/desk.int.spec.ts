import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { withDatabase } from '../../../../test/support/index.ts';
import { putCase, recordedAt } from '../../../gateway/src/ops-api/ledger-rows.fixture.ts';
import { openBench } from '../../../gateway/src/ops-api/ops-bench.fixture.ts';
import type { OpsBench } from '../../../gateway/src/ops-api/ops-bench.fixture.ts';
import { Bridgectl } from '../bridgectl.fixture.ts';
import type { Ended } from '../bridgectl.fixture.ts';

const DAY = new Date(Date.now() + 8 * 3_600_000 - 2 * 24 * 3_600_000).toISOString().slice(0, 10);
const WHY = ['--reason', '按日对账'];
const database = withDatabase();
let bench: OpsBench;
let bridgectl: Bridgectl;
let token: string;

beforeAll(async () => {
  bench = await openBench(database.url);
  bridgectl = new Bridgectl(bench.server.url);
  ({ token } = await bench.server.as('operator'));
  await putCase(bench.db, 'D-1', { hall_code: '410202' }, ['failed']);
  await putCase(bench.db, 'D-2', { hall_code: '410204' }, ['delivered']);
  for (const projectNo of ['D-1', 'D-2']) await recordedAt(bench.db, projectNo, `${DAY}T04:00:00Z`);
});
afterAll(() => bench.close());

const ctl = (...args: string[]): Promise<Ended> => bridgectl.run(args, { token });

describe('bridgectl at the desk', () => {
  it('searches by a line of conditions, and says what is wrong with one', async () => {
    const found = await ctl('cases', '--q', '厅:龙亭 状态:失败');
    expect([found.code, found.said]).toEqual([0, '']);
    expect(found.out).toContain('D-1');
    expect(found.out).not.toContain('D-2');
    expect((await ctl('transfers', '--q', '状态:失败')).out).toContain('tr_D-1_0');
    const broken = await ctl('cases', '--q', '颜色:红');
    expect([broken.code, broken.said]).toEqual([2, expect.stringContaining('没有这个字段')]);
  });

  it('searches for either of two conditions, and for a number beside them', async () => {
    const either = '厅:鼓楼 或 投递:投递失败';
    expect((await ctl('cases', '--q', either)).out).toMatch(/D-2[^]*D-1|D-1[^]*D-2/);
    const both = await ctl('cases', 'D-2', '--q', either);
    expect([both.out.includes('D-2'), both.out.includes('D-1')]).toEqual([true, false]);
    expect((await ctl('transfers', '--q', '(状态:失败 或 错误:http-410) 厅:龙亭')).out).toContain('tr_D-1_0');
    expect(await ctl('cases', '--q', '厅:鼓楼 或')).toMatchObject({ code: 2, said: expect.stringContaining('这里缺少条件') as unknown });
  });

  it('keeps a search, runs it, changes it and takes it away', async () => {
    expect((await ctl('views')).out).toContain('还没有保存的检索');
    expect(await ctl('views', 'save', '失败的', '--q', '状态:失败')).toMatchObject({ code: 0, out: expect.stringContaining('已保存') as unknown });
    expect(await ctl('views', 'save', '失败的', '--q', '厅:鼓楼')).toMatchObject({ code: 1 });
    expect((await ctl('views', 'run', '失败的')).out).toContain('D-1');
    expect(await ctl('views', 'save', '失败的', '--q', '厅:鼓楼', '--replace', '--shared')).toMatchObject({ code: 0, out: expect.stringContaining('已更改') as unknown });
    expect((await ctl('views', 'run', '失败的')).out).toMatch(/D-2/);
    expect((await ctl('views')).out).toMatch(/失败的.*厅:鼓楼.*自己（共享）/);
    expect(await ctl('views', 'save', '失败的', '--q', '厅:鼓楼', '--replace')).toMatchObject({ code: 0 });
    expect((await ctl('views')).out).toMatch(/失败的.*自己（共享）/);
    expect(await ctl('views', 'save', '失败的', '--q', '厅:鼓楼', '--replace', '--no-shared', '--json')).toMatchObject({ code: 0, out: expect.stringContaining('"shared":false') as unknown });
    expect(await ctl('views', 'save', '失败的', '--q', '厅:鼓楼', '--replace', '--shared')).toMatchObject({ code: 0 });
    expect(await ctl('views', 'save', '--screen', 'dead-letters', '--filter', 'status=open', '死信')).toMatchObject({ code: 0 });
    expect((await ctl('views', 'run', '死信')).out).toContain('现在没有符合的');
    expect(await ctl('views', 'save', '失败的', '--screen', 'transfers', '--q', '状态:失败')).toMatchObject({ code: 0 });
    expect(await ctl('views', 'run', '失败的')).toMatchObject({ code: 2, said: expect.stringContaining('不止一个') as unknown });
    expect((await ctl('views', 'run', '失败的', '--screen', 'transfers', '--ndjson')).out).toContain('"transferId":"tr_D-1_0"');
    const { token: other } = await bench.server.as('operator');
    expect((await bridgectl.run(['views', 'run', '失败的', '--screen', 'cases'], { token: other })).out).toContain('D-2');
    expect(await bridgectl.run(['views', 'delete', '失败的'], { token: other })).toMatchObject({ code: 1 });
    for (const [name, screen] of [['失败的', 'cases'], ['失败的', 'transfers'], ['死信', 'dead-letters']] as const) expect((await ctl('views', 'delete', name, '--screen', screen)).out).toContain('已删除');
    expect(await ctl('views', 'run', '失败的')).toMatchObject({ code: 1, said: expect.stringContaining('没有保存的检索') as unknown });
    expect(await ctl('views', 'save', '坏的', '--q', '颜色:红')).toMatchObject({ code: 2 });
    expect(await ctl('views', 'save', '坏的', '--filter', 'status')).toMatchObject({ code: 2, said: expect.stringContaining('参数=值') as unknown });
  });

  it('takes a list away whole, into a file that only its owner reads', async () => {
    const file = join(bridgectl.home, 'cases.csv');
    const { code, out } = await ctl('export', 'cases', file, '--q', '厅:龙亭');
    expect([code, statSync(file).mode & 0o777, out]).toEqual([0, 0o600, expect.stringContaining('共 1 行')]);
    expect(readFileSync(file, 'utf8')).toContain('D-1');
    expect((await ctl('export', 'cases', file)).code).toBe(2);
    expect((await ctl('export', 'operation', 'op_unknown', join(bridgectl.home, 'none.csv'))).code).toBe(1);
    expect(existsSync(join(bridgectl.home, 'none.csv'))).toBe(false);
  });

  it('reconciles a day: the board, a delta, the other side\'s list, the sign-off', async () => {
    expect((await ctl('reconcile', 'show', DAY)).out).toMatch(/龙亭区政务服务大厅/);
    expect((await ctl('reconcile', 'missing', DAY, 'delivered')).out).toMatch(/D-1.*投递失败/);
    const file = join(bridgectl.home, 'hall.csv');
    writeFileSync(file, '办件编号\nD-1\nD-9\n');
    expect(await ctl('reconcile', 'upload', DAY, 'hall:410202', 'sent', file, ...WHY)).toMatchObject({ code: 0, out: expect.stringContaining('2 个编号') as unknown });
    const compared = await ctl('reconcile', 'compare', DAY, 'hall:410202', 'sent');
    expect(compared.out).toMatch(/D-9.*从未收到/);
    expect(compared.out).not.toContain('D-1');
    expect(await ctl('reconcile', 'sign', DAY, ...WHY)).toMatchObject({ code: 0, out: expect.stringContaining('已签认') as unknown });
    expect((await ctl('reconcile')).out).toMatch(new RegExp(`${DAY}.*已签认`));
  });

  it('asks for a test of a connection and shows its answer', async () => {
    const testing = ctl('connections', 'test', 'centre', ...WHY);
    const finding = { destination: 'centre', testId: null, at: new Date().toISOString(), ok: false, step: 'tcp', code: 'connection-refused', detailZh: '对方没有程序在听', latencyMs: 3, httpStatus: null, certificateNotAfter: null };
    for (let asked = false; !asked;) {
      const { numUpdatedRows } = await bench.db.updateTable('connection_tests').set({ answered_at: new Date(), answered_by: 'a', finding: JSON.stringify(finding) }).executeTakeFirst();
      asked = numUpdatedRows > 0n;
    }
    const { code, out } = await testing;
    expect([code, out]).toEqual([3, expect.stringContaining('connection-refused')]);
    expect((await ctl('connections')).out).toContain('鼓楼区政务服务大厅');
  });
});
