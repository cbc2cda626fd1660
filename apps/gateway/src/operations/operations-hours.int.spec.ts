import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { until, withDatabase } from '../../../../test/support/index.ts';
import { ALWAYS, drainOf, emptyChannels, inDays, settingOf } from '../channels/channel-bench.fixture.ts';
import { ReplayBench, WHY } from './replay-bench.fixture.ts';

const database = withDatabase();
const ALL = { selection: { filter: { destination: 'centre', errorCode: 'http-400' } } };
let bench: ReplayBench;

beforeAll(async () => {
  bench = await ReplayBench.open(database.url);
});
beforeEach(() => emptyChannels(bench.gateway.db));
afterAll(() => bench.close());

describe('an operation with hours', () => {
  const closed = (): object => ({ ...ALL, ladder: [], maxInFlight: 2, hours: inDays(2) });

  it('sends nothing outside of them and is looked at again when they begin, says so, and goes on then by itself', async () => {
    await bench.failedCases(3);
    const id = await bench.create(closed());
    await bench.walk(id);
    expect((await bench.show(id)).preflight).toMatchObject({ toSend: 3, estimateZh: expect.stringMatching(/不含.*本操作时段（\d 00:00-24:00）/) });
    await bench.start(id);
    const next = await bench.runner().step(id);
    const shown = await bench.show(id);
    expect(shown).toMatchObject({ status: 'running', statusReason: 'outside-hours', statusReasonZh: expect.stringContaining('时段'), hours: inDays(2), progress: { sent: 0, remaining: 3 } });
    // By the ledger's clock, a moment ago.
    expect(Math.abs(Date.now() + (next ?? 0) - Date.parse(shown.waitsUntil ?? ''))).toBeLessThan(20_000);
    expect(next).toBeGreaterThan(3_600_000);
    await setHours(id, ALWAYS);
    await bench.walk(id);
    expect(await bench.show(id)).toMatchObject({ status: 'completed', statusReason: null, waitsUntil: null, progress: { delivered: 3 } });
  });

  it('follows what is out to its end when they are over meanwhile, and ends at once when nothing is left', async () => {
    await bench.failedCases(3);
    const id = await bench.create({ ...closed(), hours: ALWAYS });
    await bench.walk(id);
    await bench.start(id);
    await bench.runner().step(id);
    await setHours(id, inDays(2));
    expect((await bench.show(id)).progress).toMatchObject({ underWay: 2 });
    expect(await bench.runner().step(id)).toBeLessThan(1_000);
    await bench.answer();
    expect(await bench.runner().step(id)).toBeGreaterThan(3_600_000);
    expect((await bench.show(id)).progress).toMatchObject({ underWay: 0, delivered: 2, sent: 2 });
    await setHours(id, ALWAYS);
    await bench.runner().step(id);
    await bench.answer();
    await setHours(id, inDays(2));
    await bench.walk(id);
    expect(await bench.show(id)).toMatchObject({ status: 'completed', progress: { delivered: 3 } });
  });

  it('keeps the hours with which it was made: nothing that people can change later touches them', async () => {
    await bench.failedCases(1);
    const id = await bench.create(closed());
    await bench.walk(id);
    const answer = await bench.operator.post(`/api/operations/${id}/rate`, { ...WHY, ratePerSecond: 5, hours: null });
    expect([answer.status, (await bench.show(id)).hours]).toEqual([422, inDays(2)]);
    expect((await bench.operator.post('/api/operations', { kind: 'replay', ...WHY, ...closed(), hours: [] })).status).toBe(422);
  });

  it('sends slowly into a limited channel, which lets go at its own rate what the operation sent', async () => {
    const { db } = bench.gateway;
    const failed = await bench.failedCases(3);
    await settingOf(db, 'intake:410204', { ratePerSecond: 500 });
    const id = await bench.create({ ...ALL, ladder: [] });
    await bench.walk(id);
    await bench.start(id);
    await bench.runner().step(id);
    expect(await bench.show(id)).toMatchObject({ progress: { sent: 3, underWay: 3, delivered: 0 } });
    expect((await bench.items(id)).map(({ attempt }) => attempt)).toEqual([2, 2, 2]);
    expect(bench.gateway.publisher.orders).toEqual([]);
    const drain = drainOf(bench.gateway);
    await until(async () => await drain.run() + bench.gateway.publisher.orders.length >= 3, { within: 20_000, what: 'what the channel lets go' });
    await bench.walk(id);
    expect(bench.sendingsOf(failed.map((row) => row.id))).toEqual([1, 1, 1]);
    expect(await bench.show(id)).toMatchObject({ status: 'completed', progress: { delivered: 3, troubled: 0 } });
  });

  async function setHours(id: string, hours: object): Promise<void> {
    await sql`update operations set hours = ${JSON.stringify(hours)}::jsonb where id = ${id}`.execute(bench.gateway.db);
  }
});
