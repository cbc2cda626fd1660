import type { Channel } from 'amqplib';
import type { QueueSpec } from '#contracts';
import type { Logger } from '#runtime';
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
  /** Whether batches are settled in the order in which they came, so that one answer may cover all up to a message. */
  readonly inOrder: boolean;
  /** Whether older messages than a batch's may still be unanswered: then one answer must not cover all up to a message. */
  readonly olderUnanswered: () => boolean;
  /** The channel in use now. */
  readonly channel: () => Channel | null;
  /** Aborted when the program stops. */
  readonly stopping: AbortSignal;
}

const NO_ANSWER: Settlement = { kind: 'again', reason: 'no answer' };

/** Carries out what a handler said about each message of a batch. */
export class SettleBatch {
  private readonly options: SettleBatchOptions;
  /** Messages given back later, still unsettled: while there are any, "all up to here" must not be acknowledged. */
  private givingBack = 0;

  constructor(options: SettleBatchOptions) {
    this.options = options;
  }

  /** A fresh channel: nothing on it is unsettled yet. */
  begin(): void {
    this.givingBack = 0;
  }

  async run(batch: readonly Held[], settlements: readonly Settlement[], rested: boolean): Promise<void> {
    const { spec, inOrder, olderUnanswered } = this.options;
    const last = batch.at(-1);
    if (last && inOrder && this.givingBack === 0 && !olderUnanswered() && settlements.every((settlement) => settlement === 'done')) {
      this.acknowledgeAll(batch);
      return;
    }
    await Promise.all(batch.map((held, index) => {
      const situation = { deliveryCount: held.delivery.deliveryCount, deadLetterKey: spec.deadLetterKey, rested };
      return this.carryOut(held, actionFor(settlements[index] ?? NO_ANSWER, situation));
    }));
  }

  /** Gives back what no handler has seen: it says nothing against the message, and from RabbitMQ 4.3 on a nack is not counted. */
  handBack(held: Held): void {
    this.answer(held, 'nack');
  }

  /** Deliveries arrive in order and one batch is in hand at a time: everything up to the last whole one is settled. */
  private acknowledgeAll(batch: readonly Held[]): void {
    countSettled(this.options.spec.name, 'ack', batch.length);
    const answers = batch.flatMap((held) => {
      const answer = held.shared.give('ack');
      return answer === null ? [] : [{ held, answer }];
    });
    const last = answers.at(-1);
    if (last !== undefined && answers.every(({ answer }) => answer === 'ack')) this.onChannel(last.held, (channel) => channel.ack(last.held.delivery.raw, true));
    else for (const { held, answer } of answers) this.tell(held, answer);
  }

  private answer(held: Held, how: Answered): void {
    const answer = held.shared.give(how);
    if (answer !== null) this.tell(held, answer);
  }

  private tell(held: Held, answer: Answered): void {
    const { raw } = held.delivery;
    this.onChannel(held, (channel) => {
      if (answer === 'ack') channel.ack(raw);
      else if (answer === 'nack') channel.nack(raw, false, true);
      else channel.reject(raw, true);
    });
  }

  /** Gives back what its handler could not finish, now or later. A reject counts towards the delivery limit in every version. */
  private giveBack(held: Held, afterMs: number): void {
    if (afterMs === 0) {
      this.answer(held, 'reject');
      return;
    }
    this.givingBack++;
    void pause(afterMs, this.options.stopping).then(() => this.onChannel(held, () => {
      this.givingBack--;
      this.answer(held, 'reject');
    }));
  }

  private async carryOut(held: Held, action: SettleAction): Promise<void> {
    countSettled(this.options.spec.name, action.kind);
    if (action.kind === 'ack') this.answer(held, 'ack');
    else if (action.kind === 'requeue') this.giveBack(held, action.afterMs);
    else await this.bury(held, action);
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

  /** Settles on the channel the message came over, if that is still the one in use. */
  private onChannel(held: Held, action: (channel: Channel) => void): void {
    if (held.channel === this.options.channel()) action(held.channel);
  }
}
