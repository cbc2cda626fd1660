import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { withDatabase } from '../../../../../test/support/index.ts';
import { makeFirstAccount } from '../../access/first-account.ts';
import { hasHandled } from '../../ledger/access-handler-rows.ts';
import { addPerson, loggedInAs, PASSWORD } from '../ops-browser.fixture.ts';
import type { LoggedIn, Person } from '../ops-browser.fixture.ts';
import { openBench } from '../ops-bench.fixture.ts';
import type { OpsBench } from '../ops-bench.fixture.ts';
import { addToken, PUBLIC_URL } from '../ops-server.fixture.ts';
import type { OpsAnswer } from '../ops-server.fixture.ts';
import type { ProblemAnswer } from '../problems/problem.answer.ts';
import type { LoggedInAnswer } from '../session/session.answer.ts';
import type { AccountAnswer, AccountChangeAnswer, AccountPage } from './account.answer.ts';

const database = withDatabase();
const reason = '值班人员调整';
let bench: OpsBench;
let administrator: LoggedIn;
/** What the gateways said at their first start. */
const said: string[] = [];

beforeAll(async () => {
  bench = await openBench(database.url);
  const logger = { warn: (_fields: unknown, text?: string) => { said.push(text ?? ''); } };
  await Promise.all(Array.from({ length: 3 }, () => makeFirstAccount(bench.db, logger)));
  await makeFirstAccount(bench.db, logger);
  administrator = await loggedInAs(bench, 'administrator');
});
afterAll(() => bench.close());

const codeOf = ({ status, body }: OpsAnswer<unknown>): [number, string] => [status, (body as ProblemAnswer).code];
const logIn = (name: string, password: string): Promise<OpsAnswer<LoggedInAnswer>> => bench.server.ask('/api/session', {
  method: 'POST', body: JSON.stringify({ name, password }), headers: { 'content-type': 'application/json', origin: PUBLIC_URL },
});
const command = (id: string, verb: string, version: number, body: object = {}): Promise<OpsAnswer<AccountChangeAnswer>> =>
  administrator.client.send(verb === 'roles' ? 'PUT' : 'POST', `/api/accounts/${id}/${verb}`, { reason, ...body }, { 'if-match': `"${version}"` });
const tokenOf = (person: Person): Promise<string> => addToken(bench.db, person.id, ['viewer']);
const whoHas = async (token: string): Promise<number> => (await bench.server.ask('/api/session', { headers: { authorization: `Bearer ${token}` } })).status;
const accountOf = async (id: string): Promise<OpsAnswer<AccountAnswer>> => administrator.client.get(`/api/accounts/${id}`);

describe('the first start', () => {
  it('makes one administrator, whose password is said once, however many gateways start', async () => {
    expect(said).toHaveLength(1);
    const password = /初始密码 ([a-z0-9-]{24})（/.exec(said[0] ?? '')?.[1] ?? '';
    expect(await logIn('admin', password)).toMatchObject({ status: 200, body: { mustChangePassword: true } });
  });
});

describe('an account', () => {
  it('is made with a password for one use, which is shown to nobody afterwards', async () => {
    const answer = await administrator.client.post<AccountChangeAnswer>('/api/accounts', { name: 'zhiban1', displayName: '值班一组', roles: ['operator'], reason });
    expect(answer).toMatchObject({ status: 200, body: { outcome: 'created', account: { roles: ['operator'], mustChangePassword: true, version: 1 } } });
    expect(answer.headers.get('etag')).toBe('"1"');
    const password = answer.body.oneTimePassword ?? '';
    expect(await logIn('zhiban1', password)).toMatchObject({ status: 200, body: { mustChangePassword: true } });
    const { text } = await administrator.client.get<AccountPage>('/api/accounts');
    expect(text).toContain('zhiban1');
    expect(text).not.toContain(password);
    expect(text).not.toContain('scrypt');
    const rows = await bench.db.selectFrom('evidence').select('entry').execute();
    expect(rows.some(({ entry }) => entry.includes('account.created'))).toBe(true);
    expect(rows.filter(({ entry }) => entry.includes(password))).toEqual([]);
    expect(codeOf(await administrator.client.post('/api/accounts', { name: 'zhiban1', displayName: '另一人', roles: [], reason }))).toEqual([409, 'account-exists']);
  });

  it('is refused with a name, a role or a reason that is none', async () => {
    const answer = await administrator.client.post<ProblemAnswer>('/api/accounts', { name: 'A B', displayName: '', roles: ['root'], reason: 'no' });
    expect(answer.status).toBe(422);
    expect(answer.body.errors.map(({ field }) => field).sort()).toEqual(['displayName', 'name', 'reason', 'roles']);
  });

  it('has no control character in any text, nor a number of a person in why it is changed: the field is named', async () => {
    const fieldsOf = ({ status, body }: OpsAnswer<unknown>): unknown => [status, (body as ProblemAnswer).errors.map(({ field, rule }) => `${field}: ${rule}`)];
    const made = { name: 'kongzhi', displayName: '控制', roles: [], reason };
    expect(fieldsOf(await logIn('ad\u0000min', PASSWORD))).toEqual([422, ['name: noControlCharacters']]);
    expect((await logIn('admin', `${PASSWORD}\u0000`)).status).toBe(401);
    for (const field of ['displayName', 'reason']) {
      for (const broken of ['值班\u0000调整', '值班\u001b[2J', '值班\ud800调整']) {
        expect(fieldsOf(await administrator.client.post('/api/accounts', { ...made, [field]: broken }))).toEqual([422, [`${field}: noControlCharacters`]]);
      }
    }
    for (const [field, broken] of [['reason', '本人 ID410204199001010002 申请'], ['ticket', '410204 19900101 0002']] as const) {
      expect(fieldsOf(await administrator.client.post('/api/accounts', { ...made, [field]: broken }))).toEqual([422, [`${field}: noPersonalNumber`]]);
    }
    expect((await administrator.client.post('/api/accounts', { ...made, reason: '第一行\n第二行', ticket: 'ITSM-20261123-0001' })).status).toBe(200);
  });

  it('changes its roles for the sessions that are open, too', async () => {
    const person = await addPerson(bench.db, ['viewer']);
    const { client } = await loggedInAs(bench, person);
    expect((await client.get('/api/accounts')).status).toBe(403);
    expect(await command(person.id, 'roles', 1, { roles: ['administrator'] })).toMatchObject({ status: 200, body: { outcome: 'roles-changed', account: { version: 2 } } });
    expect((await client.get('/api/accounts')).status).toBe(200);
    expect(codeOf(await command(person.id, 'roles', 2, { roles: ['administrator'] }))).toEqual([409, 'account-unchanged']);
  });

  it.each([['operator'], ['supervisor']])('never is administrator and %s at once', async (role) => {
    const both = ['administrator', role];
    const made = await administrator.client.post<ProblemAnswer>('/api/accounts', { name: 'liangzhong', displayName: '两种', roles: both, reason });
    expect([made.status, made.body.errors.map(({ field, rule }) => [field, rule])]).toEqual([422, [['roles', 'mayGoTogether']]]);
    const person = await addPerson(bench.db, ['viewer']);
    expect((await command(person.id, 'roles', 1, { roles: both })).status).toBe(422);
    expect((await accountOf(person.id)).body.roles).toEqual(['viewer']);
  });

  it('of the administrator who asks keeps its roles and its password, and that they asked is on record', async () => {
    const own = administrator.client.token;
    expect(codeOf(await command(own, 'roles', 1, { roles: ['supervisor'] }))).toEqual([409, 'own-account']);
    expect(codeOf(await command(own, 'reset-password', 1))).toEqual([409, 'own-account']);
    expect((await accountOf(own)).body).toMatchObject({ roles: ['administrator'], version: 1 });
    const { rows } = await sql<{ result: string }>`select entry::jsonb->>'result' as result from evidence where subject = ${own} and actor = ${`account:${own}`}`.execute(bench.db);
    expect(rows).toEqual([{ result: 'refused: own-account' }, { result: 'refused: own-account' }]);
  });

  it('is in the hands of whoever made it, changed its roles or reset its password, for ever', async () => {
    const made = await administrator.client.post<AccountChangeAnswer>('/api/accounts', { name: 'zhiban2', displayName: '值班二组', roles: ['operator'], reason });
    const [changed, reset, seen] = [await addPerson(bench.db, ['viewer']), await addPerson(bench.db, ['viewer']), await addPerson(bench.db, ['viewer'])];
    await command(changed.id, 'roles', 1, { roles: ['operator'] });
    await command(reset.id, 'reset-password', 1);
    await command(seen.id, 'disable', 1);
    const handled = (id: string): Promise<boolean> => hasHandled(bench.db, `account:${id}`, `account:${administrator.client.token}`);
    expect(await Promise.all([made.body.account.accountId, changed.id, reset.id, seen.id].map(handled))).toEqual([true, true, true, false]);
    expect(await hasHandled(bench.db, `account:${administrator.client.token}`, `account:${reset.id}`)).toBe(true);
    expect(await hasHandled(bench.db, `account:${changed.id}`, `account:${reset.id}`)).toBe(false);
  });

  it('is in the hands of the person, also when they act by a token: with another token, or without one, they are the same', async () => {
    const by = bench.server.clientWith('', { authorization: `Bearer ${await addToken(bench.db, administrator.client.token, ['administrator'])}` });
    const made = await by.post<AccountChangeAnswer>('/api/accounts', { name: 'zhiban3', displayName: '值班三组', roles: ['operator'], reason });
    const [changed, reset] = [await addPerson(bench.db, ['viewer']), await addPerson(bench.db, ['viewer'])];
    expect((await by.send('PUT', `/api/accounts/${changed.id}/roles`, { reason, roles: ['operator'] }, { 'if-match': '"1"' })).status).toBe(200);
    expect((await by.post(`/api/accounts/${reset.id}/reset-password`, { reason }, { 'if-match': '"1"' })).status).toBe(200);
    const handlers = await bench.db.selectFrom('account_handlers').select('person').where('account_id', 'in', [made.body.account.accountId, changed.id, reset.id]).execute();
    expect(handlers.map(({ person }) => person)).toEqual(Array.from({ length: 3 }, () => `account:${administrator.client.token}`));
    const own = await by.send('PUT', `/api/accounts/${administrator.client.token}/roles`, { reason, roles: ['supervisor'] }, { 'if-match': '"1"' });
    expect(codeOf(own)).toEqual([409, 'own-account']);
  });

  it('opens nothing by its tokens while its password must be changed', async () => {
    const person = await addPerson(bench.db, ['viewer']);
    const token = await tokenOf(person);
    const mustChange = (must: boolean): Promise<unknown> => bench.db.updateTable('accounts').set({ must_change: must }).where('id', '=', person.id).execute();
    const seen: number[] = [await whoHas(token)];
    for (const must of [true, false]) {
      await mustChange(must);
      seen.push(await whoHas(token));
    }
    expect(seen).toEqual([200, 401, 200]);
  });

  it('is not changed by somebody who has seen another version, or says none', async () => {
    const person = await addPerson(bench.db, ['viewer']);
    await command(person.id, 'roles', 1, { roles: ['auditor'] });
    const late = await command(person.id, 'roles', 1, { roles: ['operator'] });
    expect(codeOf(late)).toEqual([412, 'changed-meanwhile']);
    expect((late.body as unknown as ProblemAnswer).detail).toContain('auditor');
    expect(codeOf(await administrator.client.post(`/api/accounts/${person.id}/disable`, { reason }))).toEqual([428, 'if-match-missing']);
    const { body, headers } = await accountOf(person.id);
    expect([body.roles, headers.get('etag')]).toEqual([['auditor'], '"2"']);
  });

  it('that is disabled is out at once, with its browser and its tokens, until it is enabled', async () => {
    const person = await addPerson(bench.db, ['viewer']);
    const { client } = await loggedInAs(bench, person);
    const token = await tokenOf(person);
    expect(await command(person.id, 'disable', 1)).toMatchObject({ status: 200, body: { outcome: 'disabled', sessionsEnded: 1, tokensRevoked: 1 } });
    expect(codeOf(await client.get('/api/cases'))).toEqual([401, 'session-ended']);
    expect(codeOf(await command(person.id, 'disable', 2))).toEqual([409, 'account-unchanged']);
    expect(await command(person.id, 'enable', 2)).toMatchObject({ status: 200, body: { outcome: 'enabled', account: { disabledAt: null } } });
    expect(codeOf(await client.get('/api/cases'))).toEqual([401, 'session-ended']);
    expect(await whoHas(token)).toBe(401);
  });

  it('gets a new password for one use; its sessions end and its tokens are revoked', async () => {
    const person = await addPerson(bench.db, ['viewer']);
    const { client } = await loggedInAs(bench, person);
    const token = await tokenOf(person);
    expect(await whoHas(token)).toBe(200);
    const { body } = await command(person.id, 'reset-password', 1);
    expect(body).toMatchObject({ outcome: 'password-reset', account: { mustChangePassword: true }, sessionsEnded: 1, tokensRevoked: 1 });
    await bench.db.updateTable('accounts').set({ must_change: false }).where('id', '=', person.id).execute();
    expect(await whoHas(token)).toBe(401);
    await bench.db.updateTable('accounts').set({ must_change: true }).where('id', '=', person.id).execute();
    expect((await client.get('/api/cases')).status).toBe(401);
    expect(await logIn(person.name, body.oneTimePassword ?? '')).toMatchObject({ status: 200, body: { mustChangePassword: true } });
  });

  it('that is locked can be unlocked', async () => {
    const person = await addPerson(bench.db, ['viewer'], { locked_until: new Date(Date.now() + 600_000), failed_logins: 9 });
    await bench.db.insertInto('login_addresses').values({ account_id: person.id, address: '10.0.0.1', failures: 9, locked_until: new Date(Date.now() + 600_000) }).execute();
    expect((await accountOf(person.id)).body.lockedUntil).not.toBeNull();
    expect(await command(person.id, 'unlock', 1)).toMatchObject({ status: 200, body: { outcome: 'unlocked', account: { lockedUntil: null, failedLogins: 0 } } });
    expect(await bench.db.selectFrom('login_addresses').select(['failures', 'locked_until']).where('account_id', '=', person.id).execute()).toEqual([{ failures: 0, locked_until: null }]);
    expect(codeOf(await command(person.id, 'unlock', 2))).toEqual([409, 'account-unchanged']);
  });

  it('of the identity provider has neither roles nor password here', async () => {
    const person = await addPerson(bench.db, ['viewer'], { oidc_issuer: 'https://id.test', oidc_subject: 'u-1' });
    expect(codeOf(await command(person.id, 'roles', 1, { roles: [] }))).toEqual([409, 'account-elsewhere']);
    expect(codeOf(await command(person.id, 'reset-password', 1))).toEqual([409, 'account-elsewhere']);
    expect((await accountOf(person.id)).body).toMatchObject({ source: 'oidc', version: 1 });
  });

  it('that nobody has is 404', async () => {
    expect(codeOf(await command('00000000-0000-0000-0000-000000000000', 'disable', 1))).toEqual([404, 'account-unknown']);
  });
});

describe('the last administrator', () => {
  it('cannot be taken away, not even by two who take away each other at once', async () => {
    const [one, other] = [await addPerson(bench.db, ['administrator']), await addPerson(bench.db, ['administrator'])];
    await bench.db.updateTable('accounts').set({ disabled_at: new Date() }).where('id', 'not in', [one.id, other.id, administrator.client.token]).execute();
    await bench.db.updateTable('accounts').set({ roles: ['viewer'] }).where('id', 'not in', [one.id, other.id]).execute();
    const takesAway = async (by: typeof one, whom: typeof one): Promise<[number, string]> => {
      const { client } = await loggedInAs(bench, by);
      return codeOf(await client.post(`/api/accounts/${whom.id}/disable`, { reason }, { 'if-match': '"1"' }));
    };
    const outcomes = await Promise.all([takesAway(one, other), takesAway(other, one)]);
    expect(outcomes.filter(([status]) => status === 200)).toHaveLength(1);
    const [left] = await bench.db.selectFrom('accounts').select(['id', 'name']).where('disabled_at', 'is', null).where('id', 'in', [one.id, other.id]).execute();
    if (left === undefined) throw new Error('no administrator is left');
    expect(await takesAway(left, left)).toEqual([409, 'last-administrator']);
    const { client } = await loggedInAs(bench, left);
    expect(codeOf(await client.send('PUT', `/api/accounts/${left.id}/roles`, { reason, roles: ['viewer'] }, { 'if-match': '"1"' }))).toEqual([409, 'own-account']);
  });
});
