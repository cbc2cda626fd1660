import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { until, withDatabase } from '../../../../../test/support/index.ts';
import { retryLadder } from '../../ledger/retry-ladder-rows.ts';
import { putCase } from '../ledger-rows.fixture.ts';
import { openBench } from '../ops-bench.fixture.ts';
import type { OpsBench } from '../ops-bench.fixture.ts';
import type { RetryLadder } from './retry-ladder.answer.ts';

const database = withDatabase();
const WAITING = 100_000;
const CHUNK = 10_000;
/** The first ten have had their time. */
const BEGAN = new Date(Date.now() - 10_000);
let bench: OpsBench;

beforeAll(async () => {
  bench = await openBench(database.url);
  const seq = await putCase(bench.db, 'P-ladder', {}, []);
  // Each in a case of its own, as the ledger allows no two under way in one lane; the references are left out.
  await sql`alter table transfers drop constraint transfers_project_no_fkey, drop constraint transfers_event_seq_fkey`.execute(bench.db);
  for (let first = 1; first < WAITING; first += CHUNK) await putTransfers(first, seq);
  // An index alone can answer only for pages that are known to be visible to all; whoever still looks at the table keeps them from it.
  await until(async () => {
    await sql`vacuum analyze transfers`.execute(bench.db);
    const { rows } = await sql<{ visible: boolean }>`select relallvisible >= relpages as visible from pg_class where relname = 'transfers'`.execute(bench.db);
    return rows[0]?.visible;
  }, { within: 60_000, what: 'the table vacuumed' });
}, 120_000);
afterAll(() => bench.close());

describe('the retry ladder', () => {
  it('counts 100,000 that wait, by destination and attempt, and says when the next of each goes', async () => {
    const { status, body } = await bench.server.get<RetryLadder>('/api/retry-ladder');
    expect(status).toBe(200);
    expect(body.waiting).toBe(WAITING);
    expect(body.items.map(({ destination, attempt, waiting }) => [destination, attempt, waiting])).toEqual([
      ...[1, 2, 3, 4, 5].map((attempt) => ['centre', attempt, 15_000]), ...[1, 2, 3, 4, 5].map((attempt) => ['hall:410204', attempt, 5_000]),
    ]);
    expect(body.items.reduce((sum, { due }) => sum + due, 0)).toBeGreaterThanOrEqual(9);
    const nextOf = (destination: string): number => Math.min(...body.items.filter((rung) => rung.destination === destination).map(({ nextAt }) => Date.parse(nextAt)));
    expect(Date.parse(body.nextAt ?? '')).toBe(nextOf('centre'));
    expect(nextOf('hall:410204') - nextOf('centre')).toBe(3_000);
  });

  it('narrows to a destination, and refuses one that cannot be', async () => {
    const { body } = await bench.server.get<RetryLadder>('/api/retry-ladder?destination=hall:410204');
    expect([body.waiting, new Set(body.items.map(({ destination }) => destination))]).toEqual([WAITING / 4, new Set(['hall:410204'])]);
    expect((await bench.server.get('/api/retry-ladder?destination=nowhere')).status).toBe(422);
  });

  it('is read from its index alone: no look at the table of transfers', async () => {
    const { rows } = await sql<{ 'QUERY PLAN': string }>`explain ${retryLadder(['centre', 'hall:410204'])}`.execute(bench.db);
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    expect(plan).toContain('transfers_ladder');
    expect(plan).not.toMatch(/Seq Scan on transfers/);
  });
});

/** One that waits and one that is delivered, for each number of a chunk. */
async function putTransfers(first: number, seq: number): Promise<void> {
  await sql`
    insert into transfers (id, project_no, destination, kind, ordinal, event_seq, status, attempts, next_attempt_at, created_at, sealed, key_version)
    select 'tr_' || i, 'P-' || i, case when i % 4 = 0 then 'hall:410204' else 'centre' end, 'open', 1, ${seq}, 'retry_wait', 1 + i % 5,
      ${BEGAN}::timestamptz + make_interval(secs => i), ${BEGAN}::timestamptz - make_interval(secs => i), ''::bytea, 1
    from generate_series(${first}::int, ${first + CHUNK - 1}::int) i`.execute(bench.db);
  await sql`
    insert into transfers (id, project_no, destination, kind, ordinal, event_seq, status, attempts, created_at, sealed, key_version)
    select 'tr_done_' || i, 'P-' || i, 'centre', 'open', 2, ${seq}, 'delivered', 1, now(), ''::bytea, 1
    from generate_series(${first}::int, ${first + CHUNK - 1}::int) i`.execute(bench.db);
}
