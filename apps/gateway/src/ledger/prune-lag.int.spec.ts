import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { withDatabase } from '../../../../test/support/index.ts';
import { countFailures } from '../failures/count-failures.ts';
import { aDeadLetter, putCase } from '../ops-api/ledger-rows.fixture.ts';
import { openBench } from '../ops-api/ops-bench.fixture.ts';
import type { OpsBench } from '../ops-api/ops-bench.fixture.ts';
import { pruneCanaries } from './canary-rows.ts';
import { insertDeadLetters } from './dead-letter-rows.ts';
import { loadPruneLag } from './prune-lag.ts';
import { PRUNED, pruneRows } from './pruned-rows.ts';

const DAY_S = 86_400;
const database = withDatabase();
let bench: OpsBench;
beforeAll(async () => { bench = await openBench(database.url); });
afterAll(() => bench.close());

const lagOf = async (table: string): Promise<number | undefined> => (await loadPruneLag(bench.db)).find((one) => one.table === table)?.seconds;

async function pruneEverything(): Promise<void> {
  for (const by of ['watch', 'sweep', 'operations'] as const) await pruneRows(bench.db, by, 1_000);
  await pruneCanaries(bench.db, 1, 1_000);
}

describe('pruning', () => {
  it('shows how far the oldest row is past its time, until it is removed', async () => {
    expect((await loadPruneLag(bench.db)).map(({ seconds }) => seconds)).toEqual(PRUNED.map(() => 0));
    await sql`insert into circuit_changes (destination, app, instance, from_state, to_state, at, recorded_at) values ('centre', 'centre-adapter', 'one', 'closed', 'open', now(), now() - interval '32 days')`.execute(bench.db);
    await sql`insert into edge_instances (app, instance, reported_at, seen_at) values ('gateway', 'gone', now(), now() - interval '26 hours')`.execute(bench.db);
    expect(await lagOf('circuit_changes')).toBeCloseTo(2 * DAY_S, -2);
    expect(await lagOf('edge_instances')).toBeCloseTo(2 * 3_600, -2);
    const { text } = await bench.server.get('/metrics');
    expect(Number(/^jiujin_prune_lag_seconds\{table="circuit_changes"[^}]*\} (\S+)$/m.exec(text)?.[1])).toBeCloseTo(2 * DAY_S, -2);
    await pruneEverything();
    expect([await lagOf('circuit_changes'), await lagOf('edge_instances')]).toEqual([0, 0]);
  });

  it('of what people planned, muted and signed shows, too', async () => {
    await sql`insert into alert_mutes (condition, subject, until, by_id, by_name, reason) values ('circuit-open', 'centre', now() - interval '2 days', 'x', '甲', '已知')`.execute(bench.db);
    await sql`insert into maintenance_plans (id, destination, starts_at, ends_at, ended_at, reason, by_id, by_name)
      values ('mt_old', 'centre', now() - interval '402 days', now() - interval '401 days', now() - interval '401 days', '升级', 'x', '甲')`.execute(bench.db);
    await sql`insert into shifts (period_from, period_until, signed_at, by_id, by_name, note, document, digest)
      values (now() - interval '802 days', now() - interval '801 days', now() - interval '801 days', 'x', '甲', '无', '{}', '')`.execute(bench.db);
    const lags = async (): Promise<(number | undefined)[]> => [await lagOf('alert_mutes'), await lagOf('maintenance_plans'), await lagOf('shifts')];
    expect((await lags()).map((seconds) => Math.round((seconds ?? 0) / DAY_S))).toEqual([1, 1, 1]);
    await pruneEverything();
    expect(await lags()).toEqual([0, 0, 0]);
  });

  it('of hours that nobody looks at and of answers that nobody asks for again shows, too', async () => {
    await sql`insert into failure_groups (id, signature, text, class, destination, first_seen_at, last_seen_at, occurrences) values ('fg_' || repeat('0', 24), '{}', '', 'ours', 'centre', now(), now(), 1)`.execute(bench.db);
    await sql`insert into failure_hours (group_id, hour, count) values ('fg_' || repeat('0', 24), now() - interval '32 days', 1)`.execute(bench.db);
    await sql`insert into ops_requests (person, key, route, body_digest, status, created_at) values ('x', 'k', 'POST /', '', 200, now() - interval '9 days')`.execute(bench.db);
    const lags = async (): Promise<number[]> => [await lagOf('failure_hours'), await lagOf('ops_requests')].map((seconds) => Math.round((seconds ?? 0) / DAY_S));
    expect(await lags()).toEqual([2, 2]);
    await pruneEverything();
    expect(await lags()).toEqual([0, 0]);
    await sql`delete from failure_groups`.execute(bench.db);
  });

  it('removes nothing that failed or waits for a person, however old', async () => {
    await putCase(bench.db, 'P-old', {}, ['failed']);
    await insertDeadLetters(bench.db, [aDeadLetter()]);
    await countFailures(bench.db as never, [{ projectNo: 'P-old', destination: 'centre', kind: 'open', errorWord: 'permanent', errorCode: 'http-400', httpStatus: 400, errorDetail: null, at: new Date() }]);
    await bench.db.insertInto('alerts').values({ condition: 'circuit-open', subject: 'centre', detail_zh: '不通', detail_en: 'down', facts: '{}' }).execute();
    const tables = ['cases', 'events', 'transfers', 'dead_letters', 'failure_groups', 'alerts'] as const;
    const counts = async (): Promise<unknown[]> => Promise.all(tables.map(async (table) => (await sql<{ n: number }>`select count(*)::int as n from ${sql.table(table)}`.execute(bench.db)).rows[0]?.n));
    for (const [table, columns] of [['cases', ['created_at', 'updated_at']], ['events', ['recorded_at']], ['transfers', ['created_at']], ['dead_letters', ['received_at']], ['alerts', ['opened_at', 'last_seen_at']]] as const) {
      for (const column of columns) await sql`update ${sql.table(table)} set ${sql.ref(column)} = now() - interval '10 years'`.execute(bench.db);
    }
    const before = await counts();
    expect(before).toEqual([1, 1, 1, 1, 1, 1]);
    await pruneEverything();
    expect(await counts()).toEqual(before);
  });
});
