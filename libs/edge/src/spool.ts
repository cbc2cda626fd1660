import type { Job } from 'bullmq';
import type { EdgeMetrics } from './edge-metrics.ts';
import type { Journal } from './journal.ts';
import type { Letter } from './letter.ts';
import { LOCK_MS, SpoolQueue, type SpoolJob, type SpoolQueueOptions } from './spool-queue.ts';

export interface SpoolOptions extends SpoolQueueOptions {
  readonly journal: Journal;
  readonly metrics: EdgeMetrics;
}

interface Arrival {
  readonly letters: readonly Letter[];
  readonly settle: (fault: Error | null) => void;
}

const MOST_IN_A_JOB = 500;
/** More than this does not reach Redis in one command within its time-out for sure. */
const MOST_BYTES_IN_A_JOB = 8 * 1024 * 1024;

/**
 * Where accepted events wait while RabbitMQ is away (暂存): a BullMQ queue, drained one job at a time over all instances. Requests that come
 * while a job is being added share the next one.
 */
export class Spool {
  readonly #options: SpoolOptions;
  readonly #queue: SpoolQueue;
  readonly #line: Arrival[] = [];
  #adding = false;

  constructor(options: SpoolOptions) {
    this.#options = options;
    this.#queue = new SpoolQueue(options);
  }

  /** How long a fetched job is this process's own without being held on to. */
  get lockMs(): number {
    return LOCK_MS;
  }

  /** Puts letters into the spool, behind everything that is there. Rejects when Redis does not take them: then they are in no job. */
  add(letters: readonly Letter[]): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#line.push({ letters, settle: (fault) => (fault === null ? resolve() : reject(fault)) });
      if (!this.#adding) void this.#addLine();
    });
  }

  /** The next job, if there is one and no other instance has one in hand. The limit is set each time, for it lives in Redis and may have been lost with everything else. */
  async next(token: string): Promise<Job<SpoolJob> | undefined> {
    await (await this.#queue.queue()).setGlobalConcurrency(1);
    return await (await this.#queue.worker()).getNextJob(token, { block: false }) as Job<SpoolJob> | undefined;
  }

  async isEmpty(): Promise<boolean> {
    return await (await this.#queue.queue()).getJobCountByTypes('wait', 'active', 'delayed', 'prioritized') === 0;
  }

  /** Adds a job when events wait for which there is none. */
  async rouse(): Promise<void> {
    if (await this.#options.journal.spooledCount() > 0 && await this.isEmpty()) await (await this.#queue.queue()).add('publish', { messageIds: [] });
  }

  /** Does not wait for Redis. */
  close(): Promise<void> {
    return this.#queue.close();
  }

  async #addLine(): Promise<void> {
    this.#adding = true;
    while (this.#line.length > 0) {
      const arrivals = this.#takeArrivals();
      const letters = arrivals.flatMap((arrival) => arrival.letters);
      const fault = await this.#addJob(letters).then(() => null, (error: unknown) => (error instanceof Error ? error : new Error(String(error))));
      for (const { settle } of arrivals) settle(fault);
    }
    this.#adding = false;
  }

  /** Its place in the order first, the job second: a death in between leaves events in the order without a job, and {@link rouse} finds them. */
  async #addJob(letters: readonly Letter[]): Promise<void> {
    await this.#options.journal.joinSpool(letters);
    await (await this.#queue.queue()).add('publish', { messageIds: letters.map(({ messageId }) => messageId) });
    this.#options.metrics.spooled.inc(letters.length);
  }

  #takeArrivals(): Arrival[] {
    const arrivals: Arrival[] = [];
    for (let count = 0, bytes = 0; this.#line.length > 0 && count < MOST_IN_A_JOB && bytes < MOST_BYTES_IN_A_JOB;) {
      const arrival = this.#line.shift() as Arrival;
      arrivals.push(arrival);
      count += arrival.letters.length;
      bytes += arrival.letters.reduce((sum, { message }) => sum + message.content.length, 0);
    }
    return arrivals;
  }
}
