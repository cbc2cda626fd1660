import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createLogger } from '#runtime';
import { sql } from 'kysely';
import { until, withDatabase } from '../../../../test/support/index.ts';
import { openPool } from './open-ledger.ts';
import { openForUpdate, updateLedger } from './update-ledger.ts';

const database = withDatabase();
const logger = createLogger('gateway', { level: 'silent' });
let other: ReturnType<typeof openPool>;

beforeAll(() => {
  other = openPool({ url: database.url, poolSize: 2, statementTimeoutMs: 10_000, onConnectionLost: () => undefined });
});
afterAll(() => other.end());

const waiting = `select count(*)::int as value from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
const ask = async (question: string): Promise<number> => (await other.query<{ value: number }>(question)).rows[0]?.value ?? 0;

describe('bringing the ledger up to date', () => {
  it('lets its own statements take as long as they need, but does not stand in line for ever', async () => {
    const db = openForUpdate(database.url, logger, 3_000);
    const { rows } = await sql<{ name: string; setting: string }>`select name, setting from pg_settings where name in ('lock_timeout', 'statement_timeout') order by name`.execute(db);
    await db.destroy();
    expect(rows).toEqual([{ name: 'lock_timeout', setting: '3000' }, { name: 'statement_timeout', setting: '0' }]);
  });

  it('steps out of the line while somebody holds what it needs, and tries again until it is free', async () => {
    const holder = await other.connect();
    await holder.query('begin');
    await holder.query('create table ledger_migrations (name text)');
    const updating = updateLedger(database.url, logger, { lockMs: 200, betweenMs: 100, tries: 100 });
    await until(async () => await ask(waiting) === 1, { within: 20_000, every: 10, what: 'the update waiting' });
    await until(async () => await ask(waiting) === 0, { within: 20_000, every: 10, what: 'the update out of the line' });
    await until(async () => await ask(waiting) === 1, { within: 20_000, every: 10, what: 'the update waiting again' });
    await holder.query('rollback');
    holder.release();
    expect(await updating).toContain('0001-ledger');
    expect(await ask('select count(*)::int as value from cases')).toBe(0);
    expect(await updateLedger(database.url, logger)).toEqual([]);
  });

  it('says what was wrong when it never becomes free', async () => {
    const holder = await other.connect();
    await holder.query('begin');
    await holder.query('lock table ledger_migrations_lock in access exclusive mode');
    await expect(updateLedger(database.url, logger, { lockMs: 50, betweenMs: 10, tries: 3 })).rejects.toMatchObject({ code: '55P03' });
    await holder.query('rollback');
    holder.release();
  });
});
