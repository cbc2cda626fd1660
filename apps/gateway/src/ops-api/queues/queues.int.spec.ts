import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { BusInspector } from '#bus';
import { completionUpdatesQueue, QUEUES } from '#contracts';
import { withDatabase } from '../../../../../test/support/index.ts';
import { eventOf, newProjectNo } from '../../case-events.fixture.ts';
import { GatewayBench } from '../../gateway-bench.fixture.ts';
import { recordStatus } from '../../ledger/edge-rows.ts';
import { circuitOf, statusOf } from '../../watch/edge-status.fixture.ts';
import { openBench } from '../ops-bench.fixture.ts';
import type { OpsBench } from '../ops-bench.fixture.ts';
import { startOpsServer } from '../ops-server.fixture.ts';
import type { QueueAnswer, QueueList } from './queue.answer.ts';

const database = withDatabase();
let bench: OpsBench;
let server: OpsBench['server'];
let depth = 3;
const broker: BusInspector['inspect'] = (names) => Promise.resolve(names.map((name) => ({ name, messages: name === QUEUES.workItems ? depth : 0, consumers: 1 })));

beforeAll(async () => {
  bench = await openBench(database.url);
  server = await startOpsServer(bench.db, bench.keys, { inspect: broker });
  const gateway = new GatewayBench(bench.db, bench.keys);
  await gateway.events(eventOf('permission.granted'));
  await gateway.pendingCase(newProjectNo());
  await gateway.events(eventOf('case.received', { subject: newProjectNo() }));
  await bench.db.transaction().execute(async (trx) => {
    await recordStatus(trx, statusOf({
      app: 'district-adapter', instance: 'one', circuits: [circuitOf('hall:410204')],
      spool: { waiting: 4, oldestAt: '2026-11-23T02:00:00Z' }, journal: { entries: 9, oldestAt: '2026-11-23T01:00:00Z' },
    }));
    await recordStatus(trx, statusOf({ app: 'district-adapter', instance: 'two', spool: { waiting: 4, oldestAt: '2026-11-23T02:00:00Z' } }));
  });
});
afterAll(async () => {
  await server.close();
  await bench.close();
});

describe('the queues of the ops API', () => {
  it('are those of RabbitMQ, the timers, and what the adapters keep, each with what it is for', async () => {
    const { body } = await server.get<QueueList>('/api/queues');
    expect(body.items.every(({ purpose }) => purpose.length > 5)).toBe(true);
    expect(new Set(body.items.map(({ kind }) => kind))).toEqual(new Set(['rabbitmq', 'bullmq', 'spool', 'journal']));
    expect(body.items.filter(({ deadLetters }) => deadLetters).map(({ queue }) => queue)).toEqual(['district-adapter.dead-letters', 'gateway.dead-letters', 'centre-adapter.dead-letters']);
    const of = (name: string): QueueAnswer | undefined => body.items.find(({ queue }) => queue === name);
    expect(of('spool:district-adapter')).toMatchObject({ ready: 4, oldestAt: '2026-11-23T10:00:00.000+08:00', oldestFrom: 'adapter', consumersPresent: 2 });
    expect(of('journal:district-adapter')).toMatchObject({ ready: 9, oldestFrom: 'adapter' });
    expect(of('spool:centre-adapter')).toMatchObject({ exists: null, ready: null, oldestAt: null });
    // No Redis stands behind this server: then nothing is said rather than something wrong.
    expect(of('bullmq:retries')).toMatchObject({ exists: null, ready: null, delayed: null, consumersExpected: 1 });
  });

  it('say how old the oldest is and what went out by the ledger, and what came in by two looks', async () => {
    const { body: first } = await server.get<QueueAnswer>(`/api/queues/${QUEUES.workItems}`);
    expect(first).toMatchObject({ ready: 3, outLastMinute: 1, oldestFrom: 'ledger' });
    expect(Date.now() - Date.parse(first.oldestAt ?? '')).toBeLessThan(60_000);
    depth = 13;
    const later = performance.now() + 60_000;
    const now = jest.spyOn(performance, 'now').mockReturnValue(later);
    try {
      const { body } = await server.get<QueueAnswer>(`/api/queues/${QUEUES.workItems}`);
      expect(body).toMatchObject({ ready: 13, outLastMinute: 1, ratesFrom: 'ledger-and-looks' });
      expect([9, 10, 11]).toContain(body.growthPerMinute);
      expect(body.inLastMinute).toBe(1 + (body.growthPerMinute ?? 0));
    } finally {
      now.mockRestore();
    }
    const { body: intake } = await server.get<QueueAnswer>(`/api/queues/${QUEUES.intake}`);
    expect(intake).toMatchObject({ outLastMinute: 3, oldestFrom: 'adapter' });
    expect((await server.get<QueueAnswer>(`/api/queues/${completionUpdatesQueue('410204')}`)).body).toMatchObject({ outLastMinute: 0, oldestAt: null, destination: 'hall:410204' });
    expect((await server.get<QueueAnswer>(`/api/queues/${QUEUES.edgeStatus}`)).body).toMatchObject({ outLastMinute: null, ratesFrom: null });
  });

  it('are all in the metrics, whatever kind they are of: what for, how many, how old, in, out, who takes and who should', async () => {
    const { body } = await server.get<QueueList>('/api/queues');
    const { text } = await server.get('/metrics');
    const series = (metric: string, queue: string): string | undefined => text.split('\n').find((line) => line.startsWith(`${metric}{`) && line.includes(`queue="${queue}"`));
    for (const { queue, purpose, ready, consumersPresent } of body.items) {
      expect(series('jiujin_queue_info', queue)).toContain(purpose);
      expect(series('jiujin_queue_consumers_expected', queue)).toBeDefined();
      expect(series('jiujin_queue_waiting', queue)?.split(' ').at(-1)).toBe(ready === null ? undefined : String(ready));
      expect(series('jiujin_queue_consumers_present', queue)?.split(' ').at(-1)).toBe(consumersPresent === null ? undefined : String(consumersPresent));
    }
    expect(series('jiujin_queue_oldest_waiting_seconds', 'spool:district-adapter')).toBeDefined();
    expect(series('jiujin_queue_out_last_minute', QUEUES.intake)).toMatch(/ 3$/);
    expect(series('jiujin_queue_in_last_minute', QUEUES.workItems)).toBeDefined();
  });

  it('are told apart from what does not exist', async () => {
    expect(await server.get('/api/queues/gateway.nothing')).toMatchObject({ status: 404, body: { code: 'queue-unknown' } });
    expect((await server.get('/api/queues/GATEWAY')).status).toBe(422);
  });
});
