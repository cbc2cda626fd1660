import type { ChannelModel } from 'amqplib';
import type { Logger } from '#runtime';
import { backOffMs } from './back-off.ts';
import { noteSilence } from './bus-metrics.ts';
import type { BusConnection } from './connection.ts';
import { hangUp } from './hang-up.ts';
import { pause } from './pause.ts';
import { within } from './within.ts';

export interface SilentQueuesOptions {
  /** Its hosts are asked, over connections apart from it: a queue whose process is gone makes RabbitMQ end the connection that asks to consume it. */
  readonly connection: BusConnection;
  readonly logger: Logger;
  /** The queue answers again. */
  readonly onAnswer: (queue: string) => void;
}

/**
 * A queue without a leader leaves the question open until it has one, so a long wait is how its return is noticed at once. Each question that is
 * given up is answered then as well: with the first message, which comes back from nobody and is one delivery nearer to its limit. So each is
 * given twice the time of the one before, and a silence of days comes to a few dozen of them.
 */
const QUESTION_MS = 60_000;
const LONGEST_QUESTION_MS = 3_600_000;
const LONGEST_PAUSE_MS = 5_000;

/**
 * The queues of this program that RabbitMQ does not begin, or stop, to hand over (不应答的队列). They are left out, so that the other queues of
 * the connection are consumed as ever, and asked one by one until they answer.
 */
export class SilentQueues {
  private readonly options: SilentQueuesOptions;
  private readonly names = new Set<string>();
  private readonly asking = new Set<ChannelModel>();
  private readonly stopping = new AbortController();

  constructor(options: SilentQueuesOptions) {
    this.options = options;
  }

  get all(): string[] {
    return [...this.names];
  }

  has(queue: string): boolean {
    return this.names.has(queue);
  }

  add(queue: string, reason: string): void {
    if (this.names.has(queue) || this.stopping.signal.aborted) return;
    this.names.add(queue);
    noteSilence(queue, 'consuming', true);
    this.options.logger.error({ event: 'queue-silent', queue, reason }, 'RabbitMQ does not answer for this queue; it is asked until it does');
    void this.askUntilItAnswers(queue);
  }

  stop(): void {
    this.stopping.abort();
    for (const model of this.asking) void this.hangUp(model);
  }

  private async askUntilItAnswers(queue: string): Promise<void> {
    const { signal } = this.stopping;
    let patienceMs = QUESTION_MS;
    for (let tries = 1; !signal.aborted; tries++) {
      const askedAt = performance.now();
      if (await this.answers(queue, patienceMs)) {
        this.names.delete(queue);
        noteSilence(queue, 'consuming', false);
        this.options.logger.info({ event: 'queue-answers', queue }, 'RabbitMQ answers for this queue again');
        return this.options.onAnswer(queue);
      }
      if (performance.now() - askedAt >= patienceMs) patienceMs = Math.min(2 * patienceMs, LONGEST_QUESTION_MS);
      await pause(backOffMs(tries, 500, LONGEST_PAUSE_MS), signal);
    }
  }

  private async answers(queue: string, patienceMs: number): Promise<boolean> {
    let model: ChannelModel | null = null;
    try {
      model = await this.options.connection.connectApart(`asking ${queue}`);
      this.asking.add(model);
      if (this.stopping.signal.aborted) return false;
      await within(patienceMs, askToConsume(model, queue), 'no answer');
      return true;
    } catch {
      return false;
    } finally {
      if (model) await this.hangUp(model);
    }
  }

  private hangUp(model: ChannelModel): Promise<void> {
    this.asking.delete(model);
    return hangUp(model);
  }
}

/** Only consuming needs the queue's leader: about a queue without one every other question is answered with noughts. */
async function askToConsume(model: ChannelModel, queue: string): Promise<void> {
  const channel = await model.createChannel();
  channel.on('error', () => undefined);
  // One message comes along at most; it goes back with the connection.
  await channel.prefetch(1);
  await channel.consume(queue, () => undefined);
}
