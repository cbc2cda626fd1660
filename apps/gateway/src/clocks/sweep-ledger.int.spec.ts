import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { CircuitStatus } from '#contracts';
import { withDatabase } from '../../../../test/support/index.ts';
import { eventOf, newProjectNo, receiptOf } from '../case-events.fixture.ts';
import { openBench } from '../gateway-bench.fixture.ts';
import type { GatewayBench } from '../gateway-bench.fixture.ts';
import { recordStatus } from '../ledger/edge-rows.ts';
import { circuitOf, statusOf } from '../watch/edge-status.fixture.ts';

const database = withDatabase();
let bench: GatewayBench;
beforeAll(async () => {
  bench = await openBench(database.url);
});
afterAll(() => bench.db.destroy());

describe('sweeping the ledger', () => {
  it('publishes nothing again that may still wait in its queue, and only what the queue does not hold', async () => {
    const projectNos = await overdueCases(bench, 6);
    bench.queues = { centre: { messages: 6, consumers: 1 } };
    expect(await bench.sweep.run()).toMatchObject({ unanswered: 0 });
    bench.queues = { centre: { messages: 4, consumers: 1 } };
    expect(await bench.sweep.run()).toMatchObject({ unanswered: 2 });
    expect(projectNos.map((projectNo) => bench.ordersOf(projectNo).length).toSorted()).toEqual([1, 1, 1, 1, 2, 2]);
    await answerAll(bench, projectNos);
  });

  it('counts what is kept in hand at a circuit that tries again as waiting, too', async () => {
    const projectNos = await overdueCases(bench, 3);
    bench.queues = { centre: { messages: 1, consumers: 1 } };
    await report(circuitOf('centre', { state: 'half-open', held: 2 }));
    expect(await bench.sweep.run()).toMatchObject({ unanswered: 0 });
    await report(circuitOf('centre'));
    expect(await bench.sweep.run()).toMatchObject({ unanswered: 2 });
    await answerAll(bench, projectNos);
  });

  it('publishes all of it again at once when the queue has lost its data', async () => {
    const projectNos = await overdueCases(bench, 5);
    bench.queues = { centre: { messages: 0, consumers: 0 } };
    expect(await bench.sweep.run()).toMatchObject({ unanswered: 0 });
    bench.queues = { centre: { messages: 0, consumers: 2 } };
    expect(await bench.sweep.run()).toMatchObject({ unanswered: 5 });
    expect(projectNos.map((projectNo) => bench.ordersOf(projectNo).length)).toEqual([2, 2, 2, 2, 2]);
    await answerAll(bench, projectNos);
  });

  it('waits while the broker takes orders and says nothing of its queues, but not for ever', async () => {
    const projectNos = await overdueCases(bench, 2);
    bench.queues = null;
    expect(await bench.sweep.run()).toMatchObject({ unanswered: 0 });
    const now = jest.spyOn(performance, 'now').mockReturnValue(performance.now() + 60_001);
    try {
      expect(await bench.sweep.run()).toMatchObject({ unanswered: 2 });
    } finally {
      now.mockRestore();
      bench.queues = {};
    }
    await answerAll(bench, projectNos);
  });

  it('publishes what never went out whatever lies in the queue, counts only orders that did, and knows since when one has not', async () => {
    const projectNo = newProjectNo();
    bench.queues = { centre: { messages: 9, consumers: 1 } };
    bench.publisher.failing = true;
    await bench.events(eventOf('case.received', { subject: projectNo }));
    const [first] = await bench.transfers(projectNo);
    expect(await bench.sweep.run()).toMatchObject({ unpublished: 1, unanswered: 0 });
    expect(await bench.sweep.run()).toMatchObject({ unpublished: 1 });
    const [waiting] = await bench.transfers(projectNo);
    expect([first?.unpublished_since instanceof Date, waiting?.unpublished_since, waiting?.redispatches]).toEqual([true, first?.unpublished_since, 0]);
    bench.publisher.failing = false;
    expect(await bench.sweep.run()).toMatchObject({ unpublished: 1 });
    expect(await bench.transfers(projectNo)).toMatchObject([{ redispatches: 0, unpublished_since: null }]);
    expect(bench.publisher.messages.at(-1)?.headers?.['x-resend']).toBe('1');
    bench.queues = {};
    await makeOverdue(bench, projectNo);
    bench.publisher.failing = true;
    await bench.sweep.run();
    bench.publisher.failing = false;
    await bench.sweep.run();
    expect(await bench.transfers(projectNo)).toMatchObject([{ redispatches: 1, unpublished_since: null }]);
    expect(bench.ordersOf(projectNo)).toHaveLength(2);
    await answerAll(bench, [projectNo]);
  });

  it('publishes at the next sweep what was committed while the broker took nothing', async () => {
    const projectNo = newProjectNo();
    bench.publisher.failing = true;
    await expect(bench.events(eventOf('case.received', { subject: projectNo }))).resolves.toEqual(['done']);
    bench.publisher.failing = false;
    expect(bench.ordersOf(projectNo)).toEqual([]);
    await bench.sweep.run();
    expect(bench.ordersOf(projectNo)).toMatchObject([{ kind: 'open', attempt: 1, payload: { projectNo } }]);
    expect(await bench.sweep.run()).toMatchObject({ unanswered: 0 });
  });

  it('publishes the same attempt again when its receipt is overdue, with doubled patience', async () => {
    const projectNo = newProjectNo();
    await bench.events(eventOf('case.received', { subject: projectNo }));
    await makeOverdue(bench, projectNo);
    await bench.sweep.run();
    const first = await patienceOf(bench, projectNo);
    await makeOverdue(bench, projectNo);
    await bench.sweep.run();
    const second = await patienceOf(bench, projectNo);
    expect(bench.ordersOf(projectNo).map((order) => order.attempt)).toEqual([1, 1, 1]);
    expect([Math.round(first / 60_000), Math.round(second / 60_000)]).toEqual([2, 4]);
  });

  it('publishes nothing again to a destination whose circuit is open everywhere, and all of it once the circuit lets orders through', async () => {
    const projectNo = newProjectNo();
    await bench.events(eventOf('case.received', { subject: projectNo }));
    await makeOverdue(bench, projectNo);
    await report(circuitOf('centre', { state: 'open' }));
    expect(await bench.sweep.run()).toMatchObject({ unanswered: 0 });
    expect(await bench.transfers(projectNo)).toMatchObject([{ redispatches: 0 }]);
    await report(circuitOf('centre', { state: 'half-open' }));
    expect(await bench.sweep.run()).toMatchObject({ unanswered: 1 });
    expect(bench.ordersOf(projectNo).map((order) => order.attempt)).toEqual([1, 1]);
  });

  it('takes an overdue transfer once when two gateways sweep at the same time', async () => {
    const projectNos = Array.from({ length: 10 }, newProjectNo);
    await bench.events(...projectNos.map((subject) => eventOf('case.received', { subject })));
    await Promise.all(projectNos.map((projectNo) => makeOverdue(bench, projectNo)));
    const swept = await Promise.all([bench.sweep.run(), bench.sweep.run()]);
    expect(swept.reduce((sum, { unanswered }) => sum + unanswered, 0)).toBe(10);
    for (const projectNo of projectNos) expect(bench.ordersOf(projectNo)).toHaveLength(2);
  });

  it('starts the next attempt when its timer was lost, and leaves alone one whose time has only just come', async () => {
    const projectNo = newProjectNo();
    await bench.events(eventOf('case.received', { subject: projectNo }));
    for (const transfer of await bench.transfers(projectNo)) await bench.receipts(receiptOf(transfer, { outcome: 'retryable' }));
    await setNextAttempt(bench, projectNo, 1_000);
    expect(await bench.sweep.run()).toMatchObject({ overdue: 0 });
    await setNextAttempt(bench, projectNo, bench.config.retryMarginMs + 1_000);
    expect(await bench.sweep.run()).toMatchObject({ overdue: 1 });
    expect(bench.ordersOf(projectNo).map((order) => order.attempt)).toEqual([1, 2]);
  });

  it('leaves no margin while Redis is away, for no timer will start what is due', async () => {
    const projectNo = newProjectNo();
    await bench.events(eventOf('case.received', { subject: projectNo }));
    for (const transfer of await bench.transfers(projectNo)) await bench.receipts(receiptOf(transfer, { outcome: 'retryable' }));
    await setNextAttempt(bench, projectNo, 10);
    bench.timersState = 'away';
    expect(await bench.sweep.run()).toMatchObject({ overdue: 1 });
    bench.timersState = 'kept';
    expect(bench.ordersOf(projectNo).map((order) => order.attempt)).toEqual([1, 2]);
  });

  it('goes on within one sweep while more is waiting, a bounded number at a time', async () => {
    const projectNos = Array.from({ length: 7 }, newProjectNo);
    await bench.events(...projectNos.map((subject) => eventOf('case.received', { subject })));
    await Promise.all(projectNos.map((projectNo) => makeOverdue(bench, projectNo)));
    const sizes: number[] = [];
    const publishAll = bench.publisher.publishAll.bind(bench.publisher);
    bench.publisher.publishAll = (messages) => { sizes.push(messages.length); return publishAll(messages); };
    const sweepBatch = Object.assign(bench.config, { sweepBatch: 3 });
    expect(await bench.sweep.run()).toMatchObject({ unanswered: 7 });
    expect(sizes).toEqual([3, 3, 1]);
    Object.assign(sweepBatch, { sweepBatch: 500 });
    bench.publisher.publishAll = publishAll;
  });

  it('says of every order that may have been sent before that it may, and of no other', async () => {
    const projectNo = newProjectNo();
    await bench.events(eventOf('case.received', { subject: projectNo }));
    await makeOverdue(bench, projectNo);
    await bench.sweep.run();
    for (const transfer of await bench.transfers(projectNo)) {
      await bench.receipts(receiptOf(transfer, { outcome: 'retryable' }));
      await bench.start.run(transfer.id, 1);
    }
    const sent = bench.publisher.messages.filter(({ headers }) => headers?.['x-project-no'] === projectNo);
    expect(sent.map(({ messageId, headers }) => [messageId.split('.').at(-1), headers?.['x-resend']])).toEqual([['1', undefined], ['1', '1'], ['2', '1']]);
  });

  it('goes by PostgreSQL’s clock alone, however far its own has run ahead', async () => {
    const projectNo = newProjectNo();
    const now = jest.spyOn(Date, 'now').mockImplementation(() => performance.timeOrigin + performance.now() + 86_400_000);
    try {
      await bench.events(eventOf('case.received', { subject: projectNo }));
      for (const transfer of await bench.transfers(projectNo)) await bench.receipts(receiptOf(transfer, { outcome: 'retryable', retryAfterMs: 20_000 }));
      expect(await bench.sweep.run()).toMatchObject({ unanswered: 0, overdue: 0, parkedTooLong: 0 });
    } finally {
      now.mockRestore();
    }
    const [transfer] = await bench.transfers(projectNo);
    expect(Math.abs((transfer?.next_attempt_at?.getTime() ?? 0) - Date.now())).toBeLessThan(60_000);
  });

  it('brings back the times that PostgreSQL set before its clock was put back', async () => {
    const [unanswered, waiting] = [newProjectNo(), newProjectNo()];
    await bench.events(...[unanswered, waiting].map((subject) => eventOf('case.received', { subject })));
    for (const transfer of await bench.transfers(waiting)) await bench.receipts(receiptOf(transfer, { outcome: 'retryable' }));
    await bench.db.updateTable('transfers').set({ receipt_due_at: new Date(Date.now() + 2 * bench.config.receiptPatienceCapMs) }).where('project_no', '=', unanswered).execute();
    await bench.db.updateTable('transfers').set({ next_attempt_at: new Date(Date.now() + 2 * 86_400_000 + bench.config.retryCapMs) }).where('project_no', '=', waiting).execute();
    await bench.sweep.release();
    bench.timersState = 'away';
    expect(await bench.sweep.run()).toMatchObject({ unanswered: 1, overdue: 1 });
    bench.timersState = 'kept';
  });

  it('uses up no patience while the broker is away', async () => {
    const projectNo = newProjectNo();
    await bench.events(eventOf('case.received', { subject: projectNo }));
    await makeOverdue(bench, projectNo);
    bench.publisher.ready = false;
    expect(await bench.sweep.run()).toMatchObject({ unanswered: 0 });
    bench.publisher.ready = true;
    expect(await bench.sweep.run()).toMatchObject({ unanswered: 1 });
  });

  it('goes on with a lane whose blocking transfer somebody discarded', async () => {
    const projectNo = newProjectNo();
    await bench.events(eventOf('case.received', { subject: projectNo }), eventOf('case.withdrawn', { subject: projectNo, source: '/halls/410204' }));
    await bench.db.updateTable('transfers').set({ created_at: new Date(Date.now() - 60_000) }).where('project_no', '=', projectNo).execute();
    expect(await bench.sweep.release()).toBe(0);
    await bench.db.updateTable('transfers').set({ status: 'discarded' }).where('project_no', '=', projectNo).where('kind', '=', 'open').execute();
    expect(await bench.sweep.release()).toBe(1);
    expect(bench.ordersOf(projectNo).map((order) => order.kind)).toEqual(['open', 'result', 'withdraw']);
  });

  it('says once that an event has waited too long for its predecessor, and keeps it waiting', async () => {
    const projectNo = newProjectNo();
    await bench.events(eventOf('case.accepted', { subject: projectNo }));
    expect(await bench.sweep.run()).toMatchObject({ parkedTooLong: 0 });
    await bench.db.updateTable('events').set({ recorded_at: new Date(Date.now() - bench.config.parkedPatienceMs - 1_000) })
      .where('project_no', '=', projectNo).execute();
    expect(await bench.sweep.run()).toMatchObject({ parkedTooLong: 1 });
    expect(await bench.sweep.run()).toMatchObject({ parkedTooLong: 0 });
    expect(await bench.outcomes(projectNo)).toEqual([{ type: 'case.accepted', outcome: 'parked', outcome_code: 'parked-too-long' }]);
    await bench.pendingCase(projectNo);
    expect(await bench.statusOf(projectNo)).toBe('ACCEPTED');
  });
});

/** Cases whose opening work items went out, and no receipt came in time. */
async function overdueCases(bench: GatewayBench, count: number): Promise<string[]> {
  const projectNos = Array.from({ length: count }, newProjectNo);
  await bench.events(...projectNos.map((subject) => eventOf('case.received', { subject })));
  await Promise.all(projectNos.map((projectNo) => makeOverdue(bench, projectNo)));
  return projectNos;
}

/** Leaves nothing under way for the next test. */
async function answerAll(bench: GatewayBench, projectNos: readonly string[]): Promise<void> {
  bench.queues = {};
  for (const projectNo of projectNos) for (const transfer of await bench.transfers(projectNo)) await bench.receipts(receiptOf(transfer));
}

function report(circuit: CircuitStatus): Promise<void> {
  return bench.db.transaction().execute((trx) => recordStatus(trx, statusOf({ circuits: [circuit] })));
}

async function makeOverdue(bench: GatewayBench, projectNo: string): Promise<void> {
  await bench.db.updateTable('transfers').set({ receipt_due_at: new Date(Date.now() - 1_000) })
    .where('project_no', '=', projectNo).where('status', '=', 'in_flight').execute();
}

async function setNextAttempt(bench: GatewayBench, projectNo: string, agoMs: number): Promise<void> {
  await bench.db.updateTable('transfers').set({ next_attempt_at: new Date(Date.now() - agoMs) }).where('project_no', '=', projectNo).execute();
}

async function patienceOf(bench: GatewayBench, projectNo: string): Promise<number> {
  const [transfer] = await bench.transfers(projectNo);
  return (transfer?.receipt_due_at?.getTime() ?? 0) - (transfer?.dispatched_at?.getTime() ?? 0);
}
