import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { resolve } from 'node:path';
import { forgetProfile, NpmScript, processesWith } from '#test';

const PROFILE = 'journey';
const HOME = resolve(import.meta.dirname, '../../.jiujin', PROFILE);
const SET_UP_MS = 120_000;
const TEST_MS = SET_UP_MS + 60_000;

interface RunResult { cases: number; lost: number; duplicated: number; outOfOrder: number; failed: number; completed: number; returned: number; withdrawn: number; rejected: number }

describe('the whole bridge on one machine', () => {
  let scripts: NpmScript[] = [];
  const npm = (script: string, args: readonly string[], env?: Record<string, string>): NpmScript => {
    const started = new NpmScript(script, args, env);
    scripts.push(started);
    return started;
  };
  afterEach(async () => {
    await Promise.all(scripts.map((script) => script.stop()));
    scripts = [];
  }, TEST_MS);
  afterAll(() => { forgetProfile(PROFILE); });

  it('takes exactly the cases that were asked for to their end, loses none, and leaves nothing running', async () => {
    const run = npm('start', ['--cases', '20', '--seed', '7', '--exit', '--json', '--profile', PROFILE]);
    const { code, stdout, stderr } = await run.endsWithin(SET_UP_MS);
    const result = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as RunResult;
    expect({ ...result, stderr: code === 0 ? '' : stderr }).toMatchObject({ cases: 20, failed: 0, lost: 0, duplicated: 0, outOfOrder: 0, stderr: '' });
    expect(result.completed + result.returned + result.withdrawn + result.rejected).toBe(20);
    expect(Object.keys(result)).toEqual(['cases', 'completed', 'returned', 'withdrawn', 'rejected', 'failed', 'lost', 'duplicated', 'outOfOrder', 'seconds', 'p50Ms', 'p99Ms']);
    expect(code).toBe(0);
    expect(processesWith(`${HOME}/`)).toEqual([]);
  }, TEST_MS);

  it('starts again with its data, shows where to look, and stops everything at a Ctrl-C', async () => {
    const run = npm('start', ['--profile', PROFILE]);
    await run.says('/api/docs', SET_UP_MS);
    await run.says('收件', SET_UP_MS);
    expect(processesWith(`${HOME}/`)).not.toEqual([]);
    run.interrupt();
    const { stdout, stderr } = await run.endsWithin(SET_UP_MS);
    expect(`${stdout}${stderr}`).toContain('已全部停止');
    expect(processesWith(`${HOME}/`)).toEqual([]);
  }, TEST_MS);

  it('refuses an option it does not know, before it starts anything', async () => {
    const { code, stderr } = await npm('start', ['--case', '5']).endsWithin(SET_UP_MS);
    expect(code).toBe(2);
    expect(stderr).toMatch(/--case.*--help/s);
  });

  it('does not start the bridge alone without what a deployment must name', async () => {
    const { code, stderr } = await npm('bridge', [], { REDIS_URL: 'redis://127.0.0.1:6379' }).endsWithin(SET_UP_MS);
    expect(code).toBe(1);
    for (const name of ['RABBITMQ_URL', 'DATABASE_URL', 'LEDGER_KEYS', 'OPS_TOKEN', 'INGRESS_KEYS', 'ENDPOINTS']) expect(stderr).toContain(name);
    expect(stderr).not.toContain('REDIS_URL');
  });
});
