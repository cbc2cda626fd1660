import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { forgetProfile, NpmScript, premise, processesWith } from '#test';
import { CHECKOUT } from '../../local/servers/profile.ts';
import type { ChaosResult } from './chaos-report.ts';
import { FAULT_NAMES } from './faults.ts';

const PROFILE = 'chaos-short';
const CUT_SHORT = 'chaos-cut-short';
const homeOf = (profile: string): string => join(CHECKOUT, '.jiujin', profile, '/');
const SECONDS = 60;
const SEED = 7;
/** On a machine with nothing else to do it takes less than half of that. */
const END_MS = 400_000;
const STOP_MS = 120_000;
const TEST_MS = END_MS + STOP_MS;

describe('a short chaos run', () => {
  let run: NpmScript | null = null;
  let found = true;
  const chaos = (profile: string, ...args: string[]): NpmScript => {
    run = new NpmScript('chaos', ['--profile', profile, '--seed', String(SEED), '--json', ...args]);
    return run;
  };

  // Also what a run left that was itself cut off.
  beforeAll(() => { for (const profile of [PROFILE, CUT_SHORT]) forgetProfile(profile); });
  afterEach(() => run?.stop(), STOP_MS);
  // The logs of a run that found something are kept for whoever must find out why.
  afterAll(() => { for (const profile of found ? [CUT_SHORT] : [PROFILE, CUT_SHORT]) forgetProfile(profile); });

  it('does every kind of fault, and nothing is lost, doubled, out of order or stuck', async () => {
    const { code, stdout, stderr } = await chaos(PROFILE, '--seconds', String(SECONDS)).endsWithin(END_MS);
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
    const result = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as ChaosResult;
    expect(result).toMatchObject({ seed: SEED, lost: 0, duplicated: 0, outOfOrder: 0, stuck: 0, failed: 0, altered: 0, unexplained: 0, ok: true });
    expect(result.poison).toEqual({ sent: result.poison.sent, missing: 0 });
    expect(result.faults.map(({ name }) => name)).toEqual(FAULT_NAMES);
    // What could be met by chance only is met many times.
    premise(result.met.newClerks > 10, `only ${result.met.newClerks} cases of new clerks`);
    // Three suspicious lives of one message at least; the two losses before may have been those of a connection.
    expect(result.met.poisonDeaths).toBeGreaterThanOrEqual(3);
    expect(result.met.askedFirst).toBeGreaterThan(0);
    expect(result.delivered).toBeGreaterThan(200);
    expect(processesWith(homeOf(PROFILE))).toEqual([]);
    found = false;
  }, TEST_MS);

  it('leaves nothing running when it is interrupted in the middle', async () => {
    const interrupted = chaos(CUT_SHORT, '--seconds', '600', '--only', 'app-killed');
    await interrupted.says(' app-killed ', END_MS);
    interrupted.interrupt();
    const { code, stdout, stderr } = await interrupted.endsWithin(STOP_MS);
    expect([code === 0, stdout]).toEqual([false, '']);
    expect(stderr).toContain('已全部停止');
    expect(processesWith(homeOf(CUT_SHORT))).toEqual([]);
  }, TEST_MS);
});
