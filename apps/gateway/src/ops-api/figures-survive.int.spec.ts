import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { withDatabase } from '../../../../test/support/index.ts';
import { eventOf, newProjectNo, receiptOf } from '../case-events.fixture.ts';
import { GatewayBench } from '../gateway-bench.fixture.ts';
import { openBench } from './ops-bench.fixture.ts';
import type { OpsBench } from './ops-bench.fixture.ts';
import { startOpsServer } from './ops-server.fixture.ts';

const FIGURES = ['/api/summary', '/api/failure-groups', '/api/retry-ladder', '/api/channels', '/api/circuit-changes'];
/** What says when it was asked, or counts the seconds since. */
const MOVING: ReadonlySet<string> = new Set(['asOf', 'waitingSeconds', 'recent', 'inLastMinute', 'outLastMinute', 'due']);
const database = withDatabase();
let bench: OpsBench;
beforeAll(async () => { bench = await openBench(database.url); });
afterAll(() => bench.close());

describe('the figures that people look at', () => {
  it('are the same to the gateway that is started next', async () => {
    const gateway = new GatewayBench(bench.db, bench.keys);
    await gateway.events(eventOf('permission.granted'));
    const [failing, waiting] = [newProjectNo(), newProjectNo()];
    await gateway.events(eventOf('case.received', { subject: failing }), eventOf('case.received', { subject: waiting }));
    const [[failed], [retried]] = [await gateway.transfers(failing), await gateway.transfers(waiting)];
    if (failed === undefined || retried === undefined) throw new Error('no transfers');
    await gateway.receipts(receiptOf(failed, { outcome: 'permanent', httpStatus: 400, errorCode: 'http-400' }), receiptOf(retried, { outcome: 'retryable', httpStatus: 503, errorCode: 'http-503' }));
    const before = await Promise.all(FIGURES.map(async (path) => still((await bench.server.get(path)).body)));
    const next = await startOpsServer(bench.db, bench.keys);
    try {
      expect(await Promise.all(FIGURES.map(async (path) => still((await next.get(path)).body)))).toEqual(before);
    } finally {
      await next.close();
    }
    const text = JSON.stringify(before);
    expect(text).toContain('"occurrences":1');
    expect(before[2]).toMatchObject({ waiting: 1 });
  });
});

function still(answer: unknown): unknown {
  return JSON.parse(JSON.stringify(answer, (name, value: unknown) => (MOVING.has(name) ? undefined : value))) as unknown;
}
