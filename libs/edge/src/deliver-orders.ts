import { setTimeout as wait } from 'node:timers/promises';
import type { BusPublisher, IncomingMessage, Settlement } from '#bus';
import { EXCHANGES, REPORT_ROUTES, type DeliveryReceipt, type TransferOrder } from '#contracts';
import type { Logger } from '#runtime';
import type { Delivery } from './delivery.ts';
import type { EdgeMetrics } from './edge-metrics.ts';
import { isRecord } from './signing-keys.ts';

/** Waits between tries to hand in a receipt: a second HTTP attempt costs the receiver more than a short wait costs us. */
const RECEIPT_RETRY_MS = [100, 400, 1_500];
const DESTINATION = /^(centre|hall:\d{6,12})$/;

/** Delivers a batch of transfer orders and hands in a receipt for each before it is settled. */
export class DeliverOrders {
  readonly #delivery: Delivery;
  readonly #publisher: BusPublisher;
  readonly #metrics: EdgeMetrics;
  readonly #logger: Logger;

  constructor(deps: { delivery: Delivery; publisher: BusPublisher; metrics: EdgeMetrics; logger: Logger }) {
    this.#delivery = deps.delivery;
    this.#publisher = deps.publisher;
    this.#metrics = deps.metrics;
    this.#logger = deps.logger;
  }

  /**
   * All orders of a batch at once: the gateway never has two of one case and destination under way, so their order does not matter,
   * and the endpoint's connections bound how many really run.
   */
  run(batch: readonly IncomingMessage[]): Promise<Settlement[]> {
    return Promise.all(batch.map((message) => this.#deliver(message)));
  }

  async #deliver(message: IncomingMessage): Promise<Settlement> {
    const order = message.body;
    if (!isTransferOrder(order)) return { kind: 'dead', reason: 'not a transfer order', code: 'order-unreadable' };
    const traceparent = message.headers['traceparent'];
    const receipt = await this.#delivery.attempt(order, traceparent);
    this.#record(receipt, traceparent);
    return this.#handIn(receipt, traceparent);
  }

  /** Without a receipt on the broker the order is not done: it comes again, and the receiver knows it by its Idempotency-Key. */
  async #handIn(receipt: DeliveryReceipt, traceparent: string | undefined): Promise<Settlement> {
    for (const pause of [...RECEIPT_RETRY_MS, null]) {
      try {
        await this.#publisher.publish({
          exchange: EXCHANGES.reports,
          routingKey: REPORT_ROUTES.receipt,
          messageId: `${receipt.transferId}.${receipt.attempt}`,
          type: 'delivery.receipt',
          body: receipt,
          headers: { 'x-project-no': receipt.projectNo, ...(traceparent === undefined ? {} : { traceparent }) },
        });
        return 'done';
      } catch (error) {
        this.#logger.warn({ transferId: receipt.transferId, error: String(error) }, 'the receipt could not be handed in');
        if (pause !== null) await wait(pause);
      }
    }
    return { kind: 'again', reason: 'the receipt could not be published' };
  }

  #record(receipt: DeliveryReceipt, traceparent: string | undefined): void {
    const { transferId, projectNo, attempt, outcome, errorCode, latencyMs } = receipt;
    this.#metrics.attempts.inc({ destination: receipt.destination, outcome });
    this.#metrics.attemptSeconds.observe({ destination: receipt.destination }, latencyMs / 1000);
    if (outcome !== 'delivered') {
      this.#logger.warn({ transferId, projectNo, attempt, outcome, errorCode, latencyMs, traceparent }, 'delivery attempt failed');
    }
  }
}

function isTransferOrder(value: unknown): value is TransferOrder {
  return isRecord(value)
    && typeof value['transferId'] === 'string' && /^[\w.:-]{1,100}$/.test(value['transferId'])
    && typeof value['projectNo'] === 'string'
    && typeof value['destination'] === 'string' && DESTINATION.test(value['destination'])
    && Number.isInteger(value['attempt'])
    && isRecord(value['payload']);
}
