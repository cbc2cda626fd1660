import { Queue, Worker, type Job } from 'bullmq';
import type { Redis } from 'ioredis';
import type { Logger } from '#runtime';
import type { EdgeMetrics } from './edge-metrics.ts';
import type { Journal } from './journal.ts';
import type { Letter } from './letter.ts';

/**
 * What a job of the spool carries: the journal keys of the events it was added for. Which events go next is said by the order in which all of
 * them came, so that one job can bring many on; a later job that finds its own gone has nothing to do.
 */
export interface SpoolJob {
  readonly messageIds: readonly string[];
}

export interface SpoolOptions {
  readonly redis: Redis;
  /** Prefix of BullMQ's own keys. */
  readonly prefix: string;
  readonly journal: Journal;
  readonly metrics: EdgeMetrics;
  readonly logger: Logger;
}

interface Arrival {
  readonly letters: readonly Letter[];
  readonly settle: (fault: Error | null) => void;
}

const NAME = 'spool';
const MOST_IN_A_JOB = 500;
/** More than this does not reach Redis in one command within its time-out for sure. */
const MOST_BYTES_IN_A_JOB = 8 * 1024 * 1024;
/** A job whose process died is given to another one within about twice this time. */
const LOCK_MS = 5_000;
const KEPT_EVENTS = 100;

/**
 * Where accepted events wait while RabbitMQ is away (暂存): a BullMQ queue, drained one job at a time over all instances. Requests that come
 * while a job is being added share the next one.
 */
export class Spool {
  readonly #options: SpoolOptions;
  readonly #queue: Queue<SpoolJob>;
  readonly #worker: Worker<SpoolJob>;
  readonly #line: Arrival[] = [];
  #adding = false;

  constructor(options: SpoolOptions) {
    const { redis, prefix, logger } = options;
    this.#options = options;
    this.#queue = new Queue(NAME, { connection: redis, prefix, streams: { events: { maxLen: KEPT_EVENTS } }, defaultJobOptions: { removeOnComplete: true } });
    // Without a processor: jobs are fetched by asking, not by a blocking read that may outlive a lost connection unnoticed. And a job that its
    // process could not finish is never given up, however often that happens.
    this.#worker = new Worker(NAME, null, { connection: redis, prefix, lockDuration: LOCK_MS, stalledInterval: LOCK_MS, maxStalledCount: Number.MAX_SAFE_INTEGER });
    const onError = (error: Error): void => logger.debug({ event: 'spool-error', reason: error.message }, 'spool');
    this.#queue.on('error', onError);
    this.#worker.on('error', onError);
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
    await this.#queue.setGlobalConcurrency(1);
    return await this.#worker.getNextJob(token, { block: false }) as Job<SpoolJob> | undefined;
  }

  async isEmpty(): Promise<boolean> {
    return await this.#queue.getJobCountByTypes('wait', 'active', 'delayed', 'prioritized') === 0;
  }

  /** Adds a job when events wait for which there is none. */
  async rouse(): Promise<void> {
    if (await this.#options.journal.spooledCount() > 0 && await this.isEmpty()) await this.#queue.add('publish', { messageIds: [] });
  }

  /** Starts to look for jobs whose process died. */
  watchStalled(): Promise<void> {
    return this.#worker.startStalledCheckTimer();
  }

  async close(): Promise<void> {
    await Promise.allSettled([this.#worker.close(true), this.#queue.close()]);
    // BullMQ leaves a connection alone that it was given.
    this.#options.redis.disconnect();
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
    await this.#queue.add('publish', { messageIds: letters.map(({ messageId }) => messageId) });
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
