import type { Channel, ChannelModel } from 'amqplib';
import type { QueueSpec } from '#contracts';
import type { KeyRing, Logger } from '#runtime';
import { askHandler, type Answer, type Handle } from './ask-handler.ts';
import { BatchLoop } from './batch-loop.ts';
import { countBatch, countSettled } from './bus-metrics.ts';
import { deadLetterOf } from './dead-letter.ts';
import { nextBatchLength, openDelivery, readDelivery, type Delivery } from './delivery.ts';
import { FailureCounts } from './failure-counts.ts';
import type { IncomingMessage, Settlement } from './message.ts';
import { pause } from './pause.ts';
import type { BusPublisher } from './publisher.ts';
import { actionFor, againAfterMs, type SettleAction } from './settle.ts';

export interface QueueConsumerOptions {
  readonly spec: QueueSpec;
  readonly batchSize: number;
  readonly lingerMs: number;
  readonly prefetch: number;
  readonly app: string;
  /** For the stamp of a dead letter. */
  readonly handlerName: string;
  readonly handle: Handle;
  readonly sealer: KeyRing;
  readonly publisher: BusPublisher;
  readonly logger: Logger;
  /** Called when the consumer was lost although its connection may still stand. */
  readonly onLost: (reason: string) => void;
}

const MAX_FAILURES_REMEMBERED = 10_000;

/** A delivery and the channel it must be settled on: after a reconnect the old channel is dead, and its messages come again. */
interface Held {
  readonly delivery: Delivery;
  readonly channel: Channel;
}

/** A batch in which no body could be opened. */
const NOBODY_ASKED: Answer = { settlements: [], rested: false };

/** Consumes one queue: gathers batches, hands them to the handler, and carries out what it says about each message. */
export class QueueConsumer {
  private readonly options: QueueConsumerOptions;
  private readonly loop: BatchLoop<Held>;
  private readonly stopping = new AbortController();
  private readonly failures = new FailureCounts(MAX_FAILURES_REMEMBERED);
  private channel: Channel | null = null;
  private consumerTag: string | null = null;
  /** Messages given back later, still unsettled: while there are any, "all up to here" must not be acknowledged. */
  private givingBack = 0;

  constructor(options: QueueConsumerOptions) {
    this.options = options;
    this.loop = new BatchLoop({
      batchSize: options.batchSize,
      lingerMs: options.lingerMs,
      lengthOf: (waiting, maximum) => nextBatchLength(waiting.map((held) => held.delivery.deliveryCount), maximum),
      work: (batch) => this.work(batch),
    });
  }

  get attached(): boolean {
    return this.channel !== null && this.consumerTag !== null;
  }

  /** Starts to consume on a fresh connection. */
  async attach(model: ChannelModel): Promise<void> {
    const { spec, prefetch, logger } = this.options;
    const channel = await model.createChannel();
    this.channel = channel;
    this.loop.clear();
    this.givingBack = 0;
    channel.on('error', (error: Error) => logger.error({ queue: spec.name, reason: error.message }, 'consuming channel failed'));
    channel.on('close', () => this.lose(channel, 'channel closed'));
    await channel.prefetch(prefetch);
    const { consumerTag } = await channel.consume(spec.name, (raw) => {
      if (raw) this.loop.push({ delivery: readDelivery(raw), channel });
      else this.lose(channel, 'consumer cancelled by the broker');
    });
    this.consumerTag = consumerTag;
  }

  /** Takes no new messages and waits for the batch in hand; what only waited goes back to the queue with the channel. */
  async stop(): Promise<void> {
    const { channel, consumerTag } = this;
    this.stopping.abort();
    this.consumerTag = null;
    const finished = this.loop.stop();
    if (channel && consumerTag !== null) await channel.cancel(consumerTag).catch(() => undefined);
    await finished;
    this.channel = null;
    await channel?.close().catch(() => undefined);
  }

  private lose(channel: Channel, reason: string): void {
    if (this.channel !== channel) return;
    this.channel = null;
    this.consumerTag = null;
    this.loop.clear();
    if (!this.stopping.signal.aborted) this.options.onLost(`${this.options.spec.name}: ${reason}`);
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
    await this.settleAll(batch, settlements, answer.rested).catch((error: unknown) => {
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

  private async settleAll(batch: readonly Held[], settlements: readonly Settlement[], rested: boolean): Promise<void> {
    const last = batch.at(-1);
    if (last && this.givingBack === 0 && settlements.every((settlement) => settlement === 'done')) {
      // Deliveries arrive in order and one batch is in hand at a time: everything up to the last one is settled.
      if (last.channel === this.channel) last.channel.ack(last.delivery.raw, true);
      countSettled(this.options.spec.name, 'ack', batch.length);
      return;
    }
    await Promise.all(batch.map((held, index) => {
      const situation = { deliveryCount: held.delivery.deliveryCount, deadLetterKey: this.options.spec.deadLetterKey, rested };
      return this.carryOut(held, actionFor(settlements[index] ?? { kind: 'again', reason: 'no answer' }, situation));
    }));
  }

  private async carryOut(held: Held, action: SettleAction): Promise<void> {
    countSettled(this.options.spec.name, action.kind);
    if (action.kind === 'ack') this.onChannel(held, (channel) => channel.ack(held.delivery.raw));
    else if (action.kind === 'requeue') this.giveBack(held, action.afterMs);
    else await this.bury(held, action);
  }

  private giveBack(held: Held, afterMs: number): void {
    if (afterMs === 0) {
      this.onChannel(held, (channel) => channel.nack(held.delivery.raw, false, true));
      return;
    }
    this.givingBack++;
    void pause(afterMs, this.stopping.signal).then(() => this.onChannel(held, (channel) => {
      this.givingBack--;
      channel.nack(held.delivery.raw, false, true);
    }));
  }

  /** Acknowledged only once the dead letter is confirmed; until then the message stays where it is. */
  private async bury(held: Held, action: SettleAction & { kind: 'dead-letter' }): Promise<void> {
    const { spec, app, handlerName, publisher, logger } = this.options;
    const { reason, code } = action;
    const letter = deadLetterOf(held.delivery, action.key, { queue: spec.name, app, handler: handlerName, reason, code }, new Date().toISOString());
    const messageId = String(held.delivery.raw.properties.messageId);
    try {
      await publisher.publishRaw(letter);
    } catch (error) {
      logger.error({ queue: spec.name, messageId, code, reason: (error as Error).message }, 'dead letter could not be published; message given back');
      this.giveBack(held, againAfterMs(held.delivery.deliveryCount));
      return;
    }
    logger.warn({ queue: spec.name, messageId, code }, 'message became a dead letter');
    this.onChannel(held, (channel) => channel.ack(held.delivery.raw));
  }

  /** Settles on the channel the message came over, if that is still the one in use. */
  private onChannel(held: Held, action: (channel: Channel) => void): void {
    if (held.channel === this.channel) action(held.channel);
  }
}
