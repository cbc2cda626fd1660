import type { Channel } from 'amqplib';
import type { QueueSpec } from '#contracts';
import type { Logger } from '#runtime';
import { Acknowledgements } from './acknowledgements.ts';
import { countSettled } from './bus-metrics.ts';
import { deadLetterOf } from './dead-letter.ts';
import type { Delivery } from './delivery.ts';
import type { Settlement } from './message.ts';
import { pause } from './pause.ts';
import type { BusPublisher } from './publisher.ts';
import type { Answered, SharedAnswer } from './shared-answer.ts';
import { actionFor, againAfterMs, type SettleAction } from './settle.ts';

/**
 * A delivery and the channel it must be settled on: after a reconnect the old channel is dead, and its messages come again. The parts of a
 * bundle share what the broker is answered.
 */
export interface Held {
  readonly delivery: Delivery;
  readonly channel: Channel;
  readonly shared: SharedAnswer;
}

export interface SettleBatchOptions {
  readonly spec: QueueSpec;
  readonly app: string;
  /** For the stamp of a dead letter. */
  readonly handlerName: string;
  readonly publisher: BusPublisher;
  readonly logger: Logger;
  /** The channel in use now. */
  readonly channel: () => Channel | null;
  /** Aborted when the program stops. */
  readonly stopping: AbortSignal;
}

const NO_ANSWER: Settlement = { kind: 'again', reason: 'no answer' };

/** Carries out what a handler said about each message of a batch. */
export class SettleBatch {
  private readonly options: SettleBatchOptions;
  private acknowledgements: Acknowledgements | null = null;

  constructor(options: SettleBatchOptions) {
    this.options = options;
  }

  /** Resolves when everything has been told the broker that can be told it now. */
  async run(batch: readonly Held[], settlements: readonly Settlement[], rested: boolean): Promise<void> {
    const { spec } = this.options;
    const burials: Promise<void>[] = [];
    const counts = { 'ack': 0, 'requeue': 0, 'dead-letter': 0 };
    batch.forEach((held, index) => {
      const action = actionFor(settlements[index] ?? NO_ANSWER, { deliveryCount: held.delivery.deliveryCount, deadLetterKey: spec.deadLetterKey, rested });
      counts[action.kind] += 1;
      if (action.kind === 'ack') this.answer(held, 'ack');
      else if (action.kind === 'requeue') this.giveBack(held, action.afterMs);
      else burials.push(this.bury(held, action));
    });
    for (const [kind, count] of Object.entries(counts)) if (count > 0) countSettled(spec.name, kind as SettleAction['kind'], count);
    await Promise.all(burials);
    await this.acknowledgements?.written();
  }

  /** Gives back what no handler has seen: it says nothing against the message, and from RabbitMQ 4.3 on a nack is not counted. */
  handBack(held: Held): void {
    this.answer(held, 'nack');
  }

  /** Settles on the channel the message came over, if that is still the one in use. */
  private answer(held: Held, how: Answered): void {
    const answer = held.shared.give(how);
    if (answer === null || held.channel !== this.options.channel()) return;
    const { channel, delivery: { raw } } = held;
    const acknowledgements = this.acknowledgementsOn(channel);
    if (answer === 'ack') acknowledgements.add(raw);
    else acknowledgements.pass(raw);
    if (answer === 'nack') channel.nack(raw, false, true);
    else if (answer === 'reject') channel.reject(raw, true);
  }

  private acknowledgementsOn(channel: Channel): Acknowledgements {
    if (this.acknowledgements?.channel !== channel) this.acknowledgements = new Acknowledgements(channel);
    return this.acknowledgements;
  }

  /** Gives back what its handler could not finish, now or later. A reject counts towards the delivery limit in every version. */
  private giveBack(held: Held, afterMs: number): void {
    if (afterMs === 0) this.answer(held, 'reject');
    // A channel whose connection is being given up refuses: nobody waits for this answer any more, and the message comes again.
    else pause(afterMs, this.options.stopping).then(() => this.answer(held, 'reject')).catch(() => undefined);
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
    this.answer(held, 'ack');
  }
}
