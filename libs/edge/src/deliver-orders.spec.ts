import { describe, expect, it } from '@jest/globals';
import type { BusPublisher, IncomingMessage } from '#bus';
import type { DeliveryReceipt, TransferOrder } from '#contracts';
import { createLogger } from '#runtime';
import { DeliverOrders } from './deliver-orders.ts';
import type { Delivery } from './delivery.ts';
import type { EdgeMetrics } from './edge-metrics.ts';

function messageOf(attempt: number, amount: string): IncomingMessage {
  const body = { transferId: 'tr_1', projectNo: 'P-1', destination: 'centre', kind: 'open', attempt, payload: { amount } };
  return { queue: 'q', messageId: `tr_1.${attempt}`, type: 'transfer.open', body, headers: {}, deliveryCount: 0, failures: 0 };
}

function open(outcome: DeliveryReceipt['outcome']): { orders: DeliverOrders; sent: unknown[]; receipts: DeliveryReceipt[] } {
  const sent: unknown[] = [];
  const receipts: DeliveryReceipt[] = [];
  const deliver = ({ transferId, projectNo, destination, attempt, payload }: TransferOrder): Promise<DeliveryReceipt> => {
    sent.push(payload);
    return Promise.resolve({
      transferId, projectNo, destination, attempt, startedAt: '', finishedAt: '', latencyMs: 1, outcome, httpStatus: 200, errorCode: null, errorDetail: null, retryAfterMs: null, responseDigest: null,
    });
  };
  const silent = { inc: () => undefined, observe: () => undefined };
  const orders = new DeliverOrders({
    delivery: { deliver } as unknown as Delivery, metrics: { attempts: silent, attemptSeconds: silent } as unknown as EdgeMetrics, logger: createLogger('centre-adapter', { level: 'silent' }),
    publisher: { publish: ({ body }: { body: DeliveryReceipt }) => { receipts.push(body); return Promise.resolve(); } } as unknown as BusPublisher,
  });
  return { orders, sent, receipts };
}

describe('a copy of an order that was left in the queue', () => {
  it('is not sent once a newer attempt, with another payload, has begun', async () => {
    const { orders, sent, receipts } = open('permanent');
    expect(await orders.run([messageOf(1, '1.00')])).toEqual(['done']);
    expect(await orders.run([messageOf(2, '2.00')])).toEqual(['done']);
    expect(await orders.run([messageOf(1, '1.00')])).toEqual(['done']);
    expect(sent).toEqual([{ amount: '1.00' }, { amount: '2.00' }]);
    expect(receipts.map(({ attempt }) => attempt)).toEqual([1, 2]);
  });

  it('of the newest attempt is sent again when it failed, for nobody knows what became of the first', async () => {
    const { orders, sent } = open('retryable');
    await orders.run([messageOf(2, '2.00')]);
    await orders.run([messageOf(2, '2.00')]);
    expect(sent).toHaveLength(2);
  });

  it('of a delivered attempt only tells the gateway once more', async () => {
    const { orders, sent, receipts } = open('delivered');
    await orders.run([messageOf(1, '1.00')]);
    await orders.run([messageOf(1, '1.00')]);
    expect([sent.length, receipts.length]).toEqual([1, 2]);
  });
});
