import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { withDatabase } from '../../../../../test/support/index.ts';
import type { Caller } from '../../access/caller.ts';
import { rightsOf } from '../../access/rights.ts';
import { addPerson, loggedInAs } from '../ops-browser.fixture.ts';
import type { LoggedIn, Person } from '../ops-browser.fixture.ts';
import { openBench } from '../ops-bench.fixture.ts';
import type { OpsBench } from '../ops-bench.fixture.ts';
import type { OpsAnswer } from '../ops-server.fixture.ts';
import type { ProblemAnswer } from '../problems/problem.answer.ts';
import type { SessionAnswer } from '../session/session.answer.ts';
import type { ApiTokenMadeAnswer, ApiTokenPage } from './api-token.answer.ts';
import { MakeApiToken } from './make-api-token.ts';

const database = withDatabase();
let bench: OpsBench;
let person: Person;
let browser: LoggedIn;

beforeAll(async () => {
  bench = await openBench(database.url);
});
beforeEach(async () => {
  person = await addPerson(bench.db, ['operator']);
  browser = await loggedInAs(bench, person);
});
afterAll(() => bench.close());

const codeOf = ({ status, body }: OpsAnswer<unknown>): [number, string] => [status, (body as ProblemAnswer).code];
const make = (given: object = {}): Promise<OpsAnswer<ApiTokenMadeAnswer>> =>
  browser.client.post('/api/api-tokens', { name: '巡检', rights: ['see-metadata', 'replay'], validDays: 30, reason: '夜间巡检', ...given });
const whoIs = (token: string): Promise<OpsAnswer<SessionAnswer>> => bench.server.ask('/api/session', { headers: { authorization: `Bearer ${token}` } });

describe('a token for scripts', () => {
  it('does what it was made for, and no more; it is its person', async () => {
    const { body, status } = await make();
    expect(status).toBe(200);
    expect((await whoIs(body.token)).body).toMatchObject({ caller: `token:${body.tokenId}`, person: `account:${person.id}`, rights: ['see-metadata', 'replay'], method: 'token' });
  });

  it('is shown once and lies nowhere in the ledger', async () => {
    const { body } = await make();
    const list = await browser.client.get<ApiTokenPage>('/api/api-tokens');
    expect(list.body.items).toMatchObject([{ tokenId: body.tokenId, state: 'good', lastUsedAt: null }]);
    const { rows } = await sql<{ text: string }>`
      select t::text || encode(t.token_digest, 'escape') as text from api_tokens t union all select entry from evidence`.execute(bench.db);
    expect(rows.length).toBeGreaterThan(1);
    for (const text of [list.text, ...rows.map((row) => row.text)]) expect(text).not.toContain(body.token);
  });

  it('loses at once what its person loses', async () => {
    const { token } = (await make()).body;
    await sql`update accounts set roles = '{viewer}' where id = ${person.id}`.execute(bench.db);
    expect((await whoIs(token)).body.rights).toEqual(['see-metadata']);
    await sql`update accounts set disabled_at = now() where id = ${person.id}`.execute(bench.db);
    expect(codeOf(await whoIs(token))).toEqual([401, 'token-wrong']);
  });

  it('does not grow with its person', async () => {
    const { token } = (await make({ rights: ['see-metadata'] })).body;
    await sql`update accounts set roles = '{supervisor}' where id = ${person.id}`.execute(bench.db);
    expect((await whoIs(token)).body.rights).toEqual(['see-metadata']);
  });

  it.each([
    ['is good while the identity provider has lately spoken for its person', '6 days 23 hours', 200, undefined],
    ['waits when the provider has not spoken for its person for a week', '7 days', 401, 'token-unconfirmed'],
    ['waits when the provider never has', null, 401, 'token-unconfirmed'],
  ] as const)('of somebody of the identity provider %s', async (_what, ago, status, code) => {
    const { token } = (await make()).body;
    await sql`update accounts set oidc_issuer = 'https://id.test', oidc_subject = id, last_login_at = now() - ${ago}::interval where id = ${person.id}`.execute(bench.db);
    const waiting = await whoIs(token);
    expect((await browser.client.get<ApiTokenPage>('/api/api-tokens')).body.items).toMatchObject([{ state: status === 200 ? 'good' : 'waiting' }]);
    expect([waiting.status, (waiting.body as unknown as Partial<ProblemAnswer>).code]).toEqual([status, code]);
    await sql`update accounts set last_login_at = now() where id = ${person.id}`.execute(bench.db);
    expect((await whoIs(token)).status).toBe(200);
  });

  it('ends with its time', async () => {
    const { token } = (await make()).body;
    await sql`update api_tokens set expires_at = now() where account_id = ${person.id}`.execute(bench.db);
    expect(codeOf(await whoIs(token))).toEqual([401, 'token-wrong']);
  });

  it.each([
    ['more than its person may', { rights: ['edit'] }, 'rights'],
    ['nothing', { rights: [] }, 'rights'],
    ['longer than a year', { validDays: 366 }, 'validDays'],
  ])('is not made for %s', async (_what, given, field) => {
    const answer = await make(given);
    expect(answer).toMatchObject({ status: 422, body: { errors: [{ field }] } });
  });

  it('is not made by a token', async () => {
    const { token } = (await make()).body;
    const made = await bench.server.ask('/api/api-tokens', {
      method: 'POST', headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ name: '另一个', rights: ['see-metadata'], validDays: 1, reason: '延长期限' }),
    });
    expect(codeOf(made)).toEqual([403, 'session-needed']);
  });

  it('is not made with a session that was ended while it was being made', async () => {
    const caller: Caller = {
      id: `account:${person.id}`, person: `account:${person.id}`, name: '', address: '', rights: rightsOf(['operator']),
      session: { digest: randomBytes(32), accountId: person.id, method: 'password', csrfToken: '', expiresAt: new Date(), mustChangePassword: false },
    };
    const making = bench.server.app.get(MakeApiToken, { strict: false }).run(caller, { name: '巡检', rights: ['replay'], validDays: 1, reason: '夜间巡检' });
    await expect(making).rejects.toMatchObject({ code: 'session-ended' });
  });

  it('is not made twice under one name, and is one of twenty at most', async () => {
    await make();
    expect(codeOf(await make())).toEqual([409, 'api-token-refused']);
    for (let count = 2; count <= 20; count += 1) expect((await make({ name: `第 ${count}` })).status).toBe(200);
    expect(codeOf(await make({ name: '第 21' }))).toEqual([409, 'api-token-refused']);
  });

  it('is noted as used once a minute', async () => {
    const { token } = (await make()).body;
    const used = async (): Promise<Date | null> => (await bench.db.selectFrom('api_tokens').select('last_used_at').where('account_id', '=', person.id).executeTakeFirstOrThrow()).last_used_at;
    await whoIs(token);
    const first = await used();
    expect(first).not.toBeNull();
    await whoIs(token);
    expect(await used()).toEqual(first);
    await sql`update api_tokens set last_used_at = now() - interval '61 seconds' where account_id = ${person.id}`.execute(bench.db);
    await whoIs(token);
    expect((await used())?.getTime()).toBeGreaterThanOrEqual(first?.getTime() ?? 0);
  });

  it('is revoked at once by its person or by who manages access, and by nobody else', async () => {
    const [mine, theirs] = [(await make()).body, (await make({ name: '其二' })).body];
    const stranger = await loggedInAs(bench, 'supervisor');
    expect(codeOf(await stranger.client.send('DELETE', `/api/api-tokens/${mine.tokenId}`))).toEqual([404, 'api-token-unknown']);
    expect((await browser.client.send('DELETE', `/api/api-tokens/${mine.tokenId}`)).body).toMatchObject({ outcome: 'revoked' });
    expect(codeOf(await browser.client.send('DELETE', `/api/api-tokens/${mine.tokenId}`))).toEqual([409, 'api-token-refused']);
    const administrator = await loggedInAs(bench, 'administrator');
    expect((await administrator.client.send('DELETE', `/api/api-tokens/${theirs.tokenId}`)).status).toBe(200);
    for (const { token } of [mine, theirs]) expect(codeOf(await whoIs(token))).toEqual([401, 'token-wrong']);
  });

  it('of others is listed for who manages access alone, page by page', async () => {
    await make();
    await make({ name: '其二' });
    expect(codeOf(await browser.client.get('/api/api-tokens?of=everybody'))).toEqual([403, 'forbidden']);
    const administrator = await loggedInAs(bench, 'administrator');
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const { body }: OpsAnswer<ApiTokenPage> = await administrator.client.get(`/api/api-tokens?of=everybody&limit=1${cursor === '' ? '' : `&cursor=${cursor}`}`);
      seen.push(...body.items.map(({ tokenId }) => tokenId));
      cursor = body.nextCursor;
    }
    const all = await bench.db.selectFrom('api_tokens').select('id').execute();
    expect([...seen].sort()).toEqual(all.map(({ id }) => id).sort());
    expect((await administrator.client.get<ApiTokenPage>('/api/api-tokens')).body.items).toEqual([]);
  });
});
