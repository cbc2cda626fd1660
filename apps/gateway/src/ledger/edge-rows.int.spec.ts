import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import { withDatabase } from '../../../../test/support/index.ts';
import { circuitOf, statusOf } from '../watch/edge-status.fixture.ts';
import { loadCircuits, loadInstances, loadShutDestinations, recordStatus } from './edge-rows.ts';
import type { ProgramStatus } from './edge-rows.ts';
import { migrateLedger } from './migrate-ledger.ts';
import { openLedger } from './open-ledger.ts';
import type { LedgerTables } from './tables.ts';

const database = withDatabase();
let db: Kysely<LedgerTables>;
beforeAll(async () => {
  db = openLedger({ url: database.url, poolSize: 4, statementTimeoutMs: 20_000, onConnectionLost: () => undefined });
  await migrateLedger(db);
});
beforeEach(async () => {
  await sql`truncate edge_instances, circuits, circuit_changes`.execute(db);
});
afterAll(() => db.destroy());

const record = (status: ProgramStatus): Promise<void> => db.transaction().execute((trx) => recordStatus(trx, status));
const changes = (): Promise<object[]> => db.selectFrom('circuit_changes').select(['from_state', 'to_state', 'reason']).orderBy('seq').execute();

describe('what an adapter says of itself', () => {
  it('is kept as its newest report, and every change of a circuit as history', async () => {
    await record(statusOf());
    await record(statusOf({ circuits: [circuitOf('centre', { state: 'open', reason: 'http-503', failures: 8, window: 0, held: 2 })], spool: null }));
    await record(statusOf({ circuits: [circuitOf('centre', { state: 'half-open', reason: 'http-503', window: 1 })], spool: null }));
    expect(await loadInstances(db)).toMatchObject([{ app: 'centre-adapter', instance: 'host-1-a', spool_waiting: null, journal_entries: 0, redis_durable: true }]);
    expect(await loadCircuits(db)).toMatchObject([{ destination: 'centre', state: 'half-open', window_size: 1, held: 0 }]);
    expect(await changes()).toEqual([
      { from_state: 'closed', to_state: 'open', reason: 'http-503' }, { from_state: 'open', to_state: 'half-open', reason: 'http-503' },
    ]);
  });

  it('changes nothing when it is a late copy, and everything when the clock of the adapter was set back', async () => {
    const early = statusOf({ circuits: [circuitOf('centre', { state: 'open' })] });
    await record(statusOf());
    await record(early);
    expect(await changes()).toEqual([]);
    await record({ ...early, at: new Date(Date.now() - 3_600_000).toISOString() });
    expect(await changes()).toHaveLength(1);
  });

  it('is one change, however many gateways record the same report at once', async () => {
    const status = statusOf({ circuits: [circuitOf('centre', { state: 'open' })] });
    await Promise.all([record(status), record(status), record(status)]);
    expect(await changes()).toHaveLength(1);
  });

  it('measures trouble from where a circuit left "closed", not from its last change', async () => {
    await record(statusOf({ circuits: [circuitOf('centre', { state: 'open', since: '2026-11-20T04:00:00Z' })] }));
    await record(statusOf({ circuits: [circuitOf('centre', { state: 'slow-start' })] }));
    expect(await loadCircuits(db)).toMatchObject([{ troubled_since: new Date('2026-11-20T04:00:00Z') }]);
    await record(statusOf());
    expect(await loadCircuits(db)).toMatchObject([{ troubled_since: null }]);
  });

  it('forgets the circuit of a destination that is served no more', async () => {
    await record(statusOf({ circuits: [circuitOf('hall:410202'), circuitOf('hall:410203')] }));
    await record(statusOf({ circuits: [circuitOf('hall:410203')] }));
    expect(await loadCircuits(db)).toMatchObject([{ destination: 'hall:410203' }]);
  });
});

describe('a program that starts over and over', () => {
  it('does not push out those that live, nor their circuits', async () => {
    await sql`insert into edge_instances (app, instance, reported_at, first_seen_at, seen_at)
      select 'district-adapter', 'start-' || n, now(), now() - interval '20 hours', now() - interval '1 hour' from generate_series(1, 1000) n`.execute(db);
    await sql`insert into circuits (destination, app, instance, state, since, failures, window_size, held, updated_at)
      select 'centre-' || d, 'district-adapter', 'start-' || n, 'closed', now(), 0, 1, 0, now() - interval '1 hour'
      from generate_series(1, 1000) n, generate_series(1, 10) d`.execute(db);
    await record(statusOf({ instance: 'living', circuits: [circuitOf('hall:410204')] }));
    expect((await loadInstances(db)).map(({ instance }) => instance)).toContain('living');
    expect((await loadCircuits(db)).map(({ instance }) => instance)).toContain('living');
  });
});

describe('a destination is shut', () => {
  const open = [circuitOf('centre', { state: 'open' })];

  it('when its circuit is open in every living program, and not when one still delivers or tries', async () => {
    await record(statusOf({ instance: 'one', circuits: open }));
    await record(statusOf({ instance: 'two' }));
    expect(await loadShutDestinations(db, 30_000)).toEqual([]);
    await record(statusOf({ instance: 'two', circuits: [circuitOf('centre', { state: 'half-open' })] }));
    expect(await loadShutDestinations(db, 30_000)).toEqual([]);
    await record(statusOf({ instance: 'two', circuits: open }));
    expect(await loadShutDestinations(db, 30_000)).toEqual(['centre']);
  });

  it('not by what a program said that has been silent since', async () => {
    await record(statusOf({ instance: 'one', circuits: open }));
    await sql`update edge_instances set seen_at = now() - interval '31 seconds'`.execute(db);
    expect(await loadShutDestinations(db, 30_000)).toEqual([]);
    await record(statusOf({ instance: 'two' }));
    expect(await loadShutDestinations(db, 30_000)).toEqual([]);
  });
});
