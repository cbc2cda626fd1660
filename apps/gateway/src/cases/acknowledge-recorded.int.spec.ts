import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { EXCHANGES, QUEUES, recordedEventsProblems, recordedRoute } from '#contracts';
import type { JiujinEvent, RecordedEvents } from '#contracts';
import { withDatabase } from '../../../../test/support/index.ts';
import { eventOf, messageOf, newProjectNo } from '../case-events.fixture.ts';
import { benchAt, openBench } from '../gateway-bench.fixture.ts';
import type { GatewayBench } from '../gateway-bench.fixture.ts';

const database = withDatabase();
let bench: GatewayBench;
beforeAll(async () => {
  bench = await openBench(database.url);
});
afterAll(() => bench.db.destroy());
beforeEach(() => { bench.publisher.recorded.splice(0); });

function told(of = bench): { route: string; ids: readonly string[] }[] {
  return of.publisher.recorded.map(({ exchange, routingKey, body }) => {
    expect(exchange).toBe(EXCHANGES.reports);
    expect(recordedEventsProblems(body)).toEqual([]);
    return { route: routingKey, ids: (body as RecordedEvents).messageIds };
  });
}

const DISTRICT = recordedRoute('district-adapter');

describe('an adapter is told that its events are in the ledger', () => {
  it('whatever became of them: applied, parked, refused, or known before', async () => {
    const projectNo = newProjectNo();
    const received = eventOf('case.received', { subject: projectNo });
    const events: JiujinEvent[] = [
      received, eventOf('case.withdrawn', { subject: newProjectNo(), sequence: 5 }), eventOf('case.received', { subject: projectNo, sequence: 9 }), received,
    ];
    await bench.events(...events);
    expect(told()).toEqual([{ route: DISTRICT, ids: [...new Set(events.map(({ id }) => id))] }]);
    await bench.events(received);
    expect(told().at(-1)).toEqual({ route: DISTRICT, ids: [received.id] });
  });

  it('each adapter of its own, by the queue the events came through', async () => {
    const [first, second] = [eventOf('case.received', { subject: newProjectNo() }), eventOf('case.accepted', { subject: newProjectNo() })];
    await bench.receive.run([messageOf(first), { ...messageOf(second), queue: QUEUES.outcomes }]);
    expect(told()).toEqual([{ route: DISTRICT, ids: [first.id] }, { route: recordedRoute('centre-adapter'), ids: [second.id] }]);
  });

  it('not before the commit: as long as PostgreSQL is away it hears nothing', async () => {
    const event = eventOf('case.received', { subject: newProjectNo() });
    const away = benchAt(database.url.replace(/:\d+\//, ':1/'));
    await expect(away.receive.run([messageOf(event)])).resolves.toMatchObject({ kind: 'not-now' });
    expect(told(away)).toEqual([]);
    await away.db.destroy();
  });

  it('not of an event that cannot be read: it becomes a dead letter, and is acknowledged when that is kept', async () => {
    const event = eventOf('case.received', { subject: newProjectNo() });
    await expect(bench.receive.run([{ ...messageOf(event), body: {} }])).resolves.toMatchObject([{ kind: 'dead' }]);
    expect(told()).toEqual([]);
  });
});
