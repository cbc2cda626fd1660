import { PassThrough } from 'node:stream';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { until, withDatabase } from '../../../../test/support/index.ts';
import { REFUSED, ReplayBench } from '../../../gateway/src/operations/replay-bench.fixture.ts';
import type { Answering } from '../../../gateway/src/operations/replay-bench.fixture.ts';
import { Bridgectl } from '../bridgectl.fixture.ts';
import type { Ended } from '../bridgectl.fixture.ts';
import { runBridgectl } from '../program.ts';
import { Written } from '../terminal/fake-terminal.fixture.ts';

const WHY = ['--reason', '中心已修复', '--ladder', 'none'];
const FILTER = ['--destination', 'centre', '--hall', '410204', '--event', 'case.received', '--error-code', 'http-400'];
const database = withDatabase();
let bench: ReplayBench;
let bridgectl: Bridgectl;
let answering: Answering;
let walking: Promise<void>;
let over: boolean;

beforeAll(async () => {
  bench = await ReplayBench.open(database.url, { operationConfirmAbove: 0, operationApproveAbove: 30 });
  bridgectl = new Bridgectl(bench.server.url);
});
beforeEach(async () => {
  await bench.gateway.db.updateTable('transfers').set({ status: 'discarded' }).where('status', '=', 'failed').execute();
  await bench.gateway.db.deleteFrom('operation_claims').execute();
  await bench.gateway.db.updateTable('operations').set({ status: 'cancelled', finished_at: new Date() }).where('finished_at', 'is', null).execute();
  answering = () => ({});
  over = false;
  walking = walkAll();
});
afterEach(async () => {
  over = true;
  await walking;
});
afterAll(() => bench.close());

/** What the gateway's clocks would do: every operation takes its steps. */
async function walkAll(): Promise<void> {
  await until(async () => {
    const open = await bench.gateway.db.selectFrom('operations').select('id').where('finished_at', 'is', null).execute();
    for (const { id } of open) await bench.walk(id, { answering: (order) => answering(order), enough: () => over });
    return over;
  }, { within: 170_000, every: 50, what: 'the end of the test' });
}

const run = (...args: string[]): Promise<Ended> => bridgectl.run(args, { token: bench.operator.token });
const last = () => bench.gateway.db.selectFrom('operations').select(['id', 'status', 'sent']).orderBy('created_at', 'desc').executeTakeFirst();
const failedNow = async (): Promise<number> => Number((await bench.gateway.db.selectFrom('transfers').select(({ fn }) => fn.countAll().as('n')).where('status', '=', 'failed').executeTakeFirstOrThrow()).n);

/** Somebody at a terminal who answers the question. */
async function typing(answer: string, ...args: string[]): Promise<{ code: number; out: string; said: string }> {
  const [stdout, stderr] = [new Written({ isTTY: true, columns: 120 }), new Written({ isTTY: true })];
  const stdin = Object.assign(new PassThrough(), { isTTY: true });
  const interrupt = new AbortController();
  const ended = runBridgectl(args, {
    env: { BRIDGECTL_URL: bench.server.url, BRIDGECTL_TOKEN: bench.operator.token, NO_COLOR: '1' }, home: '/nonexistent', checkout: '/nonexistent', stdin, stdout, stderr, interrupted: interrupt.signal,
  });
  await until(() => stderr.text.includes('键入条数'), { within: 60_000, what: 'the question' });
  stdin.write(`${answer}\n`);
  return { code: await ended, out: stdout.text, said: stderr.text };
}

describe('bridgectl replay', () => {
  it('shows the preflight, has the count typed, shows the progress and the end', async () => {
    const failed = await bench.failedCases(7);
    const { code, out, said } = await typing('7', 'replay', ...FILTER, ...WHY);
    expect([code, out]).toEqual([0, expect.stringMatching(/将要投递 +7[\s\S]*已完成：已送达 7，失败 0，跳过 0\n$/)]);
    expect(said).toMatch(/█{30} 100% {2}已完成/);
    expect(bench.sendingsOf(failed.map(({ id }) => id))).toEqual(failed.map(() => 1));
  });

  it('sends nothing when another count is typed, and says what became of the operation', async () => {
    await bench.failedCases(3);
    const { code, said } = await typing('4', 'replay', ...FILTER, ...WHY);
    expect([code, said]).toEqual([1, expect.stringMatching(/键入的不是 3；没有投递。[\s\S]*operations cancel op_/)]);
    expect([await failedNow(), (await last())?.status]).toEqual([3, 'ready']);
  });

  it('asks nobody with --yes, as long as the count is what the preflight says', async () => {
    const [first] = await bench.failedCases(2);
    const group = (await bench.one(first?.id ?? '')).failure_group ?? '';
    const wrong = await run('replay', group, ...WHY, '--yes', '--confirm-count', '1');
    expect([wrong.code, wrong.said]).toEqual([1, expect.stringContaining('预检是 2')]);
    expect((await run('operations', 'cancel', (await last())?.id ?? '', '--reason', '条数写错了')).code).toBe(0);
    const right = await run('replay', group, ...WHY, '--yes', '--confirm-count', '2', '--json');
    expect([right.code, JSON.parse(right.out)]).toMatchObject([0, { status: 'completed', progress: { delivered: 2 } }]);
  });

  it('sends one transfer in its hours only, as an operation that says until when it waits', async () => {
    const [one] = await bench.failedCases(1);
    // All of the day after tomorrow, in Beijing.
    const day = new Date(Date.now() + 56 * 3_600_000).getUTCDay() || 7;
    const { code, out } = await run('replay', one?.id ?? '', ...WHY, '--hours', `${day} 00:00-24:00`, '--yes', '--confirm-count', '1', '--detach');
    expect([code, out]).toEqual([0, expect.stringContaining('投递时段')]);
    const id = (await last())?.id ?? '';
    await until(async () => (await bench.show(id)).statusReason === 'outside-hours', { within: 60_000, what: 'the wait for its hours' });
    expect((await run('operations', 'show', id)).out).toMatch(new RegExp(`不在投递时段.*继续[^]*${day} 00:00-24:00`));
    expect(bench.sendingsOf([one?.id ?? ''])).toEqual([0]);
  });

  it('ends with 3 when something failed again', async () => {
    await bench.failedCases(2);
    answering = () => REFUSED;
    const { code, out } = await run('replay', ...FILTER, ...WHY, '--abort-ratio', '1', '--yes', '--confirm-count', '2');
    expect([code, out]).toEqual([3, expect.stringMatching(/失败 2[\s\S]*operations items op_\S+ --state failed/)]);
  });

  it('leaves the operation running at Ctrl-C, and says how to go on', async () => {
    await bench.failedCases(5);
    let answer = false;
    answering = () => (answer ? {} : null);
    const { child, ended, said } = bridgectl.start(['replay', ...FILTER, ...WHY, '--yes', '--confirm-count', '5'], bench.operator.token);
    await until(() => /已发出 5/.test(said()), { within: 60_000, what: 'the orders' });
    child.kill('SIGINT');
    const { code, said: words } = await ended;
    const id = (await last())?.id ?? '';
    expect([code, words]).toEqual([130, expect.stringContaining(`operations follow ${id}`)]);
    expect((await last())?.status).toBe('running');
    answer = true;
    const orders = bench.answered.splice(0);
    bench.gateway.publisher.orders.push(...orders as never[]);
    expect(await run('operations', 'follow', id)).toMatchObject({ code: 0, out: expect.stringContaining('已送达 5') });
  });

  it('of one transfer says why it cannot be, and sends it when it can', async () => {
    const { failed, held } = await bench.failedLane();
    const refused = await run('replay', held.id, '--reason', '中心已修复', '--yes', '--confirm-count', '1');
    expect([refused.code, refused.said]).toEqual([1, expect.stringContaining('不能重新投递')]);
    const done = await run('replay', failed.id, '--reason', '中心已修复', '--yes', '--confirm-count', '1');
    expect([done.code, bench.ordersOf(failed.id)]).toEqual([0, [{ attempt: 2, resend: true }]]);
  });

  it('of very many waits for a second person, and starts after that', async () => {
    await bench.failedCases(31);
    const { code, out } = await run('replay', ...FILTER, ...WHY, '--yes', '--confirm-count', '31');
    const id = (await last())?.id ?? '';
    expect([code, out]).toEqual([3, expect.stringContaining(`operations approve ${id}`)]);
    expect((await run('operations', 'approve', id, '--reason', '同意重新投递')).code).toBe(4);
    expect((await bridgectl.run(['operations', 'approve', id, '--reason', '同意重新投递'], { token: bench.supervisor.token })).code).toBe(0);
    expect((await run('operations', 'start', id, '--reason', '已获批准', '--yes', '--confirm-count', '31')).code).toBe(0);
  });
});

describe('bridgectl failures return', () => {
  const BAD_DATA = { ...REFUSED, httpStatus: 422, errorCode: 'http-422' };
  const WRONG = ['--field', 'application.regionCode=与账户所在区不符', '--reason', '中心称数据有误'];

  it('returns a whole group to its halls, once the count is confirmed, and shows how far it is', async () => {
    const [first] = await bench.failedCases(3, BAD_DATA);
    const group = (await bench.one(first?.id ?? '')).failure_group ?? '';
    const as = { token: bench.supervisor.token };
    const { code, out } = await bridgectl.run(['failures', 'return', group, ...WRONG, '--yes', '--confirm-count', '3'], as);
    expect([code, out]).toEqual([0, expect.stringMatching(/将要退回大厅 +3[\s\S]*已完成：已退回大厅 3，跳过 0\n$/)]);
    const id = (await last())?.id ?? '';
    const shown = await run('operations', 'show', id);
    expect(shown.out).toMatch(/请大厅更正 +application\.regionCode：与账户所在区不符/);
    const again = await bridgectl.run(['failures', 'return', group, ...WRONG, '--yes', '--confirm-count', '3'], as);
    expect([again.code, again.out]).toEqual([3, expect.stringMatching(/跳过的原因 +已退回大厅，正等其更正 3/)]);
    expect((await run('failures', 'return', group, ...WRONG, '--yes', '--confirm-count', '3')).code).toBe(4);
  });
});

describe('bridgectl operations', () => {
  it('keeps what has ended pinned until somebody acknowledges it', async () => {
    await bench.failedCases(2);
    expect((await run('replay', '--q', '厅:410204 错误:http-400', ...WHY, '--yes', '--confirm-count', '2')).code).toBe(0);
    const id = (await last())?.id ?? '';
    expect((await run('operations', '--pinned')).out).toMatch(new RegExp(`${id}.*已完成（未确认）`));
    const done = await run('operations', 'acknowledge', id, '--reason', '结果已核对');
    expect([done.code, done.out]).toEqual([0, expect.stringContaining('已确认知悉')]);
    expect((await run('operations', '--pinned')).out).not.toContain(id);
    expect((await run('operations', 'show', id)).out).toMatch(/确认 +operator/);
    expect(await run('operations', 'acknowledge', id, '--reason', '结果已核对')).toMatchObject({ code: 1, said: expect.stringContaining('已经确认过') });
  });
});
