import type { ConsumeMessage } from 'amqplib';
import type { QueueSpec } from '#contracts';
import type { QueueOptions } from '../bus-server.ts';
import { deadLetterOf } from '../dead-letter.ts';
import { openDelivery, readDelivery, type Delivery } from '../delivery.ts';
import { FailureCounts } from '../failure-counts.ts';
import type { Settlement } from '../message.ts';
import type { RawMessage } from '../message.ts';
import { isNotNow, settlementsOf } from '../settle.ts';
import type { KeyRing } from '#runtime';
import type { BatchHandle } from './bus-under-test.fixture.ts';

/** A message as a queue in memory holds it. */
export interface Stored {
  readonly message: RawMessage;
  readonly deliveryCount: number;
}

/** How long what is given back rests, and a handler that said "not now". */
const REST_MS = 5;
const rest = (): Promise<void> => new Promise((resolve) => { setTimeout(resolve, REST_MS); });

/** One queue in memory: what is given back goes to its front, what passes the delivery limit to the dead letters. */
export class MemoryQueue {
  readonly spec: QueueSpec;
  readonly stored: Stored[] = [];
  private readonly publish: (message: RawMessage) => void;
  private consumer: MemoryConsumer | null = null;

  constructor(spec: QueueSpec, publish: (message: RawMessage) => void) {
    this.spec = spec;
    this.publish = publish;
  }

  get full(): boolean {
    return this.stored.length >= this.spec.maxLength;
  }

  push(message: RawMessage): void {
    this.stored.push({ message, deliveryCount: 0 });
    this.consumer?.pump();
  }

  takeAway(): Stored | null {
    return this.stored.shift() ?? null;
  }

  /** In the order in which they came. */
  giveBack(items: readonly Stored[]): void {
    const counted = items.map((item) => ({ ...item, deliveryCount: item.deliveryCount + 1 }));
    const limit = this.spec.deliveryLimit ?? Infinity;
    for (const item of counted.filter(({ deliveryCount }) => deliveryCount > limit)) this.bury(item, 'RabbitMQ: delivery_limit', 'delivery-limit');
    this.stored.unshift(...counted.filter(({ deliveryCount }) => deliveryCount <= limit));
    this.consumer?.pump();
  }

  bury(item: Stored, reason: string, code: string): void {
    if (this.spec.deadLetterKey === null) return this.giveBack([item]);
    const stamp = { queue: this.spec.name, app: 'gateway', handler: 'in memory', reason, code };
    this.publish(deadLetterOf(deliveryOf(item), this.spec.deadLetterKey, stamp, new Date().toISOString()));
  }

  consume(handle: BatchHandle, options: Omit<QueueOptions, 'name'>, sealer: KeyRing): MemoryConsumer {
    this.consumer = new MemoryConsumer(this, handle, options, sealer);
    this.consumer.pump();
    return this.consumer;
  }
}

export function deliveryOf({ message, deliveryCount }: Stored): Delivery {
  const headers = { ...message.properties.headers as Record<string, unknown>, 'x-delivery-count': deliveryCount };
  const fields = { exchange: message.exchange, routingKey: message.routingKey, deliveryTag: 0, redelivered: deliveryCount > 0, consumerTag: '' };
  return readDelivery({ content: message.content, fields, properties: { ...message.properties, headers } } as unknown as ConsumeMessage);
}

/** Takes batches out of its queue as long as it has a free hand. */
export class MemoryConsumer {
  private readonly queue: MemoryQueue;
  private readonly handle: BatchHandle;
  private readonly sealer: KeyRing;
  private readonly batchSize: number;
  private readonly hands: number;
  private readonly failures = new FailureCounts(100);
  private readonly inHand = new Map<Promise<void>, Stored[]>();
  private paused = false;
  private closed = false;

  constructor(queue: MemoryQueue, handle: BatchHandle, { mode = 'batch', batchSize = 100, concurrency = 16 }: Omit<QueueOptions, 'name'>, sealer: KeyRing) {
    this.queue = queue;
    this.handle = handle;
    this.sealer = sealer;
    this.batchSize = mode === 'each' ? 1 : batchSize;
    this.hands = mode === 'each' ? concurrency : 1;
  }

  pump(): void {
    while (!this.paused && !this.closed && this.inHand.size < this.hands && this.queue.stored.length > 0) {
      const { stored } = this.queue;
      const alone = stored.findIndex(({ deliveryCount }) => deliveryCount >= 2);
      const batch = stored.splice(0, alone === 0 ? 1 : Math.min(this.batchSize, alone === -1 ? stored.length : alone));
      const work: Promise<void> = this.work(batch, () => this.inHand.has(work)).finally(() => {
        this.inHand.delete(work);
        this.pump();
      });
      this.inHand.set(work, batch);
    }
  }

  setPaused(paused: boolean): void {
    this.paused = paused;
    this.pump();
  }

  /** Waits for what is in hand, at most so long; the rest goes back and its answer will count for nothing. */
  async close(timeoutMs: number): Promise<void> {
    this.closed = true;
    const patience = Promise.withResolvers<void>();
    const timer = setTimeout(patience.resolve, timeoutMs);
    await Promise.race([Promise.all(this.inHand.keys()), patience.promise]);
    clearTimeout(timer);
    const left = [...this.inHand.values()].flat();
    this.inHand.clear();
    this.queue.giveBack(left);
  }

  private async work(batch: Stored[], held: () => boolean): Promise<void> {
    // A broker hands nothing over while the publish is still going on.
    await rest();
    const opened = batch.map((item) => openDelivery(deliveryOf(item), { queue: this.queue.spec.name, sealer: this.sealer, keepRaw: false, failures: this.failures }));
    const readable = batch.filter((_item, index) => 'message' in (opened[index] ?? {}));
    const settlements = await this.ask(opened.flatMap((item) => ('message' in item ? [item.message] : [])));
    if (!held()) return;
    opened.forEach((item, index) => { if ('unreadable' in item && batch[index]) this.queue.bury(batch[index], item.unreadable, 'unreadable'); });
    readable.forEach((item, index) => {
      const settlement = settlements[index];
      if (typeof settlement === 'object' && settlement.kind === 'dead') this.queue.bury(item, settlement.reason, settlement.code ?? 'refused-by-handler');
    });
    this.queue.giveBack(readable.filter((_item, index) => (settlements[index] as { kind?: string }).kind === 'again'));
  }

  private async ask(messages: Parameters<BatchHandle>[0]): Promise<readonly Settlement[]> {
    while (messages.length > 0) {
      try {
        const answer = await this.handle(messages);
        if (!isNotNow(answer)) return settlementsOf(answer, messages.length);
      } catch (error) {
        return messages.map(() => ({ kind: 'again', reason: (error as Error).message }));
      }
      await rest();
    }
    return [];
  }
}
