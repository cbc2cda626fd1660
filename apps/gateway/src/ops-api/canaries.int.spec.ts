import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { withDatabase } from '../../../../test/support/index.ts';
import { insertAttempts } from '../ledger/attempt-rows.ts';
import { countParked, insertEvents, markParkedTooLong } from '../ledger/event-rows.ts';
import { countTransfers, insertTransfers } from '../ledger/transfer-rows.ts';
import { countFailed, countParkedSince } from '../ledger/trouble-rows.ts';
import { anAttempt, anEvent, aTransfer, putCase } from './ledger-rows.fixture.ts';
import { openBench } from './ops-bench.fixture.ts';
import type { OpsBench } from './ops-bench.fixture.ts';

interface Page { readonly items: readonly { readonly projectNo: string }[] }

const CANARY = 'CANARY-410204-1';
const REAL = 'R-1';
const database = withDatabase();
let bench: OpsBench;

/** Everything that can be counted and listed of a case, once for a real one and once for a canary. */
beforeAll(async () => {
  bench = await openBench(database.url);
  const { db } = bench;
  for (const projectNo of [REAL, CANARY]) {
    const seq = await putCase(db, projectNo, { status: 'ACCEPTED', canary: projectNo === CANARY }, []);
    await insertTransfers(db, [
      aTransfer(projectNo, `tr_${projectNo}_a`, seq, { status: 'failed', error_word: 'permanent', error_code: 'http-422', http_status: 422, finished_at: new Date() }),
      aTransfer(projectNo, `tr_${projectNo}_b`, seq, { status: 'delivered', destination: 'hall:410204', ordinal: 2 }),
    ]);
    await insertAttempts(db, [anAttempt(`tr_${projectNo}_a`, 1, { outcome: 'permanent' }), anAttempt(`tr_${projectNo}_b`, 1)]);
    await insertEvents(db, [
      anEvent(projectNo, `${projectNo}-refused`, { outcome: 'refused', outcome_code: 'illegal-transition' }),
      anEvent(projectNo, `${projectNo}-parked`, { outcome: 'parked', outcome_code: 'sequence-gap', recorded_at: new Date(Date.now() - 7_200_000) }),
    ]);
  }
});
afterAll(() => bench.close());

const numbers = async (path: string): Promise<Set<string>> => new Set((await bench.server.get<Page>(path)).body.items.map((item) => item.projectNo));

describe('a canary among real cases', () => {
  it.each(['/api/cases', '/api/cases?q=C', '/api/cases?q=R', '/api/transfers', '/api/transfers?status=failed', '/api/refusals', '/api/waiting-events'])('is in no list (%s)', async (path) => {
    const listed = await numbers(path);
    expect(listed.has(CANARY)).toBe(false);
    expect(listed.has(REAL)).toBe(path !== '/api/cases?q=C');
  });

  it.each(['/api/cases?q=CANARY-', `/api/transfers?projectNo=${CANARY}`, `/api/refusals?projectNo=${CANARY}`])('is there when it is asked for (%s)', async (path) => {
    expect(await numbers(path)).toEqual(new Set([CANARY]));
  });

  it('has a page of its own', async () => {
    expect((await bench.server.get(`/api/cases/${CANARY}`)).status).toBe(200);
  });

  it('counts in no figure', async () => {
    const { body } = await bench.server.get<Record<string, unknown>>('/api/summary');
    expect(JSON.stringify(body)).not.toContain('CANARY');
    const sums = JSON.stringify(body).match(/"count":(\d+)/g) ?? [];
    expect(new Set(sums)).toEqual(new Set(['"count":1']));
    expect(body).toMatchObject({ waitingEvents: { count: 1 }, refusals: { lifecycle: 1 }, recent: { failedAttempts: 1 } });
    const { db } = bench;
    expect((await countTransfers(db)).map((row) => row.count)).toEqual([1]);
    expect(await countParked(db)).toEqual({ parked: 1, tooLong: 0 });
  });

  it('alarms as nothing but a canary', async () => {
    const { db } = bench;
    expect((await countFailed(db)).map((row) => row.count)).toEqual([1]);
    expect((await countParkedSince(db, new Date(Date.now() - 3_600_000))).map((row) => row.count)).toEqual([1]);
    expect((await markParkedTooLong(db, 3_600_000, 10)).map((row) => row.project_no)).toEqual([REAL]);
  });
});
