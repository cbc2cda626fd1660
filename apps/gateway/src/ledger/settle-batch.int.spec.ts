import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { BatchResult, IncomingMessage } from '#bus';
import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import pg from 'pg';
import { until, withDatabase } from '../../../../test/support/index.ts';
import { eventOf, messageOf, newProjectNo } from '../case-events.fixture.ts';
import { GatewayBench, openBench } from '../gateway-bench.fixture.ts';
import { ledgerOver } from './open-ledger.ts';
import type { LedgerTables } from './tables.ts';

/** What gives up waiting for a lock, and what is seen of it. */
const LIMITS = {
  'a statement time-out of the server': [{ statement_timeout: 150 }, 'error 57014'],
  'a lock time-out of the server': [{ lock_timeout: 150 }, 'error 55P03'],
  'a query time-out of the client': [{ query_timeout: 300 }, 'Error: Query read timeout'],
} as const;
/** More hand-outs than a message that fails alone would survive. */
const ROUNDS = 5;

describe('a batch of events while somebody holds the tables of the ledger', () => {
  const database = withDatabase();
  let whole: GatewayBench;
  let locker: pg.Client;
  beforeAll(async () => {
    whole = await openBench(database.url);
    locker = new pg.Client({ connectionString: database.url });
    locker.on('error', () => undefined);
    await locker.connect();
  });
  afterAll(async () => {
    await locker.end();
    await whole.db.destroy();
  });

  it.each(Object.keys(LIMITS) as (keyof typeof LIMITS)[])('waits and buries nothing, and is applied once the lock is gone: %s', async (name) => {
    const [limits, reason] = LIMITS[name];
    const db = hasty(limits);
    const bench = new GatewayBench(db);
    const projectNos = [newProjectNo(), newProjectNo(), newProjectNo()];
    const batch = projectNos.map((subject) => messageOf(eventOf('case.received', { subject })));

    await locker.query('begin');
    await locker.query('lock table events in access exclusive mode');
    for (let round = 0; round < ROUNDS; round += 1) expect(await handOut(bench, batch, round)).toEqual({ kind: 'not-now', reason });
    await locker.query('commit');

    // By one that waits: how long a busy machine takes is not what the limits are for.
    expect(await handOut(whole, batch, ROUNDS)).toEqual(['done', 'done', 'done']);
    for (const projectNo of projectNos) expect(await whole.outcomes(projectNo)).toEqual([{ type: 'case.received', outcome: 'applied', outcome_code: null }]);
    await db.destroy();
  });

  it('gets through in pieces when only the whole is too much for a slow server', async () => {
    const db = hasty({ statement_timeout: 4_000 });
    await sql`
      create function dawdle() returns trigger language plpgsql as 'begin if (select count(*) from fresh) > 1 then perform pg_sleep(10); end if; return null; end'`.execute(whole.db);
    await sql`create trigger dawdling after insert on events referencing new table as fresh for each statement execute function dawdle()`.execute(whole.db);
    const projectNos = [newProjectNo(), newProjectNo()];
    const batch = projectNos.map((subject) => messageOf(eventOf('case.received', { subject })));
    // Handed out again when the server was too slow even for one alone.
    const settled = await until(async () => {
      const result = await handOut(new GatewayBench(db), batch, 0);
      return 'kind' in result ? null : result;
    }, { within: 60_000, what: 'the batch settled' });
    expect(settled).toEqual(['done', 'done']);
    await sql`drop trigger dawdling on events`.execute(whole.db);
    await db.destroy();
  });

  /** As the bus hands a message out whose handler has failed that often on it. */
  function handOut(bench: GatewayBench, batch: readonly IncomingMessage[], failures: number): Promise<BatchResult> {
    return bench.receive.run(batch.map((message) => ({ ...message, failures })));
  }

  function hasty(limits: pg.PoolConfig): Kysely<LedgerTables> {
    const pool = new pg.Pool({ connectionString: database.url, max: 2, ...limits });
    pool.on('error', () => undefined);
    pool.on('connect', (client) => { client.on('error', () => undefined); });
    return ledgerOver(pool);
  }
});
