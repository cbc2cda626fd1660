import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import { withDatabase } from '../../../../test/support/index.ts';
import { recordAction } from '../evidence/record-action.ts';
import { insertAccount } from './access-account-rows.ts';
import { hasHandled } from './access-handler-rows.ts';
import { insertApiToken } from './access-rows.ts';
import { accessLimits } from './migrations/0016-access-limits.ts';
import { migrateLedger } from './migrate-ledger.ts';
import { openLedger } from './open-ledger.ts';
import type { LedgerTables } from './tables.ts';

const database = withDatabase();
let db: Kysely<LedgerTables>;

beforeAll(async () => {
  db = openLedger({ url: database.url, poolSize: 1, statementTimeoutMs: 10_000, onConnectionLost: () => undefined });
  await migrateLedger(db);
});
afterAll(() => db.destroy());

describe('who handled whose account before that was kept', () => {
  it('is taken from the records: by themselves or by a token of theirs, and nobody who did something else', async () => {
    for (const id of ['admin', 'made', 'changed', 'reset', 'unlocked']) await insertAccount(db, { id, name: `n-${id}`, display_name: id, roles: [] });
    await insertApiToken(db, { id: 'tk', name: 't', account_id: 'admin', token_digest: Buffer.alloc(32), rights: [], expires_at: new Date() });
    const acts = [['account:admin', 'account.created', 'made'], ['token:tk', 'account.roles-changed', 'changed'], ['account:admin', 'account.password-reset', 'reset'], ['account:admin', 'account.unlocked', 'unlocked'], ['account:admin', 'account.created', 'gone'], ['account:admin', 'account.roles-changed', 'made']] as const;
    for (const [actor, action, subject] of acts) await db.transaction().execute((trx) => recordAction(trx, {
      caller: { id: actor, name: '', address: '' }, action, subjectKind: 'account', subject, reason: '', result: 'done',
    }));
    await sql`drop table account_handlers, login_addresses, login_codes`.execute(db);
    await sql`alter table oidc_logins drop column loopback_port, drop column loopback_state, drop column loopback_challenge`.execute(db);
    await accessLimits.up(db as Kysely<unknown>);
    const handled = await Promise.all(['made', 'changed', 'reset', 'unlocked'].map((id) => hasHandled(db, 'account:admin', `account:${id}`)));
    expect(handled).toEqual([true, true, true, false]);
  });
});
