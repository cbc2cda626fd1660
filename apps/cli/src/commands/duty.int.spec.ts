import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { withDatabase } from '../../../../test/support/index.ts';
import { openAlerts } from '../../../gateway/src/ledger/alert-rows.ts';
import { openBench } from '../../../gateway/src/ops-api/ops-bench.fixture.ts';
import type { OpsBench } from '../../../gateway/src/ops-api/ops-bench.fixture.ts';
import { Bridgectl } from '../bridgectl.fixture.ts';
import type { Ended } from '../bridgectl.fixture.ts';

const database = withDatabase();
const WHY = ['--reason', '中心机房搬迁'];
let bench: OpsBench;
let bridgectl: Bridgectl;
let token: string;

beforeAll(async () => {
  bench = await openBench(database.url, { environmentName: '演练' });
  bridgectl = new Bridgectl(bench.server.url);
  ({ token } = await bench.server.as('operator'));
  await openAlerts(bench.db, [{ condition: 'circuit-open', subject: 'centre', detail_zh: '接口不通', detail_en: 'down', facts: {} }]);
});
afterAll(() => bench.close());

const run = (...args: string[]): Promise<Ended> => bridgectl.run(args, { token });

describe('bridgectl, for people on duty', () => {
  it('acknowledges and mutes an alert: then it no longer makes the status bad, and is shown all the same', async () => {
    expect((await run('status')).code).toBe(3);
    expect(await run('alerts', 'ack', '1', ...WHY)).toMatchObject({ code: 0, out: expect.stringMatching(/^已确认：1\n$/) });
    expect((await run('alerts', 'ack', '1', ...WHY)).said).toContain('已有人确认');
    expect((await run('alerts', 'mute', '1', ...WHY, '--until', '8d')).code).toBe(2);
    expect(await run('alerts', 'mute', '1', ...WHY, '--until', '2h')).toMatchObject({ code: 0, out: expect.stringContaining('已静音') });
    expect((await run('alerts')).out).toMatch(/端点熔断.*已确认.*静音到/);
    expect((await run('alerts', 'show', '1')).out).toContain('/api/circuits?destination=centre');
    const status = await run('status');
    expect([status.code, status.out]).toEqual([0, expect.stringMatching(/就近桥（演练）[^]*端点熔断.*已确认，已静音/)]);
    expect((await run('alerts', 'unmute', '1', ...WHY)).code).toBe(0);
  });

  it('plans a downtime, moves and cancels it', async () => {
    const planned = await run('maintenance', 'plan', 'centre', '--from', '1h', '--to', '3h', ...WHY);
    expect([planned.code, planned.out]).toEqual([0, expect.stringMatching(/已登记.*mt_\S+，市住房公积金管理中心/)]);
    const id = /mt_[\w-]+/.exec(planned.out)?.[0] ?? '';
    expect((await run('status')).out).toContain(id);
    expect((await run('maintenance', 'change', id, '--to', '4h', ...WHY)).code).toBe(0);
    expect((await run('maintenance', 'show', id)).out).toContain('intake:410204');
    expect((await run('maintenance', 'cancel', id, ...WHY)).out).toContain('已取消');
    expect((await run('maintenance', '--open')).out).toContain('没有计划维护');
  });

  it('shows what a shift leaves to the next, has it signed, and reads it back', async () => {
    expect((await run('shift')).out).toMatch(/^# 交班记录（演练）\n[^]*端点熔断/);
    const signed = await run('shift', 'sign', '--reason', '平安无事，盯中心');
    expect([signed.code, signed.out]).toEqual([0, expect.stringMatching(/^已签字.*：1，.*摘要 [0-9a-f]{64}\n$/)]);
    expect((await run('shift', 'list')).out).toContain('平安无事，盯中心');
    expect((await run('shift', 'show', '1')).out).toMatch(/^# 交班记录/);
    expect(JSON.parse((await run('shift', 'show', '--hours', '1', '--json')).out)).toMatchObject({ environment: '演练' });
    await sql`update shifts set document = replace(document, '端点熔断', '无')`.execute(bench.db);
    expect(await run('shift', 'show', '1')).toMatchObject({ code: 3, said: expect.stringContaining('不符') });
  });
});
