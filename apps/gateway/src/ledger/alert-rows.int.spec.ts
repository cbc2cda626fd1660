import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import { until, withDatabase } from '../../../../test/support/index.ts';
import { closeAlerts, keepAlerts, loadOpenAlerts, openAlerts, takeJudgement } from './alert-rows.ts';
import type { AlertText } from './alert-rows.ts';
import { migrateLedger } from './migrate-ledger.ts';
import { openLedger } from './open-ledger.ts';
import type { LedgerTables } from './tables.ts';

const database = withDatabase();
let db: Kysely<LedgerTables>;
beforeAll(async () => {
  db = openLedger({ url: database.url, poolSize: 4, statementTimeoutMs: 20_000, onConnectionLost: () => undefined });
  await migrateLedger(db);
});
beforeEach(() => sql`truncate alerts`.execute(db));
afterAll(() => db.destroy());

const text = (given: Partial<AlertText> = {}): AlertText => ({ condition: 'queue-missing', subject: 'q', detail_zh: '一', detail_en: 'one', facts: {}, ...given });

describe('alerts in the ledger', () => {
  it('are opened once although two gateways that saw none open them at the same moment', async () => {
    const first = Promise.withResolvers<void>();
    const done = Promise.withResolvers<void>();
    const one = db.transaction().execute(async (trx) => {
      const opened = await openAlerts(trx, [text()]);
      first.resolve();
      await done.promise;
      return opened;
    });
    await first.promise;
    let ended = false;
    const other = db.transaction().execute((trx) => openAlerts(trx, [text()])).finally(() => { ended = true; });
    const waiting = until(async () => {
      const { rows } = await sql`select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`.execute(db);
      return ended || rows.length > 0;
    }, { within: 20_000 });
    await waiting.finally(() => done.resolve());
    expect([(await one).length, (await other).length]).toEqual([1, 0]);
    expect(await loadOpenAlerts(db)).toHaveLength(1);
  });

  it('are judged by one gateway at a time', async () => {
    await db.transaction().execute(async (trx) => {
      expect(await takeJudgement(trx)).toBe(true);
      expect(await db.transaction().execute((another) => takeJudgement(another))).toBe(false);
    });
    expect(await db.transaction().execute((trx) => takeJudgement(trx))).toBe(true);
  });

  it('are opened anew when they come again after they were closed', async () => {
    const [opened] = await openAlerts(db, [text()]);
    await closeAlerts(db, [opened?.seq ?? 0]);
    expect(await loadOpenAlerts(db)).toEqual([]);
    expect(await openAlerts(db, [text()])).toHaveLength(1);
    expect(await db.selectFrom('alerts').select('seq').execute()).toHaveLength(2);
  });

  it('say what is the case now, and are not written again at every look while that is the same', async () => {
    const rowVersion = async (): Promise<unknown> => (await sql<{ version: string }>`select xmin::text as version from alerts`.execute(db)).rows;
    await openAlerts(db, [text()]);
    const before = await rowVersion();
    await keepAlerts(db, [text()]);
    expect(await rowVersion()).toEqual(before);
    await keepAlerts(db, [text({ detail_zh: '二', detail_en: 'two', facts: { count: 2 } })]);
    expect(await db.selectFrom('alerts').select(['detail_zh', 'detail_en', 'facts']).execute()).toEqual([{ detail_zh: '二', detail_en: 'two', facts: { count: 2 } }]);
    await sql`update alerts set last_seen_at = now() - interval '16 seconds'`.execute(db);
    const later = await rowVersion();
    await keepAlerts(db, [text({ detail_zh: '二' })]);
    expect(await rowVersion()).not.toEqual(later);
  });
});
