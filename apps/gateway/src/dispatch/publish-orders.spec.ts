import { setImmediate as turn } from 'node:timers/promises';
import type { BusPublisher, OutgoingMessage } from '#bus';
import { createLogger } from '#runtime';
import { describe, expect, it } from '@jest/globals';
import type { Kysely } from 'kysely';
import type { LedgerTables } from '../ledger/tables.ts';
import { PublishOrders } from './publish-orders.ts';
import type { OrderedTransfer } from './transfer-order.ts';

/** A broker that confirms when it is told to. */
class SlowBroker {
  readonly ready = true;
  private readonly waiting: (() => void)[] = [];

  publishAll(messages: readonly OutgoingMessage[]): Promise<PromiseSettledResult<void>[]> {
    return new Promise((resolve) => { this.waiting.push(() => { resolve(messages.map(() => ({ status: 'fulfilled', value: undefined }))); }); });
  }

  confirm(): void {
    this.waiting.shift()?.();
  }
}

const ORDERED = { order: { transferId: 'tr_1', projectNo: 'P-1', destination: 'centre', kind: 'open', attempt: 1, payload: {} } } as unknown as OrderedTransfer;

describe('the orders of a batch', () => {
  it('keep no batch waiting for the broker, but the next but one: no more than two batches\' orders are ever under way', async () => {
    const broker = new SlowBroker();
    const orders = new PublishOrders(broker as unknown as BusPublisher, {} as Kysely<LedgerTables>, createLogger('gateway', { level: 'silent' }));
    await orders.begin([ORDERED]);
    let goesOn = false;
    const second = orders.begin([ORDERED]).then(() => { goesOn = true; });
    await turn();
    expect(goesOn).toBe(false);
    broker.confirm();
    await second;
    broker.confirm();
    await orders.finish();
  });
});
