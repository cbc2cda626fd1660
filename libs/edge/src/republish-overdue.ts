import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { QueueState } from '#bus';
import type { Logger } from '#runtime';
import type { BrokerWatch } from './broker-watch.ts';
import type { EdgeMetrics } from './edge-metrics.ts';
import type { Journal } from './journal.ts';
import { judgeRepublish } from './judge-republish.ts';
import { publishInOrder } from './publish-in-order.ts';
import type { Spool } from './spool.ts';

export interface RepublishOverdueOptions {
  readonly journal: Journal;
  readonly spool: Spool;
  readonly watch: BrokerWatch;
  /** Asks the broker about the queue the events go to. */
  readonly inspect: () => Promise<QueueState | null>;
  readonly patienceMs: number;
  readonly patienceCapMs: number;
  readonly metrics: EdgeMetrics;
  readonly logger: Logger;
}

const CHUNK = 500;
const LEASE_MS = 15_000;
const LOOK_EVERY_MS = 5_000;

/**
 * Publishes events again that the gateway has not acknowledged in time: RabbitMQ may have lost them, or the acknowledgement got lost. The
 * ledger knows what it has, so once too often is harmless. One instance of an app at a time, in the order in which the events came.
 */
export class RepublishOverdue {
  readonly #options: RepublishOverdueOptions;
  readonly #token = randomUUID();
  readonly #stopping = new AbortController();
  #loop: Promise<void> = Promise.resolve();

  constructor(options: RepublishOverdueOptions) {
    this.#options = options;
  }

  start(): void {
    this.#loop = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#loop;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    const everyMs = Math.min(LOOK_EVERY_MS, Math.ceil(this.#options.patienceMs / 4));
    for (let whole = true; !signal.aborted;) {
      // What was not confirmed may be on its way all the same: the queue must have time to show it before anything is judged again.
      await wait(whole ? everyMs : this.#options.patienceMs, undefined, { signal }).catch(() => undefined);
      if (signal.aborted || !this.#options.watch.usable) continue;
      whole = await this.#round().catch((error: unknown) => {
        this.#options.logger.debug({ event: 'journal-not-read', reason: String(error) }, 'overdue events are looked for again later');
        return true;
      });
    }
  }

  /** What is overdue when the round begins; what becomes overdue meanwhile is the next round's. Returns whether all that was tried was confirmed. */
  async #round(): Promise<boolean> {
    const { journal, spool, inspect, patienceMs, patienceCapMs: capMs, metrics, logger } = this.#options;
    const count = await journal.countDue(this.#token, LEASE_MS);
    if (count === null || count.due === 0) return true;
    if (judgeRepublish({ queue: await inspect(), due: count.due, lateMs: count.lateMs, patienceMs, capMs }) === 'wait') return true;
    const spoolIsEmpty = await spool.isEmpty();
    let published = 0;
    let whole = true;
    for (let more = true; more && !this.#stopping.signal.aborted;) {
      const chunk = await this.#publishChunk(count.now, spoolIsEmpty);
      published += chunk.published;
      whole = chunk.whole;
      more = whole && chunk.looked > 0 && await journal.countDue(this.#token, LEASE_MS) !== null;
    }
    metrics.republished.inc(published);
    if (published > 0) logger.warn({ event: 'journal-republished', events: published }, 'events without an acknowledgement were published again');
    return whole;
  }

  /** They are postponed only once they are confirmed: a death in between publishes them once more. */
  async #publishChunk(now: string, spoolIsEmpty: boolean): Promise<{ looked: number; published: number; whole: boolean }> {
    const { journal, watch } = this.#options;
    const { looked, letters } = await journal.takeDue(now, CHUNK, spoolIsEmpty);
    const results = await publishInOrder(letters, ({ message }) => watch.confirm(message));
    const confirmed = letters.filter((_, index) => results[index] === null);
    await journal.postpone(confirmed.map(({ messageId }) => messageId));
    return { looked, published: confirmed.length, whole: confirmed.length === letters.length };
  }
}
