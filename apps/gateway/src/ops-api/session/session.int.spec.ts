import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { withDatabase } from '../../../../../test/support/index.ts';
import { LoginAttempts } from '../../access/login-attempts.ts';
import { hashPassword } from '../../access/password-hash.ts';
import { findAccount } from '../../ledger/access-account-rows.ts';
import { addPerson, cookieOf, loggedInAs, PASSWORD } from '../ops-browser.fixture.ts';
import type { Person } from '../ops-browser.fixture.ts';
import { openBench } from '../ops-bench.fixture.ts';
import type { OpsBench } from '../ops-bench.fixture.ts';
import { addToken, PUBLIC_URL, startOpsServer } from '../ops-server.fixture.ts';
import type { OpsAnswer, OpsServer } from '../ops-server.fixture.ts';
import type { ProblemAnswer } from '../problems/problem.answer.ts';
import type { LoggedInAnswer, SessionAnswer } from './session.answer.ts';

const database = withDatabase();
let bench: OpsBench;
let hash: string;
let person: Person;
/** What hashing costs is seen elsewhere; here it would only take the machine's time. */
const CHEAP = { logN: 5, r: 8, p: 1 };

beforeAll(async () => {
  bench = await openBench(database.url);
  hash = await hashPassword(PASSWORD, CHEAP);
});
beforeEach(async () => {
  person = await addPerson(bench.db, ['operator'], { password_hash: hash });
});
afterAll(() => bench.close());

type Headers = Readonly<Record<string, string>>;

function logIn<T = LoggedInAnswer>(name: string, password: string, headers: Headers = {}): Promise<OpsAnswer<T>> {
  return bench.server.ask<T>('/api/session', {
    method: 'POST', body: JSON.stringify({ name, password }), headers: { 'content-type': 'application/json', origin: PUBLIC_URL, ...headers }, signal: AbortSignal.timeout(50_000),
  });
}

const codeOf = ({ status, body }: OpsAnswer<unknown>): [number, string] => [status, (body as ProblemAnswer).code];
const whoIs = (cookie: string): Promise<OpsAnswer<SessionAnswer>> => bench.server.ask('/api/session', { headers: { cookie } });

describe('a login', () => {
  it('opens a session with the rights of its account, and is recorded', async () => {
    const answer = await logIn(person.name, PASSWORD);
    expect(answer).toMatchObject({ status: 200, body: { outcome: 'logged-in', mustChangePassword: false } });
    const { body } = await whoIs(cookieOf(answer));
    expect(body).toMatchObject({ person: `account:${person.id}`, method: 'password', csrfToken: answer.body.csrfToken, mustChangePassword: false });
    expect(body.rights).toContain('replay');
    expect(body.rights).not.toContain('edit');
    const { rows } = await sql<{ action: string }>`select action from evidence where actor = ${`account:${person.id}`}`.execute(bench.db);
    expect(rows).toEqual([{ action: 'session.opened' }]);
  });

  it('gives a cookie that scripts cannot read, that no other site brings along, and that ends with the browser', async () => {
    const { headers } = await logIn(person.name, PASSWORD);
    expect(headers.get('set-cookie')).toMatch(/^jiujin_session=[A-Za-z0-9_-]{43}; Path=\/; HttpOnly; SameSite=Strict$/);
  });

  it('gives a cookie bound to TLS and to this very host when the gateway is reached by https', async () => {
    const server = await startOpsServer(bench.db, bench.keys, undefined, { publicUrl: 'https://console.test' });
    const answer = await server.ask('/api/session', {
      method: 'POST', body: JSON.stringify({ name: person.name, password: PASSWORD }), headers: { 'content-type': 'application/json', origin: 'https://console.test' },
    });
    await server.close();
    expect(answer.headers.get('set-cookie')).toMatch(/^__Host-jiujin_session=[A-Za-z0-9_-]{43}; Path=\/; HttpOnly; SameSite=Strict; Secure$/);
  });

  it('keeps nothing in the ledger that opens a session', async () => {
    const answer = await logIn(person.name, PASSWORD);
    const id = cookieOf(answer).split('=')[1] ?? '';
    const { rows } = await sql<{ row: string }>`select s::text || encode(s.digest, 'escape') as row from sessions s`.execute(bench.db);
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.filter(({ row }) => row.includes(id) || row.includes(answer.body.csrfToken))).toEqual([]);
  });

  it('never takes over the cookie a browser came with, and ends the session behind it', async () => {
    const planted = cookieOf(await logIn(person.name, PASSWORD));
    const victim = await addPerson(bench.db, ['administrator'], { password_hash: hash });
    const cookie = cookieOf(await logIn(victim.name, PASSWORD, { cookie: planted }));
    expect(cookie).not.toBe(planted);
    expect(codeOf(await whoIs(planted))).toEqual([401, 'session-ended']);
    const invented = `jiujin_session=${'A'.repeat(43)}`;
    expect(cookieOf(await logIn(victim.name, PASSWORD, { cookie: invented }))).not.toBe(invented);
    expect(codeOf(await whoIs(invented))).toEqual([401, 'session-ended']);
  });

  it.each([
    ['another site', { origin: 'http://evil.test' }],
    ['another site, by what the browser tells', { 'sec-fetch-site': 'cross-site' }],
    ['a neighbouring host', { 'sec-fetch-site': 'same-site' }],
    ['nowhere', { origin: 'null' }],
  ])('is not taken from a page of %s', async (_what, headers: Headers) => {
    expect(codeOf(await logIn(person.name, PASSWORD, headers))).toEqual([403, 'csrf-refused']);
  });

  it('is refused alike for an unknown name, a wrong password, a disabled and a locked account', async () => {
    const disabled = await addPerson(bench.db, ['operator'], { password_hash: hash, disabled_at: new Date() });
    const locked = await addPerson(bench.db, ['operator'], { password_hash: hash, locked_until: new Date(Date.now() + 60_000) });
    const strip = ({ body }: OpsAnswer<ProblemAnswer>): unknown => ({ ...body, traceId: '' });
    const wrong = strip(await logIn<ProblemAnswer>(person.name, 'not the password'));
    expect(wrong).toMatchObject({ status: 401, code: 'login-refused' });
    for (const name of ['nobody', disabled.name, locked.name]) expect(strip(await logIn<ProblemAnswer>(name, PASSWORD))).toEqual(wrong);
  });
});

describe('where somebody came from', () => {
  it.each([
    ['is what the socket says, whatever a header claims', {}, '127.0.0.1'],
    ['is what the proxy in front of the gateway says, once it is trusted', { trustedProxies: ['127.0.0.1'] }, '10.7.0.9'],
  ])('%s', async (_what, settings, address) => {
    const server = await startOpsServer(bench.db, bench.keys, undefined, settings);
    await server.ask('/api/session', {
      method: 'POST', body: JSON.stringify({ name: person.name, password: PASSWORD }),
      headers: { 'content-type': 'application/json', origin: PUBLIC_URL, 'x-forwarded-for': '203.0.113.5, 10.7.0.9' },
    });
    await server.close();
    const { rows } = await sql<{ address: string }>`select entry::jsonb->>'address' as address from evidence where actor = ${`account:${person.id}`}`.execute(bench.db);
    expect(rows).toEqual([{ address }]);
  });
});

describe('wrong passwords', () => {
  let proxied: OpsServer;
  beforeAll(async () => {
    proxied = await startOpsServer(bench.db, bench.keys, undefined, { trustedProxies: ['127.0.0.1'] });
  });
  afterAll(() => proxied.close());

  const from = async (address: string, password: string): Promise<number> => (await proxied.ask('/api/session', {
    method: 'POST', body: JSON.stringify({ name: person.name, password }), headers: { 'content-type': 'application/json', origin: PUBLIC_URL, 'x-forwarded-for': address },
    signal: AbortSignal.timeout(50_000),
  })).status;
  const guessFrom = async (addresses: readonly string[]): Promise<void> => {
    for (const address of addresses) await from(address, 'not the password');
  };
  const lockedFor = async (address: string): Promise<number | null> => {
    const { rows } = await sql<{ seconds: number | null }>`
      select round(extract(epoch from locked_until - now()))::int as seconds from login_addresses where account_id = ${person.id} and address = ${address}`.execute(bench.db);
    return rows[0]?.seconds ?? null;
  };
  const letTimePass = (): Promise<unknown> => sql`update login_addresses set locked_until = now() where account_id = ${person.id}`.execute(bench.db);
  const OFFICE = '10.1.0.1';
  const THIEF = '10.9.0.9';

  it('close the account to where they came from after the fifth, for the right password too, and for twice as long each time', async () => {
    await guessFrom([THIEF, THIEF]);
    await sql`update login_addresses set failures = failures + 2 where account_id = ${person.id}`.execute(bench.db);
    expect(await lockedFor(THIEF)).toBeNull();
    await guessFrom([THIEF]);
    expect(await lockedFor(THIEF)).toBeGreaterThan(25);
    expect(await from(THIEF, PASSWORD)).toBe(401);
    await letTimePass();
    await guessFrom([THIEF]);
    expect(await lockedFor(THIEF)).toBeGreaterThan(55);
    await letTimePass();
    expect(await from(THIEF, PASSWORD)).toBe(200);
    expect(await findAccount(bench.db, person.id)).toMatchObject({ failed_logins: 0, locked_until: null });
    expect(await lockedFor(THIEF)).toBeNull();
  });

  it('keep nobody out who comes from where they have logged in before, however many there are and from wherever', async () => {
    expect(await from(OFFICE, PASSWORD)).toBe(200);
    await sql`update accounts set failed_logins = 500, locked_until = now() + interval '1 minute' where id = ${person.id}`.execute(bench.db);
    expect(await from('10.9.1.1', PASSWORD)).toBe(401);
    expect(await from(OFFICE, PASSWORD)).toBe(200);
  });

  it('from ever new addresses get fewer and fewer tries', async () => {
    await sql`update accounts set failed_logins = 9 where id = ${person.id}`.execute(bench.db);
    await guessFrom(['10.9.0.1']);
    const { locked_until: until, failed_logins: failures } = await findAccount(bench.db, person.id) ?? {};
    expect(failures).toBe(10);
    expect(until?.getTime()).toBeGreaterThan(Date.now() - 60_000);
    await sql`update accounts set locked_until = now() + interval '1 minute' where id = ${person.id}`.execute(bench.db);
    await guessFrom(['10.9.2.1', '10.9.2.2']);
    expect(await findAccount(bench.db, person.id)).toMatchObject({ failed_logins: 10 });
  });

  it('and right ones open nothing when the password was changed while it was compared', async () => {
    const attempts = bench.server.app.get(LoginAttempts, { strict: false });
    const begun = await attempts.begin(person.name, OFFICE);
    if (begun === null) throw new Error('the attempt is not looked at');
    const succeeds = (): Promise<boolean> => bench.db.transaction().execute((trx) => attempts.succeed(trx, begun.account, OFFICE));
    expect(await succeeds()).toBe(true);
    await sql`update accounts set password_hash = 'another' where id = ${person.id}`.execute(bench.db);
    expect(await succeeds()).toBe(false);
  });

  it('that come all at once are not looked at more often', async () => {
    await Promise.all(Array.from({ length: 9 }, () => from(THIEF, 'not the password')));
    expect(await findAccount(bench.db, person.id)).toMatchObject({ failed_logins: 5 });
  });

  it('leave a hundred addresses behind at most, and never drive out one where the person is known', async () => {
    expect(await from(OFFICE, PASSWORD)).toBe(200);
    await sql`
      insert into login_addresses (account_id, address, failures) select ${person.id}, '10.8.0.' || n, 1 from generate_series(1, 120) n`.execute(bench.db);
    await guessFrom([THIEF]);
    const { rows } = await sql<{ count: number; known: number }>`
      select count(*)::int as count, count(known_at)::int as known from login_addresses where account_id = ${person.id}`.execute(bench.db);
    expect(rows).toEqual([{ count: 100, known: 1 }]);
  });
});

describe('too many logins at once', () => {
  it('from one address are told when to come back; others are not kept waiting', async () => {
    const server = await startOpsServer(bench.db, bench.keys, undefined, { trustedProxies: ['127.0.0.1'], loginsPerMinute: 4 });
    const tryFrom = (address: string): Promise<OpsAnswer<ProblemAnswer>> => server.ask('/api/session', {
      method: 'POST', body: JSON.stringify({ name: 'nobody', password: 'x' }), headers: { 'content-type': 'application/json', origin: PUBLIC_URL, 'x-forwarded-for': address },
    });
    expect([(await tryFrom('10.0.0.1')).status, (await tryFrom('10.0.0.1')).status]).toEqual([401, 401]);
    const third = await tryFrom('10.0.0.1');
    const other = await tryFrom('10.0.0.2');
    await server.close();
    expect([codeOf(third), other.status]).toEqual([[429, 'too-many-logins'], 401]);
    expect(Number(third.headers.get('retry-after'))).toBeGreaterThanOrEqual(10);
  });

  it('are told to come back instead of filling the memory', async () => {
    const answers = await Promise.all(Array.from({ length: 30 }, (_, index) => logIn<ProblemAnswer>(`nobody-${index}`, 'x')));
    const busy = answers.filter(({ status }) => status === 503);
    expect(busy.length).toBeGreaterThan(0);
    expect(busy[0]).toMatchObject({ body: { code: 'login-busy' } });
    expect(answers.filter(({ status }) => status === 401).length).toBeGreaterThanOrEqual(18);
  });
});

describe('a session', () => {
  it('ends with the logout, whatever the browser keeps', async () => {
    const { client, cookie } = await loggedInAs(bench, 'viewer');
    const answer = await client.send('DELETE', '/api/session');
    expect(answer).toMatchObject({ status: 200, body: { outcome: 'logged-out' } });
    expect(answer.headers.get('set-cookie')).toMatch(/^jiujin_session=; Path=\/; HttpOnly; SameSite=Strict; Max-Age=0$/);
    expect(codeOf(await whoIs(cookie))).toEqual([401, 'session-ended']);
  });

  it.each([
    ['nothing was done with it for half an hour', sql`last_seen_at = now() - interval '30 minutes'`, 401],
    ['it was used 29 minutes ago', sql`last_seen_at = now() - interval '29 minutes'`, 200],
    ['it is as old as a session may be', sql`expires_at = now()`, 401],
  ])('when %s answers as it must', async (_when, change, status) => {
    const { client, cookie } = await loggedInAs(bench, 'viewer');
    await sql`update sessions set ${change} where account_id = ${client.token}`.execute(bench.db);
    expect((await whoIs(cookie)).status).toBe(status);
  });

  it('is prolonged by being used', async () => {
    const { client, cookie } = await loggedInAs(bench, 'viewer');
    await sql`update sessions set last_seen_at = now() - interval '29 minutes' where account_id = ${client.token}`.execute(bench.db);
    await whoIs(cookie);
    const { rows } = await sql<{ fresh: boolean }>`select last_seen_at > now() - interval '1 minute' as fresh from sessions where account_id = ${client.token}`.execute(bench.db);
    expect(rows).toEqual([{ fresh: true }]);
  });

  it.each([
    ['the account is disabled', sql`disabled_at = now()`, 401],
    ['the account has lost its roles', sql`roles = '{}'`, 403],
  ])('loses its rights at once when %s', async (_when, change, status) => {
    const { client } = await loggedInAs(bench, 'viewer');
    expect((await client.get('/api/cases')).status).toBe(200);
    await sql`update accounts set ${change} where id = ${client.token}`.execute(bench.db);
    expect((await client.get('/api/cases')).status).toBe(status);
  });

  it('is one of ten of its account at most', async () => {
    for (let count = 0; count < 11; count += 1) await loggedInAs(bench, person);
    const { rows } = await sql<{ count: number }>`select count(*)::int as count from sessions where account_id = ${person.id}`.execute(bench.db);
    expect(rows).toEqual([{ count: 10 }]);
  });
});

describe('a request with a cookie that changes something', () => {
  it.each([
    ['without the token', { origin: PUBLIC_URL, 'x-csrf-token': '' }],
    ['with another token', { origin: PUBLIC_URL, 'x-csrf-token': 'A'.repeat(43) }],
    ['from a page of another site', { origin: 'http://evil.test' }],
    ['from a page of another site, by what the browser tells', { 'sec-fetch-site': 'cross-site' }],
    ['that does not say where it comes from', { origin: '' }],
  ])('is refused %s', async (_what, headers: Headers) => {
    const { client, cookie } = await loggedInAs(bench, 'viewer');
    expect(codeOf(await client.send('DELETE', '/api/session', undefined, headers))).toEqual([403, 'csrf-refused']);
    expect((await whoIs(cookie)).status).toBe(200);
  });

  it('is refused with the token of another session', async () => {
    const [mine, other] = [await loggedInAs(bench, 'viewer'), await loggedInAs(bench, 'viewer')];
    expect(codeOf(await mine.client.send('DELETE', '/api/session', undefined, { 'x-csrf-token': other.csrfToken }))).toEqual([403, 'csrf-refused']);
  });

  it('needs no such proof with a bearer token, which no page can send for somebody', async () => {
    const script = await bench.server.as('operator');
    expect(codeOf(await script.send('DELETE', '/api/session'))).toEqual([403, 'session-needed']);
    expect((await script.post('/api/cases/search-by-identity', { certNo: 'A1234567', reason: '来电查询' })).status).toBe(200);
  });
});

describe('the own password', () => {
  const NEW = 'four unrelated words';
  const change = async (headers: Headers, body: unknown): Promise<OpsAnswer<LoggedInAnswer>> =>
    bench.server.ask('/api/session/password', { method: 'PUT', body: JSON.stringify(body), headers: { 'content-type': 'application/json', origin: PUBLIC_URL, ...headers } });

  it('is changed with the old one; every other session of the account ends, and its tokens are revoked', async () => {
    const [here, elsewhere] = [await logIn(person.name, PASSWORD), await logIn(person.name, PASSWORD)];
    const token = await addToken(bench.db, person.id, ['operator']);
    const answer = await change({ cookie: cookieOf(here), 'x-csrf-token': here.body.csrfToken }, { currentPassword: PASSWORD, newPassword: NEW });
    expect(answer).toMatchObject({ status: 200, body: { outcome: 'password-changed', sessionsEnded: 2, tokensRevoked: 1 } });
    expect(codeOf(await bench.server.ask('/api/session', { headers: { authorization: `Bearer ${token}` } }))).toEqual([401, 'token-wrong']);
    expect((await whoIs(cookieOf(answer))).status).toBe(200);
    for (const old of [here, elsewhere]) expect(codeOf(await whoIs(cookieOf(old)))).toEqual([401, 'session-ended']);
    expect(codeOf(await logIn(person.name, PASSWORD))).toEqual([401, 'login-refused']);
    expect((await logIn(person.name, NEW)).status).toBe(200);
  });

  it('is not changed by somebody who does not know it, and guessing it counts', async () => {
    const { body, ...here } = await logIn(person.name, PASSWORD);
    const headers = { cookie: cookieOf(here), 'x-csrf-token': body.csrfToken };
    expect(codeOf(await change(headers, { currentPassword: 'a wrong guess', newPassword: NEW }))).toEqual([401, 'login-refused']);
    expect(await findAccount(bench.db, person.id)).toMatchObject({ failed_logins: 1, password_hash: hash });
  });

  it.each([['too short', 'short'], ['as before', PASSWORD], ['the name', 'x-NAME-x']])('is not changed to one that is %s', async (_what, given) => {
    const here = await logIn(person.name, PASSWORD);
    const newPassword = given.replace('NAME', person.name.toUpperCase());
    const answer = await change({ cookie: cookieOf(here), 'x-csrf-token': here.body.csrfToken }, { currentPassword: PASSWORD, newPassword });
    expect(answer).toMatchObject({ status: 422, body: { errors: [{ field: 'newPassword' }] } });
  });

  it('that somebody else made must be changed before anything else', async () => {
    await sql`update accounts set must_change = true where id = ${person.id}`.execute(bench.db);
    const here = await logIn(person.name, PASSWORD);
    expect(here.body.mustChangePassword).toBe(true);
    expect(codeOf(await bench.server.ask('/api/cases', { headers: { cookie: cookieOf(here) } }))).toEqual([403, 'password-must-change']);
    const answer = await change({ cookie: cookieOf(here), 'x-csrf-token': here.body.csrfToken }, { currentPassword: PASSWORD, newPassword: NEW });
    expect((await bench.server.ask('/api/cases', { headers: { cookie: cookieOf(answer) } })).status).toBe(200);
  });
});
