import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import type { Kysely, Transaction } from 'kysely';
import { withDatabase } from '../../../../test/support/index.ts';
import { openLedger } from '../ledger/open-ledger.ts';
import type { LedgerTables } from '../ledger/tables.ts';
import { OpsLedger } from './ops-ledger.ts';

const database = withDatabase();
let db: Kysely<LedgerTables>;
let ledger: OpsLedger;

beforeAll(async () => {
  db = openLedger({ url: database.url, poolSize: 4, statementTimeoutMs: 20_000, onConnectionLost: () => undefined });
  ledger = new OpsLedger(db);
  await sql`create table rooms (id int primary key, n int not null)`.execute(db);
  await sql`insert into rooms values (1, 0), (2, 0)`.execute(db);
});
afterAll(() => db.destroy());

const raise = (trx: Transaction<LedgerTables>, id: number) => sql`update rooms set n = n + 1 where id = ${id}`.execute(trx);

describe('a command that clashes with another', () => {
  it('is done all the same: whichever PostgreSQL gives up begins anew, and neither is done twice', async () => {
    let begun = 0;
    const both = Promise.withResolvers<undefined>();
    /** Each takes its first row and waits until the other has its own: then they stand in each other's way. */
    const command = (first: number, second: number) => ledger.write(async (trx) => {
      await raise(trx, first);
      begun += 1;
      if (begun === 2) both.resolve(undefined);
      await both.promise;
      await raise(trx, second);
      return first;
    });
    expect(await Promise.all([command(1, 2), command(2, 1)])).toEqual([1, 2]);
    expect(begun).toBe(3);
    expect((await sql<{ n: number }>`select n from rooms order by id`.execute(db)).rows).toEqual([{ n: 2 }, { n: 2 }]);
  });

  it('is given up in the end, and what is no clash at once', async () => {
    const tries = { clash: 0, other: 0 };
    await expect(ledger.write((trx) => {
      tries.clash += 1;
      return sql`do $$ begin raise exception 'again' using errcode = '40001'; end $$`.execute(trx);
    })).rejects.toMatchObject({ code: '40001' });
    await expect(ledger.write((trx) => {
      tries.other += 1;
      return sql`select 1 / 0`.execute(trx);
    })).rejects.toMatchObject({ code: '22012' });
    expect(tries).toEqual({ clash: 6, other: 1 });
  });
});
