import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { canaryNumber } from '#contracts';
import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import { withDatabase } from '../../../../test/support/index.ts';
import { aCase, anEvent, aTransfer } from '../ops-api/ledger-rows.fixture.ts';
import { emptied } from './emptied.fixture.ts';
import { isReal, loadCanaryFacts, pruneCanaries } from './canary-rows.ts';
import { upsertCases } from './case-rows.ts';
import { insertDuplicates, insertEvents } from './event-rows.ts';
import type { NewEvent } from './event-rows.ts';
import { migrateLedger } from './migrate-ledger.ts';
import { openLedger } from './open-ledger.ts';
import type { LedgerTables } from './tables.ts';
import { insertTransfers } from './transfer-rows.ts';

const DAY_MS = 86_400_000;
const START = Date.parse('2026-11-23T01:00:00Z');
const minute = (count: number): Date => new Date(START + count * 60_000);
const database = withDatabase();
let db: Kysely<LedgerTables>;

beforeAll(async () => {
  db = openLedger({ url: database.url, poolSize: 4, statementTimeoutMs: 20_000, onConnectionLost: () => undefined });
  await migrateLedger(db);
});
beforeEach(async () => {
  await emptied(db, 'events, cases, transfers, attempts, suppressed_duplicates');
});
afterAll(() => db.destroy());

/** A case that was received in this minute, with its opening work item delivered, and a result too where it came round. */
async function given(projectNo: string, at: number, end: 'open' | 'result' | null, more: Partial<NewEvent> = {}, canary = projectNo.startsWith('CANARY-')): Promise<void> {
  const [event] = await insertEvents(db, [anEvent(projectNo, `${projectNo}.r`, { door_at: minute(at), recorded_at: minute(at), ...more })]);
  const seq = event?.seq ?? 0;
  await upsertCases(db, [aCase(projectNo, { canary, updated_at: minute(at) })]);
  const kinds = end === null ? [] : end === 'open' ? ['open'] : ['open', 'result'];
  if (kinds.length === 0) return;
  await insertTransfers(db, kinds.map((kind, ordinal) => aTransfer(projectNo, `tr_${projectNo}_${kind}`, seq, { kind, ordinal, status: 'delivered', destination: kind === 'open' ? 'centre' : 'hall:410204' })));
  await sql`update transfers set delivered_at = ${new Date(minute(at).getTime() + 7_000)} where project_no = ${projectNo}`.execute(db);
  await sql`insert into attempts (transfer_id, attempt, started_at, finished_at, latency_ms, outcome)
    select id, 1, now(), now(), 1, 'delivered' from transfers where project_no = ${projectNo}`.execute(db);
}

const count = async (table: 'events' | 'cases' | 'transfers' | 'attempts' | 'suppressed_duplicates'): Promise<number> => {
  const { rows: [row] } = await sql<{ count: number }>`select count(*)::int as count from ${sql.table(table)}`.execute(db);
  return row?.count ?? 0;
};

describe('what the ledger knows of canaries', () => {
  it('tells by hall which was sent last, and which came round last and how fast', async () => {
    await given('CANARY-410204-1', 1, 'result');
    await given('CANARY-410204-2', 2, 'result');
    await given('CANARY-410204-3', 3, 'open');
    await given('410204-1-abc-000001', 4, 'result');
    await given('CANARY-410203-1', 2, null, { source: '/halls/410203', hall_code: '410203', outcome: 'refused', outcome_code: 'no-permission' });
    expect(await loadCanaryFacts(db, 'hall')).toEqual([
      { hall_code: '410203', first_at: minute(2), last_at: minute(2), refused: 'no-permission', round_at: null, round_seconds: null },
      { hall_code: '410204', first_at: minute(1), last_at: minute(3), refused: null, round_at: minute(2), round_seconds: 7 },
    ]);
  });

  it('counts the delivered work item where the centre has no sandbox', async () => {
    await given('CANARY-410204-1', 1, 'result');
    await given('CANARY-410204-3', 3, 'open');
    expect(await loadCanaryFacts(db, 'centre')).toMatchObject([{ round_at: minute(3), round_seconds: 7 }]);
  });

  it('knows nothing of a hall that sent none', async () => {
    await given('410204-1-abc-000001', 4, 'result');
    expect(await loadCanaryFacts(db, 'hall')).toEqual([]);
  });

  it('knows the numbers that the bridge gives', async () => {
    await given(canaryNumber('410204', START), 1, null);
    await given('canary-410204-1', 1, null, {}, false);
    await given('410204-CANARY-1', 1, null);
    await insertEvents(db, [anEvent(null, 'grant-1')]);
    const { rows } = await sql<{ event_id: string }>`select event_id from events where ${isReal()} order by event_id`.execute(db);
    expect(rows.map((row) => row.event_id)).toEqual(['410204-CANARY-1.r', 'canary-410204-1.r', 'grant-1']);
  });
});

describe('old canaries', () => {
  it('go, but for the newest of each hall, however old: of a long outage it says since when', async () => {
    await given('CANARY-410204-1', 1, 'result');
    await given('CANARY-410204-2', 2, null, { outcome: 'refused' });
    await given('CANARY-410203-1', 1, 'open', { source: '/halls/410203', hall_code: '410203' });
    expect(await pruneCanaries(db, 0, 10)).toBe(1);
    expect((await loadCanaryFacts(db, 'hall')).map(({ hall_code, last_at }) => [hall_code, last_at])).toEqual([['410203', minute(1)], ['410204', minute(2)]]);
  });

  it('go with everything that hangs on them, and nothing else goes', async () => {
    const age = Date.now() - START;
    await given('CANARY-410204-1', 0, 'result');
    await given('CANARY-410204-2', 60, 'result');
    await given('410204-1-abc-000001', 0, 'result');
    await given('CANARY-of-a-real-case', 0, 'result', {}, false);
    const duplicate = { door_at: minute(0), recorded_at: minute(0), same_body: true, digest: '0', again: false };
    const { rows: [old] } = await sql<{ seq: number }>`select seq from events where project_no = 'CANARY-410204-1'`.execute(db);
    await insertDuplicates(db, [{ event_seq: old?.seq ?? 0, ...duplicate }]);
    expect(await pruneCanaries(db, age - 30 * 60_000, 10)).toBe(1);
    expect([await count('events'), await count('cases'), await count('transfers'), await count('attempts'), await count('suppressed_duplicates')]).toEqual([3, 3, 6, 6, 0]);
    expect(await pruneCanaries(db, age - 30 * 60_000, 10)).toBe(0);
  });

  it('that were refused or wait for ever go, too, a bounded number at a time', async () => {
    await insertEvents(db, [anEvent('CANARY-410204-9', '9', { recorded_at: new Date() })]);
    for (const name of ['1', '2', '3']) await insertEvents(db, [anEvent(`CANARY-410204-${name}`, name, { recorded_at: new Date(Date.now() - 2 * DAY_MS), outcome: 'parked' })]);
    expect([await pruneCanaries(db, DAY_MS, 2), await pruneCanaries(db, DAY_MS, 2), await count('events')]).toEqual([2, 1, 1]);
  });
});
