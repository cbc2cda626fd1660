import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { until, withDatabase } from '../../../../test/support/index.ts';
import { eventOf, newProjectNo } from '../case-events.fixture.ts';
import { openBench } from '../gateway-bench.fixture.ts';
import type { GatewayBench } from '../gateway-bench.fixture.ts';
import { keepLetters } from '../reports/keep-letters.ts';
import { recallFarTimes, releaseForgotten, startOverdueAttempts, takeUnpublished } from './due-transfers.ts';
import { insertItems } from './operation-freeze-rows.ts';
import { insertOperation } from './operation-rows.ts';
import { lockTransfers } from './operation-transfer-rows.ts';
import { loadTransfers, markUnpublished } from './transfer-rows.ts';

const database = withDatabase();
let bench: GatewayBench;
beforeAll(async () => {
  bench = await openBench(database.url);
});
afterAll(() => bench.db.destroy());

/** The transfers of new cases, in the order of their ids; each order is out. */
async function underWay(count: number): Promise<string[]> {
  const projectNos = Array.from({ length: count }, newProjectNo);
  await bench.events(...projectNos.map((subject) => eventOf('case.received', { subject })));
  const rows = await bench.db.selectFrom('transfers').select('id').where('project_no', 'in', projectNos).orderBy('id').execute();
  return rows.map(({ id }) => id);
}

const LETTER = { queue: 'q', app: 'a', handler: 'h', reason: 'r', code: 'c', delivery_count: 1, message_id: null, type: null, project_no: null, headers: {}, raw: Buffer.from('x') };

describe('whoever locks several transfers', () => {
  it.each<[string, (ids: readonly string[]) => Promise<unknown>]>([
    ['the dead letters of their orders', (ids) => keepLetters(bench.db, ids.map((id) => ({
      letter: LETTER, order: { id, attempt: 1, error_code: 'buried', error_detail: 'buried' }, recurring: false, again: false,
    })))],
    ['the mark that their orders did not go out', (ids) => markUnpublished(bench.db, ids.map((id) => ({ id, since: null })))],
    ['the recall of times that lie too far ahead', () => recallFarTimes(bench.db, 1, 1)],
    ['the receipts', (ids) => bench.db.transaction().execute((trx) => loadTransfers(trx, ids))],
    ['an act of people', (ids) => bench.db.transaction().execute((trx) => lockTransfers(trx, ids))],
  ])('takes them in the order of their ids: %s', async (_, work) => {
    const ids = await underWay(12);
    const [first = '', ...rest] = ids;
    let working: Promise<unknown> = Promise.resolve();
    await bench.db.transaction().execute(async (trx) => {
      await sql`select from transfers where id = ${first} for update`.execute(trx);
      // It waits for the first one, and must hold none of the others meanwhile: this transaction may want them next.
      working = work(ids.toReversed());
      await somebodyWaitsForARow();
      await sql`select from transfers where id = any(${rest}::text[]) for update nowait`.execute(trx);
    });
    await working;
  });

  it('does not stand in the way of who only refers to them: an operation freezes what receipts are judged for', async () => {
    const ids = await underWay(2);
    const { id: operationId } = await insertOperation(bench.db, {
      id: 'op_refers', kind: 'replay', creator: 'x', creator_person: 'x', creator_name: 'x', reason: 'other', selection: '{}', cutoff: new Date(),
      rate_per_second: 1, max_in_flight: 1, ladder: '[]', abort_ratio: 1, abort_on_new: false, override: false,
    });
    await bench.db.transaction().execute(async (trx) => {
      await lockTransfers(trx, ids);
      await loadTransfers(trx, ids);
      const items = ids.map((id, index) => ({ seq: index + 1, transfer_id: id, project_no: 'P', destination: 'centre' as const, signature: null }));
      await bench.db.transaction().execute(async (other) => {
        await sql`set local lock_timeout = '2s'`.execute(other);
        expect(await insertItems(other, operationId, items)).toBe(2);
      });
    });
  });
});

describe('what is taken with a limit', () => {
  it.each<[string, string, (db: GatewayBench['db']) => Promise<readonly unknown[]>]>([
    ['held without reason', `status = 'held', attempts = 0, created_at = now() - interval '1 hour'`, (db) => releaseForgotten(db, 60_000, 2)],
    ['waiting past its time', `status = 'retry_wait', next_attempt_at = now() - interval '1 hour'`, (db) => startOverdueAttempts(db, 0, 60_000, 2)],
    ['not taken by the broker', `unpublished_since = now() - interval '1 hour', receipt_due_at = now() - interval '1 hour'`, (db) => takeUnpublished(db, 60_000, 60_000, 2)],
  ])('is no more than that, however the planner joins: %s', async (_, change, take) => {
    const ids = await underWay(8);
    await bench.db.updateTable('transfers').set({ status: 'delivered' }).where('id', 'not in', ids).execute();
    await sql`update transfers set ${sql.raw(change)} where id = any(${ids}::text[])`.execute(bench.db);
    const settings = ['enable_hashjoin', 'enable_mergejoin', 'enable_material', 'enable_indexscan', 'enable_bitmapscan', 'enable_indexonlyscan'];
    const name = new URL(database.url).pathname.slice(1);
    for (const setting of settings) await sql.raw(`alter database "${name}" set ${setting} = off`).execute(bench.db);
    // Settings of the database hold for new connections.
    const narrow = await openBench(database.url);
    try {
      expect(await take(narrow.db)).toHaveLength(2);
    } finally {
      for (const setting of settings) await sql.raw(`alter database "${name}" reset ${setting}`).execute(narrow.db);
      await narrow.db.destroy();
    }
  });
});

async function somebodyWaitsForARow(): Promise<void> {
  await until(async () => {
    const { rows } = await sql<{ waiting: boolean }>`
      select exists (select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock') as waiting`.execute(bench.db);
    return rows[0]?.waiting === true;
  }, { within: 20_000, what: 'somebody who waits for a row' });
}
