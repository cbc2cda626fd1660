import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { WorkItem } from '#contracts';
import { withDatabase } from '../../../../test/support/index.ts';
import { eventOf, messageOf, newProjectNo, receiptOf } from '../case-events.fixture.ts';
import { openBench } from '../gateway-bench.fixture.ts';
import type { GatewayBench } from '../gateway-bench.fixture.ts';
import { openJson } from '../ledger/sealed-json.ts';

const database = withDatabase();
let bench: GatewayBench;
beforeAll(async () => {
  bench = await openBench(database.url);
});
afterAll(() => bench.db.destroy());

describe('receiving events', () => {
  it('opens a case, orders one work item for the centre and publishes it after the commit', async () => {
    const projectNo = newProjectNo();
    await expect(bench.events(eventOf('case.received', { subject: projectNo }))).resolves.toEqual(['done']);
    expect(await bench.statusOf(projectNo)).toBe('RECEIVED');
    expect(await bench.transfers(projectNo)).toMatchObject([{ kind: 'open', destination: 'centre', status: 'in_flight', attempts: 1 }]);
    expect(bench.ordersOf(projectNo)).toMatchObject([{ kind: 'open', attempt: 1, payload: { kind: 'open', projectNo } }]);
  });

  it('applies an event once however often it is delivered, in one batch, in later ones and side by side', async () => {
    const projectNo = newProjectNo();
    const received = eventOf('case.received', { subject: projectNo });
    const batches = [[received, received], [received], [received], [received]];
    const settled = await Promise.all(batches.map((batch) => bench.events(...batch)));
    expect(settled.flat()).toEqual(['done', 'done', 'done', 'done', 'done']);
    expect(await bench.transfers(projectNo)).toHaveLength(1);
    expect(bench.ordersOf(projectNo)).toHaveLength(1);
    const suppressed = await bench.db.selectFrom('suppressed_duplicates as d').innerJoin('events as e', 'e.seq', 'd.event_seq')
      .select('d.same_body').where('e.event_id', '=', received.id).execute();
    expect(suppressed).toEqual(Array.from({ length: 4 }, () => ({ same_body: true })));
  });

  it('raises an alarm when an id comes again with another body, and lets the first stand', async () => {
    const projectNo = newProjectNo();
    const first = eventOf('case.received', { subject: projectNo });
    const other = { ...first, data: { ...first.data, windowNo: '99' } };
    await bench.events(first);
    await expect(bench.events(other)).resolves.toEqual(['done']);
    const alarms = await bench.db.selectFrom('suppressed_duplicates as d').innerJoin('events as e', 'e.seq', 'd.event_seq')
      .select(['d.same_body', 'e.event_id']).where('e.event_id', '=', first.id).execute();
    expect(alarms).toEqual([{ same_body: false, event_id: first.id }]);
    expect(await bench.outcomes(projectNo)).toHaveLength(1);
  });

  it('keeps one id used for two cases at the same moment to the first of them', async () => {
    const first = eventOf('case.received', { subject: newProjectNo() });
    const second = { ...first, subject: newProjectNo() };
    const settled = await Promise.all([bench.events(first), bench.events(second)]);
    expect(settled.flat()).toEqual(['done', 'done']);
    const statuses = await Promise.all([first, second].map((event) => bench.statusOf(event.subject)));
    expect(statuses.filter((status) => status === 'RECEIVED')).toHaveLength(1);
  });

  it('keeps an event as it came over the bus: the same sealed bytes, which the ledger opens', async () => {
    const event = eventOf('case.received', { subject: newProjectNo() });
    const { bytes, version } = bench.keys.seal(Buffer.from(JSON.stringify(event)));
    await bench.receive.run([{ ...messageOf(event), sealed: { bytes, version } }]);
    const row = await bench.db.selectFrom('events').select(['sealed', 'key_version']).where('event_id', '=', event.id).executeTakeFirstOrThrow();
    expect(row.sealed.equals(bytes)).toBe(true);
    expect(openJson(bench.keys, row)).toEqual(event);
  });

  it('parks what overtakes its predecessor and applies it, in order, once that has come', async () => {
    const projectNo = newProjectNo();
    await bench.events(eventOf('case.accepted', { subject: projectNo, sequence: 1 }));
    await bench.events(eventOf('case.step.recorded', { subject: projectNo, sequence: 2 }));
    expect((await bench.outcomes(projectNo)).map((event) => event.outcome)).toEqual(['parked', 'parked']);
    await bench.pendingCase(projectNo);
    expect(await bench.statusOf(projectNo)).toBe('IN_REVIEW');
    expect((await bench.outcomes(projectNo)).map(({ type, outcome }) => [type, outcome])).toEqual([
      ['case.accepted', 'applied'], ['case.step.recorded', 'applied'], ['case.received', 'applied'], ['case.delivery.acknowledged', 'applied'],
    ]);
    expect(await bench.transfers(projectNo)).toMatchObject([
      { kind: 'open', status: 'delivered' }, { kind: 'acceptance', status: 'in_flight' }, { kind: 'step', status: 'held' },
    ]);
  });

  it('applies a whole batch that arrives in the wrong order', async () => {
    const projectNo = newProjectNo();
    await bench.pendingCase(projectNo);
    await bench.events(
      eventOf('case.step.recorded', { subject: projectNo, sequence: 2 }),
      eventOf('case.accepted', { subject: projectNo, sequence: 1 }),
    );
    expect((await bench.transfers(projectNo)).map((transfer) => transfer.kind)).toEqual(['open', 'acceptance', 'step']);
  });

  it('lets two gateways work on the same case at once without a doubled or a lost event', async () => {
    const projectNo = newProjectNo();
    await bench.pendingCase(projectNo);
    const steps = Array.from({ length: 20 }, (_, index) => eventOf('case.step.recorded', { subject: projectNo, sequence: index + 2 }));
    const accepted = eventOf('case.accepted', { subject: projectNo, sequence: 1 });
    const shuffled = [...steps.slice(10), accepted, ...steps.slice(0, 10)];
    const settled = await Promise.all(shuffled.flatMap((event) => [bench.events(event), bench.events(event)]));
    expect(settled.flat().every((settlement) => settlement === 'done')).toBe(true);
    const transfers = await bench.transfers(projectNo);
    expect(transfers.map((transfer) => transfer.ordinal)).toEqual(Array.from({ length: 22 }, (_, index) => index + 1));
    expect(transfers.filter((transfer) => transfer.status === 'in_flight')).toHaveLength(1);
    const sequences = await bench.db.selectFrom('transfers as t').innerJoin('events as e', 'e.seq', 't.event_seq')
      .select('e.sequence').where('t.project_no', '=', projectNo).where('t.destination', '<>', 'centre').orderBy('t.ordinal').execute();
    expect(sequences.map((row) => row.sequence)).toEqual(Array.from({ length: 21 }, (_, index) => index + 1));
  });

  it('creates a case once when two receipts under one number come at the same moment', async () => {
    const projectNo = newProjectNo();
    const receipts = Array.from({ length: 6 }, (_, index) => eventOf('case.received', { subject: projectNo, data: { windowNo: String(index) } }));
    await Promise.all(receipts.map((event) => bench.events(event)));
    expect((await bench.outcomes(projectNo)).filter((event) => event.outcome === 'applied')).toHaveLength(1);
    expect(await bench.transfers(projectNo)).toHaveLength(1);
  });

  it('settles one bad message alone and applies the rest of its batch', async () => {
    const [before, after] = [newProjectNo(), newProjectNo()];
    const bad = eventOf('case.received', { subject: newProjectNo() });
    // A receipt without materials passes no door; in the lifecycle it is a bug that throws.
    Reflect.deleteProperty(bad.data, 'applicant');
    const batch = [eventOf('case.received', { subject: before }), bad, eventOf('case.received', { subject: after })].map((event) => messageOf(event));
    const settled = await bench.receive.run([...batch, { ...messageOf(bad), body: 'no event' }]);
    expect(settled).toEqual(['done', { kind: 'again', reason: expect.any(String) }, 'done', { kind: 'dead', code: 'contract-broken', reason: expect.any(String) }]);
    expect(await bench.statusOf(before)).toBe('RECEIVED');
    expect(await bench.statusOf(after)).toBe('RECEIVED');
    // Lost connections raise the broker's count; only failures of its own end a message.
    expect(await bench.receive.run([messageOf(bad, { deliveryCount: 50 })])).toMatchObject([{ kind: 'again' }]);
    expect(await bench.receive.run([messageOf(bad, { failures: 3 })])).toMatchObject([{ kind: 'dead', code: 'apply-failed' }]);
  });

  it('makes a transfer that has no translation fail with the name of the field, and holds back its case behind it', async () => {
    const projectNo = newProjectNo();
    const received = eventOf('case.received', { subject: projectNo });
    await bench.events({ ...received, data: { ...received.data, applicant: { ...received.data.applicant, certType: '999' } } });
    await bench.events(eventOf('case.withdrawn', { subject: projectNo, source: '/halls/410204' }));
    expect(await bench.transfers(projectNo)).toMatchObject([
      { kind: 'open', status: 'failed', error_word: 'invalid', error_detail: expect.stringContaining('certType'), attempts: 0 },
      { kind: 'withdraw', destination: 'centre', status: 'held' },
      { kind: 'result', destination: 'hall:410204', status: 'in_flight' },
    ]);
  });

  it('keeps the intake as it was last supplemented and corrected, for what is translated later', async () => {
    const projectNo = newProjectNo();
    const received = eventOf('case.received', { subject: projectNo });
    await bench.pendingCase(projectNo);
    const asked = eventOf('case.supplement.required', { subject: projectNo, data: { no: 1, items: [{ materialCode: 'KINSHIP', name: '亲属关系证明', problem: '缺少' }] } });
    const [material] = received.data.materials;
    if (material === undefined) throw new Error('the example has materials');
    const brought = { ...material, materialCode: 'KINSHIP', name: '亲属关系证明' };
    await bench.events(asked, eventOf('case.supplement.submitted', { subject: projectNo, data: { no: 1, materials: [brought] } }));
    const { operator: _operator, ...receipt } = received.data;
    const materials = receipt.materials.filter(({ materialCode }) => materialCode !== 'KINSHIP');
    const correction = eventOf('case.corrected', { subject: projectNo, source: '/halls/410204', dataversion: 2 });
    await bench.events({ ...correction, data: { operator: received.data.operator, reason: '金额录入有误', corrects: 'case.received', receipt: { ...receipt, amount: '1.00', materials } } });
    for (let round = 0; round < 3; round += 1) {
      const underWay = (await bench.transfers(projectNo)).filter((transfer) => transfer.status === 'in_flight');
      await bench.receipts(...underWay.map((transfer) => receiptOf(transfer)));
    }
    const corrected = bench.ordersOf(projectNo).find((order) => order.kind === 'correct')?.payload as WorkItem | undefined;
    expect(corrected?.correction?.application).toMatchObject({ amount: '1.00' });
    expect(corrected?.correction?.application.materials.map(({ materialCode }) => materialCode)).toContain('KINSHIP');
  });

  it('orders again what is under way without a receipt when the broker hands its event out again', async () => {
    const projectNo = newProjectNo();
    const received = eventOf('case.received', { subject: projectNo });
    await bench.events(received);
    bench.publisher.orders.length = 0;
    await bench.receive.run([messageOf(received, { deliveryCount: 1 })]);
    expect(bench.ordersOf(projectNo)).toMatchObject([{ kind: 'open', attempt: 1 }]);
    for (const transfer of await bench.transfers(projectNo)) await bench.receipts(receiptOf(transfer));
    bench.publisher.orders.length = 0;
    await bench.receive.run([messageOf(received, { deliveryCount: 1 })]);
    expect(bench.ordersOf(projectNo)).toEqual([]);
  });
});

describe('a canary', () => {
  const number = (): string => `CANARY-410204-${newProjectNo()}`;
  const outcomesOf = async (projectNo: string): Promise<(string | null)[][]> => (await bench.db.selectFrom('events').select(['type', 'outcome', 'outcome_code'])
    .where('project_no', '=', projectNo).orderBy('seq').execute()).map(({ type, outcome, outcome_code }) => [type, outcome, outcome_code]);
  const isMarked = async (projectNo: string): Promise<boolean | undefined> =>
    (await bench.db.selectFrom('cases').select('canary').where('project_no', '=', projectNo).executeTakeFirst())?.canary;

  it('takes the road of a real case, marked for what it is', async () => {
    const [canary, real] = [number(), newProjectNo()];
    await bench.events(eventOf('case.received', { subject: canary, canary: true }), eventOf('case.received', { subject: real }));
    expect([await isMarked(canary), await isMarked(real)]).toEqual([true, false]);
    expect(bench.ordersOf(canary)).toMatchObject([{ kind: 'open', projectNo: canary, payload: { kind: 'open', projectNo: canary } }]);
  });

  it('is never half of one: neither a real case that says it is, nor a canary that does not', async () => {
    const [canary, real] = [number(), newProjectNo()];
    await bench.events(eventOf('case.received', { subject: canary }), eventOf('case.received', { subject: real, canary: true }));
    expect([await outcomesOf(canary), await outcomesOf(real)]).toEqual(Array(2).fill([['case.received', 'refused', 'canary-mixed']]));
    expect([await isMarked(canary), await isMarked(real), bench.ordersOf(canary), bench.ordersOf(real)]).toEqual([undefined, undefined, [], []]);
  });

  it('brings no outcome into a real case', async () => {
    const real = newProjectNo();
    await bench.pendingCase(real);
    await bench.events(eventOf('case.accepted', { subject: real, sequence: 1, canary: true }));
    expect([await bench.statusOf(real), (await outcomesOf(real)).at(-1)]).toEqual(['PENDING_ACCEPTANCE', ['case.accepted', 'refused', 'canary-mixed']]);
  });
});
