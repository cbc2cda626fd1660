import { randomBytes, randomUUID } from 'node:crypto';
import type { Kysely } from 'kysely';
import { csrfTokenOf } from '../access/csrf.ts';
import type { Role } from '../access/rights.ts';
import { digestOfToken } from '../access/token-digest.ts';
import { insertAccount } from '../ledger/access-account-rows.ts';
import type { NewAccount } from '../ledger/access-account-rows.ts';
import { insertSession } from '../ledger/access-session-rows.ts';
import type { LedgerTables } from '../ledger/tables.ts';
import type { OpsBench } from './ops-bench.fixture.ts';
import { PUBLIC_URL } from './ops-server.fixture.ts';
import type { OpsAnswer, OpsClient } from './ops-server.fixture.ts';

export const PASSWORD = 'correct horse battery';

/** Somebody with an account. */
export interface Person {
  readonly id: string;
  readonly name: string;
}

/** A browser that is logged in; its client's `token` is the account's id. */
export interface LoggedIn {
  readonly client: OpsClient;
  readonly cookie: string;
  readonly csrfToken: string;
}

export async function addPerson(db: Kysely<LedgerTables>, roles: readonly Role[], given: Partial<NewAccount> = {}): Promise<Person> {
  const id = randomUUID();
  const name = `p-${id.slice(0, 8)}`;
  await insertAccount(db, { id, name, display_name: roles.join('+'), roles: [...roles], ...given });
  return { id, name };
}

/** A browser with a session that was opened past the login, which takes its time on purpose. */
export async function loggedInAs({ db, server }: Pick<OpsBench, 'db' | 'server'>, who: Role | Person): Promise<LoggedIn> {
  const person = typeof who === 'string' ? await addPerson(db, [who]) : who;
  const sessionId = randomBytes(32).toString('base64url');
  await insertSession(db, { idleMs: 0, longestMs: 3_600_000 }, { digest: digestOfToken(sessionId), account_id: person.id, method: 'password', address: '127.0.0.1' });
  const [cookie, csrfToken] = [`jiujin_session=${sessionId}`, csrfTokenOf(sessionId)];
  return { client: server.clientWith(person.id, { cookie, origin: PUBLIC_URL, 'x-csrf-token': csrfToken }), cookie, csrfToken };
}

/** What a browser would send back after this answer. */
export function cookieOf({ headers }: Pick<OpsAnswer<unknown>, 'headers'>): string {
  return headers.get('set-cookie')?.split(';')[0] ?? '';
}
