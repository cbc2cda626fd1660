import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { sql } from 'kysely';
import { freePort, withDatabase } from '../../../../../test/support/index.ts';
import { Browser, CALLBACK } from '../../access/oidc/browser.fixture.ts';
import { challengeOf } from '../../access/oidc/loopback.ts';
import { CLIENT, startProvider } from '../../access/oidc/provider.fixture.ts';
import type { RunningProvider } from '../../access/oidc/provider.fixture.ts';
import { openBench } from '../ops-bench.fixture.ts';
import type { OpsBench } from '../ops-bench.fixture.ts';
import { addToken, PUBLIC_URL, startOpsServer } from '../ops-server.fixture.ts';
import type { OpsAnswer, OpsServer } from '../ops-server.fixture.ts';
import type { ProblemAnswer } from '../problems/problem.answer.ts';
import type { LoggedInAnswer, SessionAnswer } from './session.answer.ts';

const database = withDatabase();
const OIDC = { oidcClientId: CLIENT.id, oidcClientSecret: CLIENT.secret, oidcRoles: '{"duty":["operator"],"lead":["supervisor"],"admins":["administrator"]}' };
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

const newBrowser = (): Browser => new Browser(server.url, provider);

async function whoAmI(browser: Browser): Promise<SessionAnswer> {
  return await (await browser.ask(`${PUBLIC_URL}/api/session`)).json() as SessionAnswer;
}

async function signedIn(person: string): Promise<Browser> {
  const browser = newBrowser();
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
    const first = await whoAmI(await signedIn('u-1'));
    expect(first).toMatchObject({ name: '测试甲', method: 'oidc', mustChangePassword: false });
    expect(first.rights).toContain('replay');
    provider.people.set('u-1', { name: '测试甲', roles: ['lead'] });
    const second = await whoAmI(await signedIn('u-1'));
    expect(second.person).toBe(first.person);
    expect(second.rights).toContain('edit');
    const { rows } = await sql<{ entry: string }>`select entry from evidence where action = 'session.opened' and actor = ${first.person}`.execute(bench.db);
    expect(rows).toHaveLength(2);
  });

  it('asks with PKCE, state and nonce, and keeps its cookie from scripts', async () => {
    const answer = await newBrowser().ask(`${PUBLIC_URL}/api/session/oidc`);
    const { searchParams } = new URL(answer.headers.get('location') ?? '');
    expect(Object.fromEntries(searchParams)).toMatchObject({ response_type: 'code', code_challenge_method: 'S256', client_id: CLIENT.id, redirect_uri: CALLBACK, scope: 'openid profile' });
    for (const name of ['state', 'nonce', 'code_challenge']) expect(searchParams.get(name)?.length).toBeGreaterThanOrEqual(43);
    expect(answer.headers.get('set-cookie')).toMatch(/^jiujin_oidc=[A-Za-z0-9_-]{43}; Path=\/; HttpOnly; SameSite=Lax; Max-Age=600$/);
  });

  it('turns away whoever has no role here, and ends what they had before', async () => {
    provider.people.set('u-2', { name: '测试乙', roles: ['duty'] });
    const before = await signedIn('u-2');
    const token = await addToken(bench.db, (await whoAmI(before)).person.replace('account:', ''), ['operator']);
    provider.people.set('u-2', { name: '测试乙', roles: ['others'] });
    const browser = newBrowser();
    expect(await problemOf(browser.ask(await browser.signIn('u-2')))).toEqual([403, 'oidc-no-role']);
    expect(await problemOf(before.ask(`${PUBLIC_URL}/api/session`))).toEqual([401, 'session-ended']);
    expect(await bench.db.selectFrom('accounts').select('roles').where('oidc_subject', '=', 'u-2').execute()).toEqual([{ roles: [] }]);
    expect(await problemOf(fetch(`${server.url}/api/session`, { headers: { authorization: `Bearer ${token}` } }))).toEqual([401, 'token-wrong']);
  });

  it('takes neither of two roles that nobody has together', async () => {
    provider.people.set('u-7', { name: '测试庚', roles: ['admins', 'lead'] });
    const browser = newBrowser();
    expect(await problemOf(browser.ask(await browser.signIn('u-7')))).toEqual([403, 'oidc-roles-apart']);
    expect(browser.jarOf(true).has('jiujin_session')).toBe(false);
    provider.people.set('u-7', { name: '测试庚', roles: ['admins'] });
    expect((await whoAmI(await signedIn('u-7'))).rights).toEqual(['see-metadata', 'manage-access']);
  });

  it('does not make an account for somebody who never had a role', async () => {
    provider.people.set('u-3', { name: '测试丙', roles: [] });
    const browser = newBrowser();
    expect(await problemOf(browser.ask(await browser.signIn('u-3')))).toEqual([403, 'oidc-no-role']);
    expect(await bench.db.selectFrom('accounts').select('id').where('oidc_subject', '=', 'u-3').execute()).toEqual([]);
  });

  it('does not open an account that is disabled here', async () => {
    provider.people.set('u-4', { name: '测试丁', roles: ['duty'] });
    await signedIn('u-4');
    await sql`update accounts set disabled_at = now() where oidc_subject = 'u-4'`.execute(bench.db);
    const browser = newBrowser();
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
    const browser = newBrowser();
    const back = spoil(await browser.signIn('u-5'), browser);
    expect(await problemOf(browser.ask(back))).toEqual([401, 'oidc-refused']);
    expect(browser.jarOf(true).has('jiujin_session')).toBe(false);
  });

  it.each(['code_verifier', 'nonce'])('is not ended when the %s is not the one it was begun with', async (column) => {
    provider.people.set('u-6', { name: '测试己', roles: ['duty'] });
    const browser = newBrowser();
    const back = await browser.signIn('u-6');
    await sql`update oidc_logins set ${sql.ref(column)} = ${'x'.repeat(43)}`.execute(bench.db);
    expect(await problemOf(browser.ask(back))).toEqual([401, 'oidc-refused']);
  });

  it('is ended once, and not later than ten minutes after its beginning', async () => {
    const browser = await signedIn('u-1');
    const twice = newBrowser();
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
    expect(methods.body).toEqual({ password: true, oidc: true, oidcUrl: `${PUBLIC_URL}/api/session/oidc` });
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
    expect((await bench.server.ask('/api/session/methods', {})).body).toEqual({ password: true, oidc: false, oidcUrl: null });
  });
});

describe('a sign-in for a terminal', () => {
  const VERIFIER = 'v'.repeat(43);
  const STATE = 'of-this-terminal';
  const TERMINAL = { port: '54321', state: STATE, challenge: challengeOf(VERIFIER) };
  const startOf = (query: Readonly<Record<string, string>>): string => `${PUBLIC_URL}/api/session/oidc?${new URLSearchParams(query).toString()}`;
  const redeem = <T = LoggedInAnswer>(code: string, verifier = VERIFIER, headers: Readonly<Record<string, string>> = {}): Promise<OpsAnswer<T>> => server.ask('/api/session/code', {
    method: 'POST', body: JSON.stringify({ code, verifier }), headers: { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin', ...headers },
  });
  const refusal = async (answer: Promise<OpsAnswer<ProblemAnswer>>): Promise<[number, string]> => [(await answer).status, (await answer).body.code];

  async function ledBackTo(person: string, roles: string[], browser = newBrowser()): Promise<URL> {
    provider.people.set(person, { name: '测试辛', roles });
    const answer = await browser.ask(await browser.signIn(person, startOf(TERMINAL)));
    expect(answer.status).toBe(302);
    return new URL(answer.headers.get('location') ?? '');
  }
  const codeFor = async (person: string): Promise<string> => (await ledBackTo(person, ['duty'])).searchParams.get('code') ?? '';

  it('ends at a port of the person\'s own machine, with a code that opens a session, and leaves the browser as it was', async () => {
    const browser = newBrowser();
    const back = await ledBackTo('t-1', ['duty'], browser);
    expect([back.origin, back.pathname, back.searchParams.get('state')]).toEqual(['http://127.0.0.1:54321', '/', STATE]);
    expect([...browser.jarOf(true).keys()]).toEqual([]);
    const { status, headers, body } = await redeem(back.searchParams.get('code') ?? '');
    expect([status, body.outcome]).toEqual([200, 'logged-in']);
    const me = await server.ask<SessionAnswer>('/api/session', { headers: { cookie: headers.get('set-cookie')?.split(';')[0] ?? '' } });
    expect(me.body).toMatchObject({ name: '测试辛', method: 'oidc', csrfToken: body.csrfToken });
    const { rows } = await sql<{ action: string }>`select action from evidence where actor = ${me.body.person} order by seq`.execute(bench.db);
    expect(rows.map(({ action }) => action)).toEqual(['session.code-given', 'session.opened']);
  });

  it('has the person show who they are, even if the provider knows them already', async () => {
    const answer = await newBrowser().ask(startOf(TERMINAL));
    expect(new URL(answer.headers.get('location') ?? '').searchParams.get('prompt')).toBe('login');
  });

  it('gives a code for one use, which lies nowhere in the ledger', async () => {
    const code = await codeFor('t-2');
    const { rows } = await sql<{ row: string }>`select c::text || encode(c.code_digest, 'escape') as row from login_codes c`.execute(bench.db);
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.filter(({ row }) => row.includes(code))).toEqual([]);
    expect((await redeem(code)).status).toBe(200);
    expect(await refusal(redeem(code))).toEqual([401, 'oidc-refused']);
  });

  it('gives a code that is worth nothing to who has only seen it, and to nobody after that', async () => {
    const code = await codeFor('t-3');
    expect(await refusal(redeem(code, 'w'.repeat(43)))).toEqual([401, 'oidc-refused']);
    expect(await refusal(redeem(code))).toEqual([401, 'oidc-refused']);
  });

  it.each([
    ['is older than a minute', sql`update login_codes set expires_at = now()`],
    ['is of somebody who was disabled meanwhile', sql`update accounts set disabled_at = now() where oidc_subject = 't-4'`],
  ])('opens nothing with a code that %s', async (_what, meanwhile) => {
    const code = await codeFor('t-4');
    await meanwhile.execute(bench.db);
    expect(await refusal(redeem(code))).toEqual([401, 'oidc-refused']);
  });

  it('lets no page of another site take part', async () => {
    const code = await codeFor('t-5');
    expect(await refusal(redeem(code, VERIFIER, { 'sec-fetch-site': 'cross-site' }))).toEqual([403, 'csrf-refused']);
    expect((await redeem(code)).status).toBe(200);
  });

  it('tells the terminal why it did not succeed', async () => {
    const back = await ledBackTo('t-6', ['others']);
    expect([back.origin, back.searchParams.get('error'), back.searchParams.get('state'), back.searchParams.get('code')]).toEqual(['http://127.0.0.1:54321', 'oidc-no-role', STATE, null]);
  });

  it.each([
    ['another machine', { ...TERMINAL, port: '80@evil.test' }, 'port'], ['a server of this machine', { ...TERMINAL, port: '443' }, 'port'],
    ['an address of its choice', { ...TERMINAL, redirect_uri: 'http://evil.test' }, 'redirect_uri'],
    ['a terminal that proves nothing', { port: TERMINAL.port, state: STATE }, 'challenge'], ['a terminal that asks for no proof', { port: TERMINAL.port, challenge: TERMINAL.challenge }, 'state'],
  ])('is not begun for %s', async (_what, query, field) => {
    const { status, body } = await server.ask<ProblemAnswer>(startOf(query).replace(PUBLIC_URL, ''), { redirect: 'manual' });
    expect([status, body.errors.map((error) => error.field)]).toEqual([422, [field]]);
  });
});

describe('too many sign-ins begun from one address', () => {
  it('are told when to come back', async () => {
    const strict = await startOpsServer(bench.db, bench.keys, undefined, { ...OIDC, oidcIssuer: provider.issuer, loginsPerMinute: 2 });
    const first = await strict.ask('/api/session/oidc', { redirect: 'manual' });
    const second = await strict.ask<ProblemAnswer>('/api/session/oidc', { redirect: 'manual' });
    await strict.close();
    expect([first.status, second.status, second.body.code]).toEqual([302, 429, 'too-many-logins']);
    expect(Number(second.headers.get('retry-after'))).toBeGreaterThan(20);
  });
});
