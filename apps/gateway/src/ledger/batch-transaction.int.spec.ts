import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import { withDatabase } from '../../../../test/support/index.ts';
import { eventOf, newProjectNo, receiptOf } from '../case-events.fixture.ts';
import { openBench } from '../gateway-bench.fixture.ts';
import type { GatewayBench } from '../gateway-bench.fixture.ts';
import { batchTransaction } from './batch-transaction.ts';
import { isLedgerClash } from './ledger-error.ts';
import { openLedger } from './open-ledger.ts';
import type { LedgerTables } from './tables.ts';

const database = withDatabase();
let bench: GatewayBench;
/** A ledger with a single connection: what one transaction leaves behind, the next one finds. */
let single: Kysely<LedgerTables>;
beforeAll(async () => {
  bench = await openBench(database.url);
  single = openLedger({ url: database.url, poolSize: 1, statementTimeoutMs: 20_000, onConnectionLost: () => undefined });
  await sql`create table notes (n int primary key, said text)`.execute(single);
});
afterAll(() => Promise.all([bench.db.destroy(), single.destroy()]));

const note = (db: Kysely<LedgerTables>, n: number, said = ''): Promise<unknown> => sql`insert into notes (n, said) values (${n}, ${said})`.execute(db);
const noted = async (db: Kysely<LedgerTables>, from: number, to: number): Promise<unknown[]> => {
  const { rows } = await sql<{ n: number; said: string }>`select n, said from notes where n between ${from} and ${to} order by n`.execute(db);
  return rows;
};

describe('the transaction of a batch', () => {
  it('takes statements that were sent together in the order of the calls, however they were built', async () => {
    const count = (trx: Kysely<LedgerTables>): Promise<{ seq: number }[]> => trx.selectFrom('door_refusals').select('seq').execute();
    const [, first, , second] = await batchTransaction(single, (trx) => Promise.all([
      note(trx, 1), noted(trx, 1, 2), sql`insert into notes select 2, count(*)::text from notes`.execute(trx), noted(trx, 1, 2), count(trx),
    ]));
    expect(first).toEqual([{ n: 1, said: '' }]);
    expect(second).toEqual([{ n: 1, said: '' }, { n: 2, said: '1' }]);
  });

  it('sends nothing more once its work has failed, also from what of it still goes on', async () => {
    const { promise: later, resolve: goOn } = Promise.withResolvers<void>();
    let other: Promise<unknown> = Promise.resolve();
    const work = (trx: Kysely<LedgerTables>): Promise<unknown> => {
      other = note(trx, 90).then(() => later).then(() => note(trx, 91));
      return Promise.all([other, Promise.reject(new TypeError('a value that is not sent'))]);
    };
    await expect(batchTransaction(single, work)).rejects.toThrow('a value that is not sent');
    goOn();
    await expect(other).rejects.toThrow('a value that is not sent');
    expect(await noted(single, 90, 91)).toEqual([]);
  });

  it('lets nothing of it stand when one statement fails, and says of which and why', async () => {
    await note(single, 10);
    const work = batchTransaction(single, async (trx) => {
      await noted(trx, 10, 12);
      // The last is answered by way of fewer promises than the one that fails.
      await Promise.all([note(trx, 11), Promise.all([Promise.all([note(trx, 10)])]), note(trx, 12)]);
    });
    await expect(work).rejects.toMatchObject({ code: '23505' });
    expect(await noted(single, 10, 12)).toHaveLength(1);
  });

  it('lets nothing of it stand when the work itself fails, and gives the connection back clean', async () => {
    const work = batchTransaction(single, async (trx) => {
      await note(trx, 20);
      throw new Error('thought better of it');
    });
    await expect(work).rejects.toThrow('thought better of it');
    expect(await batchTransaction(single, (trx) => noted(trx, 20, 20))).toEqual([]);
  });

  it('does not take a batch for committed in which a statement failed that nobody waited for', async () => {
    const work = batchTransaction(single, async (trx) => {
      await note(trx, 30);
      note(trx, 30).catch(() => undefined);
    });
    await expect(work).rejects.toThrow('a statement of the batch failed');
    expect(await noted(single, 30, 30)).toEqual([]);
  });

  it('finds its way by an index, also when it was planned while the tables were empty', async () => {
    const plan = await batchTransaction(single, async (trx) => {
      const { rows } = await sql<{ 'QUERY PLAN': string }>`explain select * from transfers where id = any(array['a', 'b'])`.execute(trx);
      return rows.map((row) => row['QUERY PLAN']).join('\n');
    });
    expect(plan).toContain('transfers_pkey');
  });

  it('asks to come again when a table was changed under a prepared statement, and prepares it anew', async () => {
    const ask = (): Promise<unknown[]> => batchTransaction(single, (trx) => noted(trx, 1, 1));
    await ask();
    await sql`alter table notes alter column said type varchar(20)`.execute(bench.db);
    const outdated: unknown = await ask().catch((error: unknown) => error);
    expect(isLedgerClash(outdated)).toBe(true);
    expect(await ask()).toHaveLength(1);
  });

  it('is not disturbed by a newer gateway that adds columns to the tables', async () => {
    const [before, after] = [newProjectNo(), newProjectNo()];
    await bench.pendingCase(before);
    for (const table of ['events', 'cases', 'transfers', 'attempts', 'grants', 'suppressed_duplicates']) {
      await sql`alter table ${sql.table(table)} add column one_more text`.execute(bench.db);
    }
    const received = eventOf('case.received', { subject: after });
    expect(await bench.events(received, received)).toEqual(['done', 'done']);
    for (const transfer of await bench.transfers(after)) expect(await bench.receipts(receiptOf(transfer))).toEqual(['done']);
    expect(await bench.events(eventOf('case.accepted', { subject: after }))).toEqual(['done']);
    expect(await bench.statusOf(after)).toBe('ACCEPTED');
  });
});
