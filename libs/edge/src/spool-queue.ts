import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { Queue, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import type { Logger } from '#runtime';

/**
 * What a job of the spool carries: the journal keys of the events it was added for. Which events go next is said by the order in which all of
 * them came, so that one job can bring many on; a later job that finds its own gone has nothing to do.
 */
export interface SpoolJob {
  readonly messageIds: readonly string[];
}

export interface SpoolQueueOptions {
  /** The queue's own connection, which comes back by itself; {@link SpoolQueue.close} ends it. */
  readonly redis: Redis;
  /** Prefix of BullMQ's own keys. */
  readonly prefix: string;
  readonly logger: Logger;
}

/** The two halves of a BullMQ queue. */
interface Halves {
  readonly queue: Queue<SpoolJob>;
  readonly worker: Worker<SpoolJob>;
}

const NAME = 'spool';
const KEPT_EVENTS = 100;
/** How long BullMQ may take to get ready on a Redis that answers. */
const READY_MS = 2_000;
const CONNECT_MS = 1_000;
const CLOSE_MS = 500;
/** A job whose process died is given to another one within about twice this time. */
export const LOCK_MS = 5_000;

/**
 * BullMQ's queue and worker of the spool, made when Redis is there for the first time. BullMQ asks Redis a few things before it works, and never
 * again when that fails: then both are thrown away and made anew at the next call.
 */
export class SpoolQueue {
  readonly #options: SpoolQueueOptions;
  #made: Promise<Halves> | null = null;
  #closed = false;

  constructor(options: SpoolQueueOptions) {
    this.#options = options;
    // Who needs Redis hears it from its own command; without a listener the client would write to the console.
    options.redis.on('error', (error) => this.#tell(error));
  }

  /** @throws while Redis is away */
  async queue(): Promise<Queue<SpoolJob>> {
    return (await this.#halves()).queue;
  }

  /** @throws while Redis is away */
  async worker(): Promise<Worker<SpoolJob>> {
    return (await this.#halves()).worker;
  }

  /** Does not wait for Redis. */
  async close(): Promise<void> {
    this.#closed = true;
    const ended = this.#made?.then(letGo).catch(() => undefined);
    await Promise.race([ended, wait(CLOSE_MS, undefined, { ref: false })]);
    // BullMQ leaves a connection alone that it was given.
    this.#options.redis.disconnect();
  }

  async #halves(): Promise<Halves> {
    const { redis } = this.#options;
    // Just started, it may be connecting still; who comes then waits a moment rather than being told that there is no Redis.
    if (redis.status !== 'ready') await once(redis, 'ready', { signal: AbortSignal.timeout(CONNECT_MS) });
    if (this.#closed) throw new Error('the spool is closed');
    this.#made ??= this.#make();
    return this.#made;
  }

  async #make(): Promise<Halves> {
    const { redis, prefix } = this.#options;
    const queue = new Queue<SpoolJob>(NAME, { connection: redis, prefix, streams: { events: { maxLen: KEPT_EVENTS } }, defaultJobOptions: { removeOnComplete: true } });
    // Without a processor: jobs are fetched by asking, not by a blocking read that may outlive a lost connection unnoticed. And a job that its
    // process could not finish is never given up, however often that happens.
    const worker = new Worker<SpoolJob>(NAME, null, { connection: redis, prefix, lockDuration: LOCK_MS, stalledInterval: LOCK_MS, maxStalledCount: Number.MAX_SAFE_INTEGER });
    queue.on('error', (error) => this.#tell(error));
    worker.on('error', (error) => this.#tell(error));
    try {
      await inTime(Promise.all([queue.waitUntilReady(), worker.waitUntilReady()]));
      // Looks for jobs whose process died.
      await worker.startStalledCheckTimer();
      return { queue, worker };
    } catch (error) {
      this.#made = null;
      void letGo({ queue, worker });
      throw error;
    }
  }

  #tell(error: Error): void {
    this.#options.logger.debug({ event: 'spool-error', reason: error.message }, 'spool');
  }
}

async function inTime(work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`BullMQ was not ready within ${READY_MS} ms`)), READY_MS);
  });
  await Promise.race([work, tooLate]).finally(() => clearTimeout(timer));
}

async function letGo({ queue, worker }: Halves): Promise<void> {
  await Promise.allSettled([worker.close(true), queue.close()]);
}
