import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { GENESIS, linkHash } from '#evidence';
import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import { withDatabase } from '../../../../test/support/index.ts';
import { migrateLedger } from '../ledger/migrate-ledger.ts';
import { openLedger } from '../ledger/open-ledger.ts';
import type { LedgerTables } from '../ledger/tables.ts';
import { recordAction } from './record-action.ts';
import type { Action } from './record-action.ts';

const database = withDatabase();
let db: Kysely<LedgerTables>;
beforeAll(async () => {
  db = openLedger({ url: database.url, poolSize: 8, statementTimeoutMs: 10_000, onConnectionLost: () => undefined });
  await migrateLedger(db);
});
afterAll(() => db.destroy());

const caller = { id: 'account:1', name: '测试甲', address: '127.0.0.1' };

function did(subject: string): Action {
  return { caller, action: 'transfer.replayed', subjectKind: 'transfer', subject, reason: '对方已恢复', result: 'done', facts: { attempts: 2 } };
}

function chain(): Promise<{ seq: number; subject: string; entry: string; previous: Buffer; hash: Buffer }[]> {
  return db.selectFrom('evidence').select(['seq', 'subject', 'entry', 'previous', 'hash']).orderBy('seq').execute();
}

describe('the chain of actions', () => {
  it('has no gap and every link holds, however many write at once', async () => {
    await Promise.all(Array.from({ length: 40 }, (_, index) => db.transaction().execute((trx) => recordAction(trx, did(`tr_${index}`)))));
    const entries = await chain();
    expect(entries.map(({ seq }) => seq)).toEqual(Array.from({ length: 40 }, (_, index) => index + 1));
    expect(new Set(entries.map(({ subject }) => subject)).size).toBe(40);
    let previous = GENESIS;
    for (const entry of entries) {
      expect(entry.previous.equals(previous)).toBe(true);
      expect(entry.hash.equals(linkHash(previous, entry.entry))).toBe(true);
      previous = entry.hash;
    }
  });

  it('tells what was done in the order in which it was committed, by the ledger\'s clock', async () => {
    const times = (await chain()).map(({ entry }) => (JSON.parse(entry) as { at: string }).at);
    expect(times).toEqual(times.toSorted());
  });

  it('has nothing of an action that was rolled back, and goes on without a gap', async () => {
    const before = (await chain()).length;
    const failing = db.transaction().execute(async (trx) => {
      await recordAction(trx, did('tr_rolled_back'));
      throw new Error('the action failed');
    });
    await expect(failing).rejects.toThrow('the action failed');
    await db.transaction().execute((trx) => recordAction(trx, did('tr_after')));
    const entries = await chain();
    expect(entries.slice(before).map(({ seq, subject }) => [seq, subject])).toEqual([[before + 1, 'tr_after']]);
  });

  it.each([
    ['changing', sql`update evidence set entry = entry where seq = 1`],
    ['removing', sql`delete from evidence where seq = 1`],
    ['emptying', sql`truncate evidence`],
    ['writing over', sql`insert into evidence select * from evidence where seq = 1 on conflict (seq) do update set entry = excluded.entry`],
  ])('is guarded by the database itself against %s', async (_what, statement) => {
    await expect(statement.execute(db)).rejects.toThrow('evidence is append-only');
  });
});
