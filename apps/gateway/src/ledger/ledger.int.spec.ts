import { readdir } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import { until, withDatabase } from '../../../../test/support/index.ts';
import { eventOf, newProjectNo } from '../case-events.fixture.ts';
import { benchAt, openBench } from '../gateway-bench.fixture.ts';
import type { GatewayBench } from '../gateway-bench.fixture.ts';
import { lockOrderKeys } from './case-rows.ts';
import { migrateLedger } from './migrate-ledger.ts';
import { openLedger } from './open-ledger.ts';
import type { LedgerTables } from './tables.ts';

const TABLES = [
  'account_handlers', 'accounts', 'alert_mutes', 'alerts', 'api_tokens', 'attempt_first_reports', 'attempts', 'cases', 'channel_pauses', 'channel_settings', 'circuit_changes', 'circuits', 'connection_tests', 'dead_letter_repairs',
  'dead_letters', 'door_refusals', 'edge_instances', 'events', 'evidence', 'failure_changes', 'failure_groups', 'failure_hours', 'grant_items', 'grants',
  'login_addresses', 'login_codes', 'maintenance_channels', 'maintenance_plans', 'oidc_logins', 'operation_claims', 'operation_items', 'operations', 'ops_requests', 'reconciliation_ids', 'reconciliation_lists', 'reconciliation_sign_offs', 'reveals', 'saved_views', 'sealing', 'sessions', 'shifts', 'suppressed_duplicates', 'transfer_edits', 'transfer_returns',
  'transfer_revisions', 'transfers',
];

/** One in each file, in the order of their numbers. */
async function namesOfMigrations(): Promise<string[]> {
  const files = await readdir('apps/gateway/src/ledger/migrations');
  return files.map((file) => file.replace(/\.ts$/, '')).sort();
}

describe('the migrations', () => {
  const database = withDatabase();

  it('build the ledger from nothing, once, however many gateways start at the same moment, and find it done the next time', async () => {
    const gateways = Array.from({ length: 3 }, () => openAt(database.url));
    try {
      const ran = await Promise.all(gateways.map((db) => migrateLedger(db)));
      expect(ran.flat()).toEqual(await namesOfMigrations());
      expect(await migrateLedger(gateways[0] ?? openAt(database.url))).toEqual([]);
      const { rows } = await sql<{ name: string }>`select table_name as name from information_schema.tables
        where table_schema = 'public' and table_name not like 'ledger_migrations%' order by 1`.execute(gateways[0] ?? openAt(database.url));
      expect(rows.map((row) => row.name)).toEqual(TABLES);
    } finally {
      await Promise.all(gateways.map((db) => db.destroy()));
    }
  });
});

describe('the ledger', () => {
  const database = withDatabase();
  let bench: GatewayBench;
  beforeAll(async () => {
    bench = await openBench(database.url);
  });
  afterAll(() => bench.db.destroy());

  it('holds no name, certificate number, phone or account in clear, in any column of any table', async () => {
    const projectNo = newProjectNo();
    await bench.pendingCase(projectNo);
    await bench.events(
      eventOf('case.supplement.required', { subject: projectNo }), eventOf('case.corrected', { subject: projectNo, dataversion: 2 }),
      eventOf('case.returned', { subject: projectNo }), eventOf('case.withdrawn', { subject: projectNo, source: '/halls/410204' }),
    );
    const secrets = ['测试甲', '测试乙', '测试窗口甲', '410204199001010002', '410204199103150006', '13800000001', '6200000000000000001', 'GR00000000000001'];
    const text = await everythingIn(bench.db);
    expect(text).toContain(projectNo);
    expect(secrets.filter((secret) => text.includes(secret) || text.includes(Buffer.from(secret).toString('hex')))).toEqual([]);
  });

  it('lets no program put two transfers of one case and destination under way', async () => {
    const projectNo = newProjectNo();
    await bench.events(eventOf('case.received', { subject: projectNo }), eventOf('case.withdrawn', { subject: projectNo, source: '/halls/410204' }));
    const forcing = bench.db.updateTable('transfers').set({ status: 'in_flight' }).where('project_no', '=', projectNo).execute();
    await expect(forcing).rejects.toMatchObject({ constraint: 'transfers_one_under_way' });
  });

  it('stamps all that one batch writes with one time, taken once the batch has its locks', async () => {
    const projectNo = newProjectNo();
    await bench.events(eventOf('case.received', { subject: projectNo }));
    const locked = Promise.withResolvers<void>();
    const hold = Promise.withResolvers<void>();
    const released = bench.db.transaction().execute(async (trx) => {
      await lockOrderKeys(trx, [projectNo]);
      locked.resolve();
      await hold.promise;
      const { rows } = await sql<{ at: Date }>`select clock_timestamp() as at`.execute(trx);
      return rows[0]?.at ?? new Date();
    });
    await locked.promise;
    const again = eventOf('case.received', { subject: projectNo });
    const batch = bench.events(eventOf('case.withdrawn', { subject: projectNo, source: '/halls/410204' }), again, again);
    await until(async () => (await sql`select from pg_stat_activity where datname = current_database() and wait_event = 'advisory'`.execute(bench.db)).rows.length > 0, { within: 20_000 });
    hold.resolve();
    const freed = await released;
    await batch;
    const stamps = await sql<{ at: Date }>`
      select outcome_at as at from events where project_no = ${projectNo} and type = 'case.withdrawn'
      union select recorded_at from events where project_no = ${projectNo} and type = 'case.withdrawn'
      union select updated_at from cases where project_no = ${projectNo}
      union select created_at from transfers where project_no = ${projectNo} and kind = 'result'
      union select dispatched_at from transfers where project_no = ${projectNo} and kind = 'result'
      union select d.recorded_at from suppressed_duplicates d join events e on e.seq = d.event_seq where e.event_id = ${again.id}`.execute(bench.db);
    expect(stamps.rows).toHaveLength(1);
    expect(stamps.rows[0]?.at.getTime()).toBeGreaterThanOrEqual(freed.getTime());
  });

  it('asks for the batch again later, untouched, while PostgreSQL is away', async () => {
    const away = benchAt('postgres://nobody@127.0.0.1:1/nothing');
    const settled = await away.events(eventOf('case.received', { subject: newProjectNo() }));
    await away.db.destroy();
    expect(settled).toMatchObject({ kind: 'not-now', reason: expect.stringContaining('ECONNREFUSED') });
  });

  it('asks for the batch again later when PostgreSQL ends its connections in the middle of it', async () => {
    const other = benchAt(database.url);
    const projectNo = newProjectNo();
    const locked = Promise.withResolvers<void>();
    const ended = Promise.withResolvers<void>();
    const holding = bench.db.transaction().execute(async (trx) => {
      await lockOrderKeys(trx, [projectNo]);
      locked.resolve();
      await ended.promise;
    });
    await locked.promise;
    const receiving = other.events(eventOf('case.received', { subject: projectNo }));
    await until(async () => {
      const { rows } = await sql<{ ended: boolean }>`select pg_terminate_backend(pid) as ended from pg_stat_activity
        where datname = current_database() and wait_event = 'advisory'`.execute(bench.db);
      return rows.length > 0;
    }, { within: 20_000 });
    expect(await receiving).toMatchObject({ kind: 'not-now' });
    ended.resolve();
    await holding;
    await other.db.destroy();
    expect(await bench.statusOf(projectNo)).toBeUndefined();
  });
});

/** Every row of every table, as PostgreSQL prints it: bytea in hex, JSON as text. */
async function everythingIn(db: Kysely<LedgerTables>): Promise<string> {
  const printed = await Promise.all(TABLES.map((table) => sql<{ row: string }>`select t::text as row from ${sql.table(table)} t`.execute(db)));
  return printed.flatMap(({ rows }) => rows.map(({ row }) => row)).join('\n');
}

function openAt(url: string): Kysely<LedgerTables> {
  return openLedger({ url, poolSize: 4, statementTimeoutMs: 20_000, onConnectionLost: () => undefined });
}
