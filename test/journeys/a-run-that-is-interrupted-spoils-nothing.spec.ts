import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { forgetProfile, NpmScript, processesWith } from '#test';
import { CHECKOUT } from '../../local/servers/profile.ts';

const PROFILE = 'journey-stop';
const HOME = join(CHECKOUT, '.jiujin', PROFILE);
const END_MS = 150_000;
const TEST_MS = 240_000;

describe('a counted run that is interrupted in the middle', () => {
  let run: NpmScript | null = null;
  const countedRun = (cases: number): NpmScript => {
    run = new NpmScript('start', ['--profile', PROFILE, '--cases', String(cases), '--seed', '7', '--exit', '--json']);
    return run;
  };

  // Also what a run left that was itself cut off.
  beforeAll(() => { forgetProfile(PROFILE); });
  afterEach(() => run?.stop(), TEST_MS);
  afterAll(() => { forgetProfile(PROFILE); });

  it('stops everything it started, gives no result, and says by its exit code that it was stopped', async () => {
    const interrupted = countedRun(100_000);
    await interrupted.says('在办', END_MS);
    interrupted.interrupt();
    const { code, stdout, stderr } = await interrupted.endsWithin(END_MS);
    expect(code).not.toBe(0);
    expect(stdout).toBe('');
    expect(stderr).toContain('已全部停止');
    expect(processesWith(`${HOME}/`)).toEqual([]);
  }, TEST_MS);

  it('leaves its cases to the next run, which brings them on without counting them as its own', async () => {
    const { code, stdout, stderr } = await countedRun(20).endsWithin(END_MS);
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout.trim().split('\n').at(-1) ?? '')).toMatchObject({ cases: 20, failed: 0, lost: 0, duplicated: 0, outOfOrder: 0 });
    // How long a second start takes depends on who else is busy on this machine; that it is told does not.
    expect(stderr).toMatch(/全部就绪，用时 [\d.]+ 秒/);
    expect(processesWith(`${HOME}/`)).toEqual([]);
  }, TEST_MS);
});
