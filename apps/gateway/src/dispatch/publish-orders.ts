import { BusPublisher } from '#bus';
import type { Logger } from '#runtime';
import { Inject, Injectable } from '@nestjs/common';
import { Kysely } from 'kysely';
import { unpublishedTotal } from '../gateway.metrics.ts';
import { reasonOf } from '../ledger/ledger-error.ts';
import type { LedgerTables } from '../ledger/tables.ts';
import { markUnpublished } from '../ledger/transfer-rows.ts';
import { LOGGER } from '../logger.token.ts';
import { orderMessage } from './transfer-order.ts';
import type { OrderedTransfer } from './transfer-order.ts';

/**
 * Publishes orders that are committed in the ledger. It never throws: from the commit on the ledger holds the order, not the message
 * that caused it, so that message may be acknowledged even when the broker does not take the order. Such an order is marked and the
 * next sweep publishes it; should marking fail too, or the process die here, the watchdog misses the receipt in time and does the same.
 */
@Injectable()
export class PublishOrders {
  private readonly publisher: BusPublisher;
  private readonly db: Kysely<LedgerTables>;
  private readonly logger: Logger;
  private underWay: Promise<void> = Promise.resolve();

  constructor(publisher: BusPublisher, db: Kysely<LedgerTables>, @Inject(LOGGER) logger: Logger) {
    this.publisher = publisher;
    this.db = db;
    this.logger = logger;
  }

  /** Whether publishing would be tried now. */
  get ready(): boolean {
    return this.publisher.ready;
  }

  /**
   * As {@link run}, but resolves as soon as the broker has answered for what was begun before: a batch need not wait for its orders, which the
   * ledger holds already, and yet no more than two batches' orders wait here.
   */
  async begin(orders: readonly OrderedTransfer[]): Promise<void> {
    if (orders.length === 0) return;
    const before = this.underWay;
    // Resolves to nothing: what holds the answers of the batch before would hold those of all batches there ever were.
    this.underWay = Promise.all([before, this.run(orders)]).then(() => undefined);
    await before;
  }

  /** Resolves when the broker has answered for all that was begun, and what it did not take is marked. */
  async finish(): Promise<void> {
    await this.underWay;
  }

  /** All in flight at once; resolves when the broker has answered for every one, with how many it took. */
  async run(orders: readonly OrderedTransfer[]): Promise<number> {
    if (orders.length === 0) return 0;
    const answers = await this.publisher.publishAll(orders.map(orderMessage));
    const refused = answers.flatMap((answer, index) => (answer.status === 'rejected' ? [{ ordered: orders[index], reason: answer.reason as unknown }] : []));
    if (refused.length > 0) await this.noteUnpublished(refused.flatMap(({ ordered }) => ordered ?? []), refused[0]?.reason);
    return orders.length - refused.length;
  }

  private async noteUnpublished(orders: readonly OrderedTransfer[], reason: unknown): Promise<void> {
    for (const { order } of orders) unpublishedTotal.inc({ destination: order.destination });
    this.logger.warn({ event: 'orders-unpublished', count: orders.length, projectNo: orders[0]?.order.projectNo, reason: reasonOf(reason) }, 'orders wait for the sweep');
    try {
      await markUnpublished(this.db, orders.map(({ order, unpublishedSince = null }) => ({ id: order.transferId, since: unpublishedSince })));
    } catch (error) {
      this.logger.warn({ event: 'unpublished-not-marked', reason: reasonOf(error) }, 'the watchdog will find them when their receipts are overdue');
    }
  }
}
