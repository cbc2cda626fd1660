import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { withDatabase } from '../../../../test/support/index.ts';
import { eventOf, newProjectNo } from '../case-events.fixture.ts';
import { openBench } from '../gateway-bench.fixture.ts';
import type { GatewayBench } from '../gateway-bench.fixture.ts';

const ITEM = '725849853QT48813002';

const database = withDatabase();
let bench: GatewayBench;
beforeAll(async () => {
  bench = await openBench(database.url);
  Object.assign(bench.config, { permissionPatienceMs: 0 });
});
afterAll(() => bench.db.destroy());

describe('permissions', () => {
  it('refuses a receipt of a clerk without a grant for the item, at another hall, or by nobody it knows', async () => {
    await grant(bench, { userId: 'clerk-a', grantId: 'g-a', itemCodes: ['725849853QT48863001'] });
    await grant(bench, { userId: 'clerk-b', grantId: 'g-b', hallCode: '410202' });
    for (const userId of ['clerk-a', 'clerk-b', 'clerk-nobody']) {
      const projectNo = await receive(bench, userId, '2026-11-23T09:30:00+08:00');
      expect(await bench.outcomes(projectNo)).toEqual([{ type: 'case.received', outcome: 'refused', outcome_code: 'no-permission' }]);
      expect(await bench.statusOf(projectNo)).toBeUndefined();
      expect(await bench.transfers(projectNo)).toEqual([]);
    }
  });

  it('judges a receipt by the grant that was valid when the window took it', async () => {
    await grant(bench, { userId: 'clerk-c', grantId: 'g-c', validFrom: '2026-11-01T00:00:00+08:00', validTo: '2026-11-30T23:59:59+08:00' });
    await bench.events(eventOf('permission.revoked', { data: { grantId: 'g-c', revokedAt: '2026-11-20T12:00:00+08:00' } }));
    const outcomes = await Promise.all(['2026-10-31T23:59:59+08:00', '2026-11-01T00:00:00+08:00', '2026-11-20T11:59:59+08:00', '2026-11-20T12:00:00+08:00', '2026-12-01T09:00:00+08:00']
      .map(async (receivedAt) => (await bench.outcomes(await receive(bench, 'clerk-c', receivedAt)))[0]?.outcome));
    expect(outcomes).toEqual(['refused', 'applied', 'applied', 'refused', 'refused']);
  });

  it('lets a grant count for the receipts behind it in the same batch', async () => {
    const projectNo = newProjectNo();
    await bench.events(grantEvent({ userId: 'clerk-d', grantId: 'g-d' }), receivedBy('clerk-d', projectNo, '2026-11-23T09:30:00+08:00'));
    expect(await bench.statusOf(projectNo)).toBe('RECEIVED');
  });

  it('remembers a revocation that overtakes its grant', async () => {
    await bench.events(eventOf('permission.revoked', { data: { grantId: 'g-e', revokedAt: '2026-11-20T12:00:00+08:00' } }));
    await grant(bench, { userId: 'clerk-e', grantId: 'g-e' });
    const projectNo = await receive(bench, 'clerk-e', '2026-11-23T09:30:00+08:00');
    expect(await bench.outcomes(projectNo)).toMatchObject([{ outcome: 'refused', outcome_code: 'no-permission' }]);
  });

  it('never changes a grant: a second one under its id is refused', async () => {
    await grant(bench, { userId: 'clerk-f', grantId: 'g-f' });
    await grant(bench, { userId: 'clerk-g', grantId: 'g-f' });
    const projectNo = await receive(bench, 'clerk-g', '2026-11-23T09:30:00+08:00');
    expect(await bench.outcomes(projectNo)).toMatchObject([{ outcome: 'refused' }]);
    const refused = await bench.db.selectFrom('events').select('outcome_code').where('order_key', '=', 'grant:g-f').where('outcome', '=', 'refused').execute();
    expect(refused).toEqual([{ outcome_code: 'grant-exists' }]);
  });

  it('lets nobody but the bureau grant, whatever a message says', async () => {
    await bench.events(grantEvent({ userId: 'clerk-h', grantId: 'g-h' }, '/halls/410204'));
    expect(await bench.outcomes(await receive(bench, 'clerk-h', '2026-11-23T09:30:00+08:00'))).toMatchObject([{ outcome: 'refused' }]);
  });

  it('refuses what another hall says of a case', async () => {
    const projectNo = newProjectNo();
    await bench.pendingCase(projectNo);
    await bench.events(eventOf('case.withdrawn', { subject: projectNo, source: '/halls/410202' }));
    expect((await bench.outcomes(projectNo)).at(-1)).toEqual({ type: 'case.withdrawn', outcome: 'refused', outcome_code: 'not-your-case' });
    expect(await bench.statusOf(projectNo)).toBe('PENDING_ACCEPTANCE');
  });
});

describe('a receipt that overtakes its permission', () => {
  beforeAll(() => void Object.assign(bench.config, { permissionPatienceMs: 60_000 }));
  afterAll(() => void Object.assign(bench.config, { permissionPatienceMs: 0 }));
  const RECEIVED_AT = '2026-11-23T09:30:00+08:00';

  it('waits for it, and what follows in its case waits behind it; then all is applied in order', async () => {
    const projectNo = await receive(bench, 'clerk-w', RECEIVED_AT);
    await bench.events(eventOf('paper.handedOver', { subject: projectNo }));
    expect(await bench.outcomes(projectNo)).toMatchObject([{ outcome: 'parked', outcome_code: 'permission-awaited' }, { outcome: 'parked' }]);
    await bench.sweep.run();
    expect(await bench.statusOf(projectNo)).toBeUndefined();

    await grant(bench, { userId: 'clerk-w', grantId: 'g-w' });
    const ordered = bench.publisher.orders.length;
    await bench.sweep.run();
    expect(await bench.outcomes(projectNo)).toMatchObject([{ outcome: 'applied' }, { outcome: 'applied' }]);
    expect(bench.publisher.orders.slice(ordered)).toMatchObject([{ projectNo, destination: 'centre', attempt: 1 }]);
    await bench.sweep.run();
    expect(await bench.transfers(projectNo)).toHaveLength(1);
  });

  it('is refused when its patience is over, a correction like a receipt', async () => {
    const projectNo = await receive(bench, 'clerk-never', RECEIVED_AT);
    await grant(bench, { userId: 'clerk-x', grantId: 'g-x' });
    const opened = await receive(bench, 'clerk-x', RECEIVED_AT);
    const { operator: _, ...receipt } = receivedBy('clerk-x', opened, RECEIVED_AT).data;
    await bench.events({ ...eventOf('case.corrected', { subject: opened, source: '/halls/410204', data: { operator: { id: 'clerk-never', name: '测试窗口' }, corrects: 'case.received', receipt } }), dataversion: 2 });
    expect((await bench.outcomes(opened)).at(-1)).toMatchObject({ outcome: 'parked', outcome_code: 'permission-awaited' });

    await bench.db.updateTable('events').set({ recorded_at: new Date(Date.now() - 61_000) }).where('outcome', '=', 'parked').execute();
    await bench.sweep.run();
    expect(await bench.outcomes(projectNo)).toMatchObject([{ outcome: 'refused', outcome_code: 'no-permission' }]);
    expect((await bench.outcomes(opened)).at(-1)).toMatchObject({ outcome: 'refused', outcome_code: 'no-permission' });
  });

  it('does not keep others waiting when it cannot be opened any more', async () => {
    const broken = await receive(bench, 'clerk-y', RECEIVED_AT);
    const projectNo = await receive(bench, 'clerk-y', RECEIVED_AT);
    await bench.db.updateTable('events').set({ key_version: 99 }).where('order_key', '=', broken).execute();
    await grant(bench, { userId: 'clerk-y', grantId: 'g-y' });
    await bench.sweep.run();
    expect(await bench.statusOf(projectNo)).toBe('RECEIVED');
    expect(await bench.outcomes(broken)).toMatchObject([{ outcome: 'parked' }]);
  });
});

describe('paper', () => {
  it('is kept one calendar month from the receipt and moves beside the case, without transfers', async () => {
    const projectNo = newProjectNo();
    const received = eventOf('case.received', { subject: projectNo });
    await bench.events({ ...received, data: { ...received.data, receivedAt: '2026-12-31T16:30:00+08:00' } });
    const before = await bench.transfers(projectNo);
    expect(await paperOf(bench, projectNo)).toMatchObject({ paper_status: 'IN_HALL', paper_due_at: new Date('2027-01-31T16:30:00+08:00') });
    await bench.events(eventOf('paper.discrepancy', { subject: projectNo }), eventOf('paper.handedOver', { subject: projectNo }));
    expect(await paperOf(bench, projectNo)).toMatchObject({ paper_status: 'HANDED_OVER', paper_discrepancy_at: expect.any(Date) });
    await bench.events(eventOf('paper.returnedToApplicant', { subject: projectNo }));
    expect(await paperOf(bench, projectNo)).toMatchObject({ paper_status: 'RETURNED_TO_APPLICANT', status: 'RECEIVED' });
    expect(await bench.transfers(projectNo)).toEqual(before);
  });

  it('waits for the case when it overtakes the receipt', async () => {
    const projectNo = newProjectNo();
    await bench.events(eventOf('paper.handedOver', { subject: projectNo }));
    await bench.events(eventOf('case.received', { subject: projectNo }));
    expect(await paperOf(bench, projectNo)).toMatchObject({ paper_status: 'HANDED_OVER' });
  });
});

type GrantData = ReturnType<typeof eventOf<'permission.granted'>>['data'];

function grantEvent(data: Partial<GrantData>, source = '/bureau'): ReturnType<typeof eventOf<'permission.granted'>> {
  return eventOf('permission.granted', { source, data: { itemCodes: [ITEM], ...data } });
}

async function grant(bench: GatewayBench, data: Partial<GrantData>): Promise<void> {
  await bench.events(grantEvent(data));
}

function receivedBy(userId: string, projectNo: string, receivedAt: string): ReturnType<typeof eventOf<'case.received'>> {
  return eventOf('case.received', { subject: projectNo, data: { operator: { id: userId, name: '测试窗口' }, itemCode: ITEM, receivedAt } });
}

async function receive(bench: GatewayBench, userId: string, receivedAt: string): Promise<string> {
  const projectNo = newProjectNo();
  await bench.events(receivedBy(userId, projectNo, receivedAt));
  return projectNo;
}

function paperOf(bench: GatewayBench, projectNo: string): Promise<object | undefined> {
  return bench.db.selectFrom('cases').select(['paper_status', 'paper_due_at', 'paper_discrepancy_at', 'status']).where('project_no', '=', projectNo).executeTakeFirst();
}
