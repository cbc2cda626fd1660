import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { sql } from 'kysely';
import { freePort, withDatabase } from '../../../../../test/support/index.ts';
import { CLIENT, startProvider } from '../../access/oidc/provider.fixture.ts';
import type { RunningProvider } from '../../access/oidc/provider.fixture.ts';
import { openBench } from '../ops-bench.fixture.ts';
import type { OpsBench } from '../ops-bench.fixture.ts';
import { PUBLIC_URL, startOpsServer } from '../ops-server.fixture.ts';
import type { OpsServer } from '../ops-server.fixture.ts';
import type { ProblemAnswer } from '../problems/problem.answer.ts';
import type { SessionAnswer } from './session.answer.ts';

const database = withDatabase();
const CALLBACK = `${PUBLIC_URL}/api/session/oidc/callback`;
const OIDC = { oidcClientId: CLIENT.id, oidcClientSecret: CLIENT.secret, oidcRoles: '{"duty":["operator"],"lead":["supervisor"]}' };
let bench: OpsBench;
let provider: RunningProvider;
let server: OpsServer;

beforeAll(async () => {
  // The provider warns at length that it keeps everything in memory, which is what a test wants.
  jest.spyOn(console, 'warn').mockImplementation(() => undefined);
  jest.spyOn(console, 'info').mockImplementation(() => undefined);
  bench = await openBench(database.url);
  provider = await startProvider(CALLBACK);
  server = await startOpsServer(bench.db, bench.keys, undefined, { ...OIDC, oidcIssuer: provider.issuer });
});
afterAll(async () => {
  await server.close();
  await provider.close();
  await bench.close();
});

const pathOf = (address: string): string => address.replace(PUBLIC_URL, '');

/** A browser that follows where it is led, with cookies for each of the two hosts. */
class Browser {
  readonly cookies = new Map<string, Map<string, string>>();

  /** Asks our server or the provider, without following. */
  async ask(address: string): Promise<Response> {
    const ours = address.startsWith(PUBLIC_URL);
    const jar = this.jarOf(ours);
    const answer = await fetch(ours ? server.url + pathOf(address) : address, {
      redirect: 'manual', headers: { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; ') }, signal: AbortSignal.timeout(10_000),
    });
    for (const line of answer.headers.getSetCookie()) {
      const [name = '', value = ''] = (line.split(';')[0] ?? '').split('=');
      if (value === '') jar.delete(name);
      else jar.set(name, value);
    }
    return answer;
  }

  /** Signs in at the provider as far as the address that leads back to us. */
  async signIn(person: string): Promise<string> {
    provider.nextPerson = person;
    let address = `${PUBLIC_URL}/api/session/oidc`;
    for (let hops = 0; hops < 8; hops += 1) {
      const answer = await this.ask(address);
      const location = answer.headers.get('location');
      if (location === null) throw new Error(`led nowhere: ${answer.status} ${await answer.text()}`);
      address = new URL(location, address).href;
      if (address.startsWith(CALLBACK)) return address;
    }
    throw new Error('led in circles');
  }

  async whoAmI(): Promise<SessionAnswer> {
    return await (await this.ask(`${PUBLIC_URL}/api/session`)).json() as SessionAnswer;
  }

  jarOf(ours: boolean): Map<string, string> {
    const host = ours ? 'ours' : 'provider';
    const jar = this.cookies.get(host) ?? new Map<string, string>();
    this.cookies.set(host, jar);
    return jar;
  }
}

async function signedIn(person: string): Promise<Browser> {
  const browser = new Browser();
  const answer = await browser.ask(await browser.signIn(person));
  expect(answer.status).toBe(302);
  return browser;
}

async function problemOf(answer: Promise<Response>): Promise<[number, string]> {
  const { status, code } = await (await answer).json() as ProblemAnswer;
  return [status, code];
}

describe('a sign-in by the identity provider', () => {
  it('lets a person in with the roles of their groups, and makes the account at the first time', async () => {
    provider.people.set('u-1', { name: '测试甲', roles: ['duty', 'others'] });
    const first = await (await signedIn('u-1')).whoAmI();
    expect(first).toMatchObject({ name: '测试甲', method: 'oidc', mustChangePassword: false });
    expect(first.rights).toContain('replay');
    provider.people.set('u-1', { name: '测试甲', roles: ['lead'] });
    const second = await (await signedIn('u-1')).whoAmI();
    expect(second.person).toBe(first.person);
    expect(second.rights).toContain('edit');
    const { rows } = await sql<{ entry: string }>`select entry from evidence where action = 'session.opened' and actor = ${first.person}`.execute(bench.db);
    expect(rows).toHaveLength(2);
  });

  it('asks with PKCE, state and nonce, and keeps its cookie from scripts', async () => {
    const answer = await new Browser().ask(`${PUBLIC_URL}/api/session/oidc`);
    const { searchParams } = new URL(answer.headers.get('location') ?? '');
    expect(Object.fromEntries(searchParams)).toMatchObject({ response_type: 'code', code_challenge_method: 'S256', client_id: CLIENT.id, redirect_uri: CALLBACK, scope: 'openid profile' });
    for (const name of ['state', 'nonce', 'code_challenge']) expect(searchParams.get(name)?.length).toBeGreaterThanOrEqual(43);
    expect(answer.headers.get('set-cookie')).toMatch(/^jiujin_oidc=[A-Za-z0-9_-]{43}; Path=\/; HttpOnly; SameSite=Lax; Max-Age=600$/);
  });

  it('turns away whoever has no role here, and ends what they had before', async () => {
    provider.people.set('u-2', { name: '测试乙', roles: ['duty'] });
    const before = await signedIn('u-2');
    provider.people.set('u-2', { name: '测试乙', roles: ['others'] });
    const browser = new Browser();
    expect(await problemOf(browser.ask(await browser.signIn('u-2')))).toEqual([403, 'oidc-no-role']);
    expect(await problemOf(before.ask(`${PUBLIC_URL}/api/session`))).toEqual([401, 'session-ended']);
    expect(await bench.db.selectFrom('accounts').select('roles').where('oidc_subject', '=', 'u-2').execute()).toEqual([{ roles: [] }]);
  });

  it('does not make an account for somebody who never had a role', async () => {
    provider.people.set('u-3', { name: '测试丙', roles: [] });
    const browser = new Browser();
    expect(await problemOf(browser.ask(await browser.signIn('u-3')))).toEqual([403, 'oidc-no-role']);
    expect(await bench.db.selectFrom('accounts').select('id').where('oidc_subject', '=', 'u-3').execute()).toEqual([]);
  });

  it('does not open an account that is disabled here', async () => {
    provider.people.set('u-4', { name: '测试丁', roles: ['duty'] });
    await signedIn('u-4');
    await sql`update accounts set disabled_at = now() where oidc_subject = 'u-4'`.execute(bench.db);
    const browser = new Browser();
    expect(await problemOf(browser.ask(await browser.signIn('u-4')))).toEqual([401, 'oidc-refused']);
  });

  it.each([
    ['in another browser than the one it was begun in', (back: string, browser: Browser) => { browser.jarOf(true).set('jiujin_oidc', 'A'.repeat(43)); return back; }],
    ['by a browser that began none', (back: string, browser: Browser) => { browser.jarOf(true).delete('jiujin_oidc'); return back; }],
    ['with another state', (back: string) => back.replace(/state=[^&]+/, 'state=another')],
    ['with no state', (back: string) => back.replace(/&?state=[^&]+/, '')],
    ['with another code', (back: string) => back.replace(/code=[^&]+/, 'code=another')],
    ['with the word of another issuer', (back: string) => back.replace(/iss=[^&]+/, 'iss=http%3A%2F%2Fevil.test')],
    ['with an error', () => `${CALLBACK}?error=access_denied`],
  ])('is not ended %s', async (_what, spoil: (back: string, browser: Browser) => string) => {
    provider.people.set('u-5', { name: '测试戊', roles: ['duty'] });
    const browser = new Browser();
    const back = spoil(await browser.signIn('u-5'), browser);
    expect(await problemOf(browser.ask(back))).toEqual([401, 'oidc-refused']);
    expect(browser.jarOf(true).has('jiujin_session')).toBe(false);
  });

  it.each(['code_verifier', 'nonce'])('is not ended when the %s is not the one it was begun with', async (column) => {
    provider.people.set('u-6', { name: '测试己', roles: ['duty'] });
    const browser = new Browser();
    const back = await browser.signIn('u-6');
    await sql`update oidc_logins set ${sql.ref(column)} = ${'x'.repeat(43)}`.execute(bench.db);
    expect(await problemOf(browser.ask(back))).toEqual([401, 'oidc-refused']);
  });

  it('is ended once, and not later than ten minutes after its beginning', async () => {
    const browser = await signedIn('u-1');
    const twice = new Browser();
    const back = await twice.signIn('u-1');
    const begun = new Map(twice.jarOf(true));
    await twice.ask(back);
    for (const [name, value] of begun) twice.jarOf(true).set(name, value);
    expect(await problemOf(twice.ask(back))).toEqual([401, 'oidc-refused']);
    const late = await browser.signIn('u-1');
    await sql`update oidc_logins set expires_at = now()`.execute(bench.db);
    expect(await problemOf(browser.ask(late))).toEqual([401, 'oidc-refused']);
  });

  it('is known by the provider\'s name, not by a built-in account of the same name', async () => {
    provider.people.set('admin', { name: 'admin', roles: ['duty'] });
    await signedIn('admin');
    const [account] = await bench.db.selectFrom('accounts').select('name').where('oidc_subject', '=', 'admin').execute();
    expect(account?.name).toMatch(/^oidc:[0-9a-f]{20}$/);
  });
});

describe('an identity provider that is away', () => {
  it('does not keep the gateway from starting; who signs in is told', async () => {
    const port = await freePort();
    const alone = await startOpsServer(bench.db, bench.keys, undefined, { ...OIDC, oidcIssuer: `http://127.0.0.1:${port}` });
    const { status, body } = await alone.ask<ProblemAnswer>('/api/session/oidc', {});
    const methods = await alone.ask('/api/session/methods', {});
    await alone.close();
    expect([status, body.code]).toEqual([503, 'oidc-unavailable']);
    expect(methods.body).toEqual({ password: true, oidc: true });
  });

  it('in the middle of a sign-in is told as such', async () => {
    const gone = await startProvider(CALLBACK);
    const other = await startOpsServer(bench.db, bench.keys, undefined, { ...OIDC, oidcIssuer: gone.issuer });
    const begun = await other.ask('/api/session/oidc', { redirect: 'manual' });
    const state = new URL(begun.headers.get('location') ?? '').searchParams.get('state') ?? '';
    await gone.close();
    const cookie = begun.headers.get('set-cookie')?.split(';')[0] ?? '';
    const back = await other.ask<ProblemAnswer>(`/api/session/oidc/callback?code=x&state=${state}&iss=${encodeURIComponent(gone.issuer)}`, { headers: { cookie } });
    await other.close();
    expect([back.status, back.body.code]).toEqual([503, 'oidc-unavailable']);
  });

  it('that is not set up at all is told as such', async () => {
    const { status, body } = await bench.server.ask<ProblemAnswer>('/api/session/oidc', {});
    expect([status, body.code]).toEqual([404, 'oidc-off']);
    expect((await bench.server.ask('/api/session/methods', {})).body).toEqual({ password: true, oidc: false });
  });
});
