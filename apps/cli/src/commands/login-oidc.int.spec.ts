import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { until, withDatabase } from '../../../../test/support/index.ts';
import { Browser, CALLBACK } from '../../../gateway/src/access/oidc/browser.fixture.ts';
import { CLIENT, startProvider } from '../../../gateway/src/access/oidc/provider.fixture.ts';
import type { RunningProvider } from '../../../gateway/src/access/oidc/provider.fixture.ts';
import { openBench } from '../../../gateway/src/ops-api/ops-bench.fixture.ts';
import type { OpsBench } from '../../../gateway/src/ops-api/ops-bench.fixture.ts';
import { Bridgectl } from '../bridgectl.fixture.ts';
import type { Ended } from '../bridgectl.fixture.ts';

const database = withDatabase();
let bench: OpsBench;
let provider: RunningProvider;
let bridgectl: Bridgectl;

beforeAll(async () => {
  jest.spyOn(console, 'warn').mockImplementation(() => undefined);
  jest.spyOn(console, 'info').mockImplementation(() => undefined);
  provider = await startProvider(CALLBACK);
  bench = await openBench(database.url, {
    oidcIssuer: provider.issuer, oidcClientId: CLIENT.id, oidcClientSecret: CLIENT.secret, oidcRoles: '{"duty":["operator"]}',
  });
});
beforeEach(() => {
  bridgectl = new Bridgectl(bench.server.url);
});
afterAll(async () => {
  await bench.close();
  await provider.close();
});

/** Runs a login, and does in the browser what the person would. */
async function logIn(person: string, roles: string[], inTheBrowser: (back: string) => Promise<unknown> = (back) => fetch(back)): Promise<Ended> {
  provider.people.set(person, { name: '测试甲', roles });
  const { ended, said } = bridgectl.start(['login', '--oidc', '--no-browser', '--days', '2', '--rights', 'see-metadata']);
  await until(() => said().includes('challenge='), { within: 60_000, what: 'the address to open' });
  const browser = new Browser(bench.server.url, provider);
  const start = /http\S+/.exec(said())?.[0] ?? '';
  const back = (await browser.ask(await browser.signIn(person, start))).headers.get('location') ?? '';
  await inTheBrowser(back);
  return ended;
}

describe('bridgectl login --oidc', () => {
  it('makes a token for whom the provider knows, of which the browser sees nothing', async () => {
    const pages: string[] = [];
    const { code, out } = await logIn('u-1', ['duty'], async (back) => {
      for (const foreign of [back.replace(/state=[^&]+/, 'state=another'), `${new URL(back).origin}/?code=x`]) expect((await fetch(foreign)).status).toBe(404);
      pages.push(await (await fetch(back)).text());
    });
    expect([code, out]).toEqual([0, expect.stringContaining('测试甲，权限 see-metadata')]);
    const { token } = (JSON.parse(readFileSync(join(bridgectl.home, '.config/jiujin/tokens.json'), 'utf8')) as Record<string, { token: string }>)[bench.server.url] ?? { token: '' };
    expect(token).toMatch(/^jiujin_/);
    expect(pages).toEqual([expect.stringContaining('登录完成')]);
    expect(out + pages.join()).not.toContain(token);
    expect((await bridgectl.run(['whoami'])).out).toContain('测试甲');
    expect(await bench.db.selectFrom('sessions').select('account_id').execute()).toEqual([]);
  });

  it('says why somebody was not let in, and keeps nothing', async () => {
    const { code, said } = await logIn('u-2', ['others']);
    expect([code, said]).toEqual([4, expect.stringContaining('没有对应的角色')]);
    expect((await bridgectl.run(['logout'])).code).toBe(1);
  });

  it('ends with Ctrl-C while it waits', async () => {
    const { child, ended, said } = bridgectl.start(['login', '--oidc', '--no-browser']);
    await until(() => said().includes('challenge='), { within: 60_000, what: 'the address to open' });
    child.kill('SIGINT');
    expect((await ended).code).toBe(130);
  });
});
