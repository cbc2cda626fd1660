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
const MAX_REMEMBERED = 5_000;
/** For how long an older attempt than the newest is taken for a left copy. A ledger that was restored from a backup counts lower again, and is heard after this. */
const OUTDATED_MS = 600_000;

/** Delivers transfer orders and hands in a receipt for each before it is settled. */
export class DeliverOrders {
  readonly #delivery: Delivery;
  readonly #publisher: BusPublisher;
  readonly #metrics: EdgeMetrics;
  readonly #logger: Logger;
  readonly #inHand = new Map<string, Promise<Settlement>>();
  readonly #delivered = new Map<string, DeliveryReceipt>();
  /** The newest attempt begun here, by transfer; `begunAt` on `performance.now`'s clock. */
  readonly #newest = new Map<string, { readonly attempt: number; readonly begunAt: number }>();
  #receiptsTaken = true;

  constructor(deps: { delivery: Delivery; publisher: BusPublisher; metrics: EdgeMetrics; logger: Logger }) {
    this.#delivery = deps.delivery;
    this.#publisher = deps.publisher;
    this.#metrics = deps.metrics;
    this.#logger = deps.logger;
  }

  /** All of them at once: the gateway never has two of one case and destination under way, and the endpoint's circuit bounds how many really run. */
  run(batch: readonly IncomingMessage[]): Promise<Settlement[]> {
    return Promise.all(batch.map((message) => this.#settle(message)));
  }

  /** After a lost connection the broker hands out anew what is still in hand here: both copies wait for the one attempt. */
  async #settle(message: IncomingMessage): Promise<Settlement> {
    const order = message.body;
    if (!isTransferOrder(order)) return { kind: 'dead', reason: 'not a transfer order', code: 'order-unreadable' };
    const key = keyOf(order);
    const settlement = this.#inHand.get(key) ?? this.#deliver(order, message).finally(() => this.#inHand.delete(key));
    this.#inHand.set(key, settlement);
    return settlement;
  }

  async #deliver(order: TransferOrder, message: IncomingMessage): Promise<Settlement> {
    const traceparent = message.headers['traceparent'];
    // Its copy came after it was settled: the receiver has it, and only the gateway may not know.
    const known = this.#delivered.get(keyOf(order));
    if (known !== undefined) return this.#handIn(known, traceparent);
    if (this.#isOutdated(order)) return 'done';
    const receipt = await this.#delivery.deliver(order, { traceparent, maybeSent: maybeSent(order, message) });
    if (receipt === null) return { kind: 'again', reason: 'the endpoint is down, or the adapter stops' };
    this.#record(receipt, traceparent);
    return this.#handIn(receipt, traceparent);
  }

  /**
   * Whether a newer attempt of the transfer has begun: then this order is a copy that was left in the queue, and the gateway waits for the
   * newer one, which may carry a mended payload. Other instances do not know of it: there the receiver tells them apart by the Idempotency-Key.
   */
  #isOutdated({ transferId, attempt }: TransferOrder): boolean {
    const newest = this.#newest.get(transferId);
    const now = performance.now();
    if (newest !== undefined && attempt < newest.attempt && now - newest.begunAt < OUTDATED_MS) return true;
    this.#newest.delete(transferId);
    this.#newest.set(transferId, { attempt, begunAt: now });
    forgetOldest(this.#newest);
    return false;
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
        this.#tell(true);
        return 'done';
      } catch (error) {
        this.#tell(false, error);
        if (pause !== null) await wait(pause);
      }
    }
    return { kind: 'again', reason: 'the receipt could not be published' };
  }

  /** One line when receipts cannot be handed in any more and one when they can, however many are tried in between. */
  #tell(taken: boolean, error?: unknown): void {
    if (taken === this.#receiptsTaken) return;
    this.#receiptsTaken = taken;
    if (taken) this.#logger.info('receipts are handed in again');
    else this.#logger.warn({ error: String(error) }, 'receipts cannot be handed in; their orders are given back');
  }

  #record(receipt: DeliveryReceipt, traceparent: string | undefined): void {
    const { transferId, projectNo, attempt, outcome, errorCode, latencyMs } = receipt;
    this.#metrics.attempts.inc({ destination: receipt.destination, outcome });
    this.#metrics.attemptSeconds.observe({ destination: receipt.destination }, latencyMs / 1000);
    if (outcome === 'delivered') this.#remember(receipt);
    // The receipt tells it, and the ledger keeps it: a line for each would drown what the operators must read.
    else this.#logger.debug({ transferId, projectNo, attempt, outcome, errorCode, latencyMs, traceparent }, 'delivery attempt failed');
  }

  #remember(receipt: DeliveryReceipt): void {
    this.#delivered.set(keyOf(receipt), receipt);
    forgetOldest(this.#delivered);
  }
}

/** Keeps a memory within its bound; one entry has been added. */
function forgetOldest(memory: Map<string, unknown>): void {
  if (memory.size <= MAX_REMEMBERED) return;
  const [oldest] = memory.keys();
  if (oldest !== undefined) memory.delete(oldest);
}

const keyOf = ({ transferId, attempt }: { transferId: string; attempt: number }): string => `${transferId}.${attempt}`;

/** Whether anything says that this transfer may have reached its endpoint before. The gateway marks what it orders anew with `x-resend`. */
function maybeSent(order: TransferOrder, { deliveryCount, headers }: IncomingMessage): boolean {
  return order.attempt > 1 || deliveryCount > 0 || headers['x-resend'] === '1';
}

function isTransferOrder(value: unknown): value is TransferOrder {
  return isRecord(value)
    && typeof value['transferId'] === 'string' && /^[\w.:-]{1,100}$/.test(value['transferId'])
    && typeof value['projectNo'] === 'string'
    && typeof value['destination'] === 'string' && DESTINATION.test(value['destination'])
    && Number.isInteger(value['attempt'])
    && isRecord(value['payload']);
}
