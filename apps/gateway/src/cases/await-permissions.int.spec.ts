import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { withDatabase } from '../../../../test/support/index.ts';
import { eventOf, newProjectNo } from '../case-events.fixture.ts';
import { GatewayBench, openBench } from '../gateway-bench.fixture.ts';
import { openLedger } from '../ledger/open-ledger.ts';

/** More than one of these cases takes, also when the machine stalls for two seconds, and less than five of them take. */
const STATEMENT_TIMEOUT_MS = 3_000;

const database = withDatabase();
let bench: GatewayBench;
/** The same ledger, for which each statement has little time. */
let hasty: GatewayBench;
beforeAll(async () => {
  bench = await openBench(database.url);
  hasty = new GatewayBench(openLedger({ url: database.url, poolSize: 4, statementTimeoutMs: STATEMENT_TIMEOUT_MS, onConnectionLost: () => undefined }), bench.keys);
  await sql`create table pace (project_no text primary key, seconds float8 not null)`.execute(bench.db);
  await sql`
    create function take_time() returns trigger language plpgsql as $$
    begin
      perform pg_sleep(seconds) from pace where project_no = new.project_no;
      return new;
    end $$`.execute(bench.db);
  await sql`create trigger takes_time before insert on cases for each row execute function take_time()`.execute(bench.db);
});
afterEach(async () => {
  await sql`truncate pace`.execute(bench.db);
  await bench.sweep.run();
});
afterAll(async () => {
  await hasty.db.destroy();
  await bench.db.destroy();
});

let clerks = 0;
/** Receipts that wait for a permission, which has come by now; each takes the ledger so long when it is applied. */
async function waitingCases(...seconds: number[]): Promise<string[]> {
  const projectNos = seconds.map(newProjectNo);
  const id = `clerk-${++clerks}`;
  const received = projectNos.map((subject) => {
    const event = eventOf('case.received', { subject });
    return { ...event, data: { ...event.data, operator: { id, name: '测试窗口' } } };
  });
  await bench.events(...received);
  await bench.events(eventOf('permission.granted', { data: { userId: id, grantId: `grant-${clerks}` } }));
  for (const [at, projectNo] of projectNos.entries()) await sql`insert into pace values (${projectNo}, ${seconds[at]})`.execute(bench.db);
  return projectNos;
}
const statuses = (projectNos: readonly string[]): Promise<(string | undefined)[]> => Promise.all(projectNos.map((projectNo) => bench.statusOf(projectNo)));

describe('cases that wait for a permission, on a slow ledger', () => {
  it('are judged one by one when they are too slow together', async () => {
    const projectNos = await waitingCases(0.7, 0.7, 0.7, 0.7, 0.7);
    await hasty.sweep.run();
    expect(await statuses(projectNos)).toEqual(projectNos.map(() => 'RECEIVED'));
  });

  it('do not wait for one that is too slow by itself', async () => {
    const projectNos = await waitingCases(5, 0, 0);
    await hasty.sweep.run();
    expect(await statuses(projectNos)).toEqual([undefined, 'RECEIVED', 'RECEIVED']);
  });

  it('are left for later when one after the other is too slow, and cost the sweep nothing else', async () => {
    const projectNos = await waitingCases(5, 5, 5, 5, 0);
    const parked = newProjectNo();
    await bench.events(eventOf('case.accepted', { subject: parked }));
    await bench.db.updateTable('events').set({ recorded_at: new Date(0) }).where('project_no', '=', parked).execute();
    await expect(hasty.sweep.run()).rejects.toMatchObject({ code: '57014' });
    expect(await statuses(projectNos)).toEqual(projectNos.map(() => undefined));
    expect(await bench.outcomes(parked)).toMatchObject([{ outcome_code: 'parked-too-long' }]);
  });
});
