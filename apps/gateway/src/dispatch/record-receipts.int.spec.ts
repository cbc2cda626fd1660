import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { withDatabase } from '../../../../test/support/index.ts';
import { eventOf, newProjectNo, receiptMessage, receiptOf } from '../case-events.fixture.ts';
import { openBench } from '../gateway-bench.fixture.ts';
import type { GatewayBench } from '../gateway-bench.fixture.ts';
import { loadLateDeliveries } from '../ledger/operation-watch-rows.ts';
import type { TransferRow } from '../ledger/transfer-rows.ts';
import { caseActions } from '../ops-api/queries/list-actions.ts';

const RETRYABLE = { outcome: 'retryable', httpStatus: 503, errorCode: 'http-503' } as const;

const database = withDatabase();
let bench: GatewayBench;
beforeAll(async () => {
  bench = await openBench(database.url);
});
afterAll(() => bench.db.destroy());

describe('recording receipts', () => {
  it('delivers a case’s updates one after the other, each after the receipt of the one before', async () => {
    const projectNo = newProjectNo();
    await acceptedWithSteps(bench, projectNo, 3);
    const seen: string[] = [];
    for (let round = 0; round < 4; round += 1) {
      const underWay = (await bench.transfers(projectNo)).filter((transfer) => transfer.status === 'in_flight');
      expect(underWay).toHaveLength(1);
      seen.push(`${underWay[0]?.kind} ${underWay[0]?.ordinal}`);
      await bench.receipts(...underWay.map((transfer) => receiptOf(transfer)));
    }
    expect(seen).toEqual(['acceptance 2', 'step 3', 'step 4', 'step 5']);
    expect(bench.ordersOf(projectNo).map((order) => order.kind)).toEqual(['open', 'acceptance', 'step', 'step', 'step']);
    expect((await bench.transfers(projectNo)).every((transfer) => transfer.status === 'delivered')).toBe(true);
  });

  it('moves a case on when the centre has its opening work item, by an event of the bridge that can be said once only', async () => {
    const projectNo = newProjectNo();
    await bench.events(eventOf('case.received', { subject: projectNo }));
    const [open] = await bench.transfers(projectNo);
    const receipt = receiptOf(required(open));
    await Promise.all([bench.receipts(receipt), bench.receipts(receipt), bench.receipts(receipt, receipt)]);
    expect(await bench.statusOf(projectNo)).toBe('PENDING_ACCEPTANCE');
    expect((await bench.outcomes(projectNo)).map((event) => event.type)).toEqual(['case.received', 'case.delivery.acknowledged']);
    expect(await attemptsOf(bench, required(open).id)).toMatchObject([{ attempt: 1, outcome: 'delivered', latency_ms: 40 }]);
  });

  it('waits after a retryable failure and sets a timer for the next attempt, which one asker only may start', async () => {
    const transfer = await inFlight(bench);
    await bench.receipts(receiptOf(transfer, RETRYABLE));
    expect(bench.retries).toContainEqual({ transferId: transfer.id, attempt: 1, waitMs: expect.any(Number) });
    expect(await row(bench, transfer)).toMatchObject({ status: 'retry_wait', error_word: 'retryable', error_code: 'http-503', http_status: 503, attempts: 1 });
    const started = await Promise.all([bench.start.run(transfer.id, 1), bench.start.run(transfer.id, 1), bench.start.run(transfer.id, 1)]);
    expect(started.filter(Boolean)).toHaveLength(1);
    expect(bench.ordersOf(transfer.project_no).map((order) => order.attempt)).toEqual([1, 2]);
    await bench.receipts(receiptOf(transfer, { attempt: 2 }));
    expect(await row(bench, transfer)).toMatchObject({ status: 'delivered', attempts: 2, error_word: null });
  });

  it('asks no sooner than Retry-After says', async () => {
    const transfer = await inFlight(bench);
    const before = Date.now();
    await bench.receipts(receiptOf(transfer, { ...RETRYABLE, retryAfterMs: 90_000 }));
    expect((await row(bench, transfer)).next_attempt_at?.getTime()).toBeGreaterThanOrEqual(before + 90_000);
  });

  it.each(['permanent', 'invalid'] as const)('fails a transfer at once when the destination calls it %s', async (outcome) => {
    const transfer = await inFlight(bench);
    await bench.receipts(receiptOf(transfer, { outcome, httpStatus: 422, errorCode: 'http-422', errorDetail: 'amount' }));
    expect(await row(bench, transfer)).toMatchObject({ status: 'failed', error_word: outcome, error_detail: 'amount', attempts: 1 });
  });

  it('tries a technical error a few times and then fails it', async () => {
    const transfer = await inFlight(bench);
    for (let attempt = 1; attempt <= bench.config.retryTechnicalMaxAttempts; attempt += 1) {
      await bench.receipts(receiptOf(transfer, { outcome: 'technical', attempt }));
      await bench.start.run(transfer.id, attempt);
    }
    expect(await row(bench, transfer)).toMatchObject({ status: 'failed', error_word: 'technical', attempts: 4 });
  });

  it('holds back the case of a failed transfer and no other', async () => {
    const [failing, other] = [newProjectNo(), newProjectNo()];
    for (const projectNo of [failing, other]) await acceptedWithSteps(bench, projectNo, 1);
    for (const projectNo of [failing, other]) {
      const underWay = (await bench.transfers(projectNo)).find((transfer) => transfer.status === 'in_flight');
      await bench.receipts(receiptOf(required(underWay), projectNo === failing ? { outcome: 'permanent' } : {}));
    }
    expect((await bench.transfers(failing)).map((transfer) => transfer.status)).toEqual(['delivered', 'failed', 'held']);
    expect((await bench.transfers(other)).map((transfer) => transfer.status)).toEqual(['delivered', 'delivered', 'in_flight']);
  });

  it('holds back what comes to a case after its last transfer failed', async () => {
    const transfer = await inFlight(bench);
    await bench.receipts(receiptOf(transfer, { outcome: 'permanent' }));
    await bench.events(eventOf('case.withdrawn', { subject: transfer.project_no, source: '/halls/410204' }));
    expect(await bench.transfers(transfer.project_no)).toMatchObject([
      { kind: 'open', status: 'failed' }, { kind: 'withdraw', status: 'held' }, { kind: 'result', status: 'in_flight' },
    ]);
  });

  it('lets a late or doubled failure change nothing', async () => {
    const transfer = await inFlight(bench);
    await bench.receipts(receiptOf(transfer, RETRYABLE));
    await bench.start.run(transfer.id, 1);
    await bench.receipts(receiptOf(transfer, { outcome: 'permanent', attempt: 1 }));
    expect(await row(bench, transfer)).toMatchObject({ status: 'in_flight', attempts: 2 });
    await bench.receipts(receiptOf(transfer, { attempt: 2 }));
    await bench.receipts(receiptOf(transfer, { outcome: 'permanent', attempt: 2 }));
    expect(await row(bench, transfer)).toMatchObject({ status: 'delivered', error_word: null });
    expect(await attemptsOf(bench, transfer.id)).toMatchObject([{ attempt: 1, outcome: 'retryable' }, { attempt: 2, outcome: 'delivered' }]);
  });

  it('believes a delivery whichever attempt reports it', async () => {
    const transfer = await inFlight(bench);
    await bench.receipts(receiptOf(transfer, RETRYABLE), receiptOf(transfer));
    expect(await row(bench, transfer)).toMatchObject({ status: 'delivered' });
    expect(await attemptsOf(bench, transfer.id)).toMatchObject([{ attempt: 1, outcome: 'delivered' }]);
  });

  it('tells of a delivery of what people had given up: it stays given up, and the case\'s history says once that it arrived', async () => {
    const transfer = await inFlight(bench);
    await bench.receipts(receiptOf(transfer, { outcome: 'permanent' }));
    await bench.db.updateTable('transfers').set({ status: 'discarded', discard_code: 'given-up' }).where('id', '=', transfer.id).execute();
    await bench.receipts(receiptOf(transfer), receiptOf(transfer));
    await bench.receipts(receiptOf(transfer));
    await bench.receipts(receiptOf(transfer, { outcome: 'technical' }));
    expect(await row(bench, transfer)).toMatchObject({ status: 'discarded', delivered_late_at: expect.any(Date) });
    // The centre has the work item, and what it says of the case from now on fits.
    expect(await bench.statusOf(transfer.project_no)).toBe('PENDING_ACCEPTANCE');
    expect((await bench.outcomes(transfer.project_no)).map(({ type }) => type)).toEqual(['case.received', 'case.delivery.acknowledged']);
    expect(await attemptsOf(bench, transfer.id)).toMatchObject([{ attempt: 1, outcome: 'delivered' }]);
    const actions = await bench.db.transaction().execute((trx) => caseActions(trx, transfer.project_no, 10));
    expect(actions.map(({ entry }) => JSON.parse(entry) as object)).toMatchObject([{ action: 'transfer.delivered-late', subject: transfer.id, facts: { attempt: 1 } }]);
    expect(await loadLateDeliveries(bench.db, new Date(Date.now() - 60_000))).toMatchObject([{ destination: 'centre', count: 1, transfer_ids: [transfer.id] }]);
    expect(await loadLateDeliveries(bench.db, new Date(Date.now() + 60_000))).toEqual([]);
  });

  it('makes a dead letter of what is no receipt and shrugs at a transfer it does not know', async () => {
    const transfer = await inFlight(bench);
    const settled = await bench.record.run([
      receiptMessage({ transferId: 'x' }), receiptMessage(receiptOf({ ...transfer, id: 'tr_unknown' })), receiptMessage(receiptOf(transfer)),
    ]);
    expect(settled).toEqual([{ kind: 'dead', code: 'contract-broken', reason: 'projectNo is missing' }, 'done', 'done']);
    expect(await row(bench, transfer)).toMatchObject({ status: 'delivered' });
  });
});

async function inFlight(bench: GatewayBench): Promise<TransferRow> {
  const projectNo = newProjectNo();
  await bench.events(eventOf('case.received', { subject: projectNo }));
  return required((await bench.transfers(projectNo))[0]);
}

async function acceptedWithSteps(bench: GatewayBench, projectNo: string, steps: number): Promise<void> {
  await bench.pendingCase(projectNo);
  await bench.events(
    eventOf('case.accepted', { subject: projectNo }),
    ...Array.from({ length: steps }, () => eventOf('case.step.recorded', { subject: projectNo })),
  );
}

async function row(bench: GatewayBench, transfer: TransferRow): Promise<TransferRow> {
  return required((await bench.transfers(transfer.project_no)).find(({ id }) => id === transfer.id));
}

function attemptsOf(bench: GatewayBench, id: string): Promise<{ attempt: number; outcome: string; latency_ms: number }[]> {
  return bench.db.selectFrom('attempts').select(['attempt', 'outcome', 'latency_ms']).where('transfer_id', '=', id).orderBy('attempt').execute();
}

function required<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('there is none');
  return value;
}
