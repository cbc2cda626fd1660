import { describe, expect, it } from '@jest/globals';
import { Readable } from 'node:stream';
import { problemOf, ApiProblem, UsageError } from '../gateway/problems.ts';
import { runBridgectl } from '../program.ts';
import { Written } from '../terminal/fake-terminal.fixture.ts';
import { hoursOf, hoursText } from './channel-settings.ts';
import { instantOf } from './channels.ts';
import { placeOf } from './evidence.ts';
import { sparkline } from './failure-text.ts';
import { ladderOf, selectionOf } from './replay.ts';

async function run(...args: string[]): Promise<{ code: number; out: string; said: string }> {
  const [stdout, stderr] = [new Written(), new Written()];
  const code = await runBridgectl(args, { env: {}, home: '/nonexistent', checkout: '/nonexistent', stdin: Readable.from([]), stdout, stderr, interrupted: new AbortController().signal });
  return { code, out: stdout.text, said: stderr.text };
}

describe('the command line', () => {
  it.each([
    [[], '请给出命令'], [['statu'], 'status'], [['status', '--such'], 'such'], [['pause', 'intake:410204'], 'reason'], [['status', '--timeout', '0'], '--timeout'],
    [['status', '--watch', '0'], '--watch'], [['cases', '--all', '--limit', '3'], 'limit'], [['replay', '--reason', '已修复'], '只给一种'], [['replay', 'fg_1', '--destination', 'centre', '--reason', '已修复'], '只给一种'],
    [['replay', 'tr_1', '--reason', '已修复', '--yes'], '--confirm-count'], [['replay', 'x', '--reason', '已修复'], 'x'], [['evidence', 'verify', '/nonexistent'], '没有这个文件'], [['status', '--url', 'nowhere'], '网关地址'],
    [['operations', 'pause', 'op_1'], 'reason'], [['dead-letters', 'show', 'x'], '正整数'], [['edit'], '请给出'],
    [['channels', 'set', 'intake:410204', '--reason', '对方限流'], '--rate 或 --hours'], [['channels', 'set', 'intake:410204', '--rate', '0', '--reason', '对方限流'], '--rate'], [['replay', 'fg_1', '--hours', '周一 8点', '--reason', '已修复'], '--hours'],
    [['edit', 'submit', 'tr_1', '--set', 'a=b'], 'reason'], [['return', 'tr_1', '--reason', '数据有误'], '哪里不对'], [['failures', 'return', 'fg_1', '--reason', '数据有误'], '哪里不对'], [['return', 'tr_1', '--field', '不符', '--reason', '数据有误'], '路径=内容'],
  ])('%j is a wrong use: exit code 2, and why', async (args, why) => {
    const { code, out, said } = await run(...args);
    expect([code, out]).toEqual([2, '']);
    expect(said).toContain(why);
  });

  it('takes hours as people write them', () => {
    const hours = [{ days: [1, 2, 3, 4, 5], from: '08:30', to: '17:30' }, { days: [6, 7], from: '09:00', to: '24:00' }];
    expect(hoursOf('1-5 08:30-17:30;6,7  09:00-24:00')).toEqual(hours);
    expect(hoursText(hours)).toBe('1-5 08:30-17:30; 6,7 09:00-24:00');
    expect(hoursOf('none')).toBeNull();
    expect(() => hoursOf('1-5 8:30-17:30')).toThrow('--hours');
  });

  it('explains itself on stdout', async () => {
    const { code, out, said } = await run('--help');
    expect([code, said]).toEqual([0, '']);
    for (const command of ['status', 'cases', 'trace', 'alerts', 'failures', 'replay', 'operations', 'edit', 'return', 'mapping', 'queues', 'channels', 'pause', 'resume', 'retry-ladder', 'dead-letters', 'audit', 'circuits', 'evidence', 'doctor', 'login', 'accounts', 'tokens', 'completion']) expect(out).toContain(`bridgectl ${command}`);
  });

  it('completes what is typed by half', async () => {
    const { out } = await run('--get-yargs-completions', 'bridgectl', 'op');
    expect(out).toContain('operations');
    expect((await run('--get-yargs-completions', 'bridgectl', 'edit', '')).out).toMatch(/form[\s\S]*preview[\s\S]*submit[\s\S]*pending[\s\S]*withdraw/);
  });

  it('says in one sentence that there is no gateway, and what to do: exit code 1', async () => {
    const { code, said } = await run('status', '--url', 'http://127.0.0.1:1', '--timeout', '5');
    expect(code).toBe(1);
    expect(said).toMatch(/^连不上网关 http:\/\/127\.0\.0\.1:1：.+\n→ .*--url.*\n$/);
  });

  it('says so in JSON to who asked for JSON', async () => {
    const { said } = await run('status', '--url', 'http://127.0.0.1:1', '--json');
    expect(JSON.parse(said)).toMatchObject({ problem: { detailZh: expect.stringContaining('连不上') } });
  });
});

describe('exit codes of refusals', () => {
  it.each([[401, 4], [403, 4], [404, 1], [409, 1], [422, 2], [500, 1], [503, 1]])('HTTP %i ends with %i', (status, exitCode) => {
    expect(new ApiProblem(problemOf(status, { code: 'x', titleZh: '不行', detailZh: '因为' })).exitCode).toBe(exitCode);
  });

  it('also of a proxy that answers with a page', () => {
    expect(new ApiProblem(problemOf(502, undefined)).message).toContain('HTTP 502');
  });
});

describe('what is typed', () => {
  it('names transfers, one group, or a filter', () => {
    expect(selectionOf(['tr_1', 'tr_2', 'tr_1'], {})).toEqual({ transferIds: ['tr_1', 'tr_2'] });
    expect(selectionOf(['fg_1'], {})).toEqual({ failureGroup: 'fg_1' });
    expect(selectionOf([], { destination: 'centre' })).toEqual({ filter: { destination: 'centre' } });
    expect(selectionOf([], {}, '状态:失败')).toEqual({ q: '状态:失败' });
    expect(() => selectionOf(['fg_1'], {}, '状态:失败')).toThrow(UsageError);
    for (const wrong of [['fg_1', 'fg_2'], [], ['tr_1', 'fg_1']]) expect(() => selectionOf(wrong, {})).toThrow(UsageError);
  });

  it('is a ladder', () => {
    expect([ladderOf(undefined), ladderOf('none'), ladderOf('1, 10,10%')]).toEqual([undefined, [], [1, 10, '10%']]);
    expect(() => ladderOf('1,x')).toThrow(UsageError);
  });

  it('is an instant, or how long until then', () => {
    expect(instantOf('30m', 0)).toBe('1970-01-01T00:30:00.000Z');
    expect(instantOf('2026-11-24T08:30:00+08:00')).toBe('2026-11-24T08:30:00+08:00');
    for (const wrong of ['2026-11-24', 'soon', '2026-11-24T08:30:00']) expect(() => instantOf(wrong)).toThrow(UsageError);
  });

  it('is a place in the chain of evidence', () => {
    expect(placeOf(`7:${'AB'.repeat(32)}`)).toEqual({ seq: 7, hash: 'ab'.repeat(32) });
    expect(() => placeOf('7:ab')).toThrow(UsageError);
  });

  it('is drawn as bars', () => {
    expect(sparkline([0, 1, 8, 4])).toBe('·▁█▄');
  });
});
