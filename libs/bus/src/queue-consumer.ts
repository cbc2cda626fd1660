import { setTimeout as sleep } from 'node:timers/promises';
import type { Channel, ConsumeMessage } from 'amqplib';
import type { QueueSpec } from '#contracts';
import type { KeyRing, Logger } from '#runtime';
import { askHandler, type Answer, type Handle } from './ask-handler.ts';
import { BatchLoop } from './batch-loop.ts';
import { partsOf } from './bundle.ts';
import { countBatch } from './bus-metrics.ts';
import { nextBatchLength, openDelivery, readDelivery } from './delivery.ts';
import { FailureCounts } from './failure-counts.ts';
import type { IncomingMessage, Settlement } from './message.ts';
import type { BusPublisher } from './publisher.ts';
import { SharedAnswer } from './shared-answer.ts';
import { SettleBatch, type Held } from './settle-batch.ts';
import { within } from './within.ts';

export interface QueueConsumerOptions {
  readonly spec: QueueSpec;
  readonly batchSize: number;
  readonly lingerMs: number;
  /** How many batches may be in hand at once; more than one gives up the order. */
  readonly concurrency: number;
  readonly prefetch: number;
  readonly app: string;
  /** For the stamp of a dead letter. */
  readonly handlerName: string;
  readonly handle: Handle;
  readonly sealer: KeyRing;
  readonly publisher: BusPublisher;
  readonly logger: Logger;
  /** {@link WISH_TIMEOUT_MS} unless told otherwise. */
  readonly wishTimeoutMs?: number | undefined;
  /** Called when the consumer was lost although its connection may still stand. */
  readonly onLost: (reason: string) => void;
  /** Called when the broker does not begin or stop to hand the queue's messages over: {@link QueueConsumer.attach} it again once it answers. */
  readonly onSilent: (reason: string) => void;
}

const FAREWELL_MS = 500;
/** How long the broker may take to begin or to stop handing messages over. One that takes longer has no leader for the queue, or has lost the question. */
const WISH_TIMEOUT_MS = 5_000;
const MAX_FAILURES_REMEMBERED = 10_000;

/** A batch in which no body could be opened. */
const NOBODY_ASKED: Answer = { settlements: [], rested: false };

/** Consumes one queue: gathers batches, hands them to the handler, and has what it says about each message carried out. */
export class QueueConsumer {
  private readonly options: QueueConsumerOptions;
  private readonly loop: BatchLoop<Held>;
  private readonly settle: SettleBatch;
  private readonly stopping = new AbortController();
  private readonly failures = new FailureCounts(MAX_FAILURES_REMEMBERED);
  private channel: Channel | null = null;
  private consumerTag: string | null = null;
  private paused = false;
  /** What waited when the pause began. It goes back once the broker has stopped, or else the broker would hand it over anew. */
  private returning: Held[] = [];
  /** Pausing and resuming one after the other, so that the last word counts. */
  private following: Promise<void> = Promise.resolve();

  constructor(options: QueueConsumerOptions) {
    this.options = options;
    const { spec, app, handlerName, publisher, logger, batchSize, lingerMs, concurrency } = options;
    this.settle = new SettleBatch({
      spec, app, handlerName, publisher, logger, channel: () => this.channel, stopping: this.stopping.signal,
    });
    this.loop = new BatchLoop({
      batchSize, lingerMs, concurrency,
      lengthOf: (waiting, maximum) => nextBatchLength(waiting.map((held) => held.delivery.deliveryCount), maximum),
      work: (batch) => this.work(batch),
    });
  }

  get name(): string {
    return this.options.spec.name;
  }

  /** Whether the broker hands its messages over, or would if the queue were not paused. */
  get attached(): boolean {
    return this.channel !== null && (this.paused || this.consumerTag !== null);
  }

  /** Whether the broker should know a consumer of this process. */
  get consuming(): boolean {
    return this.consumerTag !== null && !this.paused;
  }

  /** Starts to consume on this fresh channel, unless the queue is paused. Where the broker does not begin to, the channel is left. */
  async attach(channel: Channel): Promise<void> {
    this.leave();
    this.channel = channel;
    channel.on('error', (error: Error) => this.options.logger.error({ queue: this.name, reason: error.message }, 'consuming channel failed'));
    channel.on('close', () => this.lose(channel, 'channel closed'));
    await channel.prefetch(this.options.prefetch);
    await this.followWishesAtAnyRate();
  }

  /**
   * Takes no more messages until {@link resume}: gives back at once what only waits in this process, and finishes what is in hand.
   * The queue stays paused over reconnects. Resolves when the broker has stopped handing messages over.
   */
  pause(): Promise<void> {
    this.paused = true;
    this.returning.push(...this.loop.clear());
    return this.followWishesAtAnyRate();
  }

  resume(): Promise<void> {
    this.paused = false;
    return this.followWishesAtAnyRate();
  }

  /** Takes no new messages and waits for what is in hand; what only waited goes back to the queue with the channel. */
  async stop(): Promise<void> {
    this.stopping.abort();
    const finished = this.loop.stop();
    await withinFarewell(this.followWishes());
    await finished;
    const { channel } = this;
    this.channel = null;
    if (channel) await withinFarewell(channel.close());
  }

  private followWishes(): Promise<void> {
    const step = this.following.then(() => this.consumeOrCancel());
    this.following = step.catch(() => undefined);
    return step;
  }

  /** A wish that is not followed now is when the queue answers again. */
  private followWishesAtAnyRate(): Promise<void> {
    const { channel } = this;
    return this.followWishes().catch((error: unknown) => {
      if (this.channel === channel) this.leave();
      if (channel && !this.stopping.signal.aborted) this.options.onSilent((error as Error).message);
    });
  }

  private async consumeOrCancel(): Promise<void> {
    const { channel, consumerTag } = this;
    if (!channel) return;
    const wanted = !this.paused && !this.stopping.signal.aborted;
    if (wanted !== (consumerTag !== null)) {
      const tag = consumerTag === null ? await this.consume(channel) : await this.cancel(channel, consumerTag);
      if (this.channel === channel) this.consumerTag = tag;
    }
    for (const held of this.returning.splice(0)) this.settle.handBack(held);
  }

  private async consume(channel: Channel): Promise<string> {
    const { wishTimeoutMs = WISH_TIMEOUT_MS } = this.options;
    const started = channel.consume(this.name, (raw) => this.take(raw, channel));
    return (await within(wishTimeoutMs, started, 'the broker does not begin to hand messages over')).consumerTag;
  }

  private async cancel(channel: Channel, consumerTag: string): Promise<null> {
    const { wishTimeoutMs = WISH_TIMEOUT_MS } = this.options;
    await within(wishTimeoutMs, channel.cancel(consumerTag), 'the broker does not stop handing messages over');
    return null;
  }

  private take(raw: ConsumeMessage | null, channel: Channel): void {
    if (!raw) return this.lose(channel, 'consumer cancelled by the broker');
    const parts = partsOf(raw);
    const shared = new SharedAnswer(parts.length);
    for (const part of parts) {
      const held = { delivery: readDelivery(part), channel, shared };
      // Sent before the broker had heard of the pause.
      if (this.paused) this.returning.push(held);
      else this.loop.push(held);
    }
  }

  /** What waited here comes again from the broker; a channel that hangs is closed when it no longer does. */
  private leave(): void {
    this.channel?.close().catch(() => undefined);
    this.channel = null;
    this.consumerTag = null;
    this.loop.clear();
    this.returning = [];
  }

  private lose(channel: Channel, reason: string): void {
    if (this.channel !== channel) return;
    this.leave();
    if (!this.stopping.signal.aborted) this.options.onLost(`${this.name}: ${reason}`);
  }

  private async work(batch: readonly Held[]): Promise<void> {
    const { spec, sealer, logger } = this.options;
    const opened = batch.map(({ delivery }) => openDelivery(delivery, { queue: spec.name, sealer, keepRaw: spec.deadLetterKey === null, failures: this.failures }));
    const messages = opened.flatMap((item) => ('message' in item ? [item.message] : []));
    countBatch(spec.name, batch.length);
    const answer = messages.length > 0 ? await this.ask(messages) : NOBODY_ASKED;
    if (!answer) return;
    let next = 0;
    const settlements = opened.map((item): Settlement =>
      'message' in item ? answer.settlements[next++] ?? { kind: 'again', reason: 'no answer' } : { kind: 'dead', reason: item.unreadable, code: 'unreadable' });
    this.countFailures(batch, settlements);
    await this.settle.run(batch, settlements, answer.rested).catch((error: unknown) => {
      logger.warn({ queue: spec.name, reason: (error as Error).message }, 'batch could not be settled; the broker hands it out again');
    });
  }

  private ask(messages: IncomingMessage[]): Promise<Answer | null> {
    const { spec, handle, logger } = this.options;
    return askHandler({ queue: spec.name, handle, logger, stopping: this.stopping.signal }, messages);
  }

  private countFailures(batch: readonly Held[], settlements: readonly Settlement[]): void {
    batch.forEach(({ delivery }, index) => {
      const messageId = String(delivery.raw.properties.messageId);
      const settlement = settlements[index];
      if (typeof settlement === 'object' && settlement.kind === 'again') this.failures.add(messageId);
      else this.failures.forget(messageId);
    });
  }
}

/** A broker that hangs answers no farewell; the end of the connection tells it as much. */
async function withinFarewell(farewell: Promise<unknown>): Promise<void> {
  await Promise.race([farewell.catch(() => undefined), sleep(FAREWELL_MS, undefined, { ref: false })]);
}
