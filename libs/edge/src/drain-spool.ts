import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Job } from 'bullmq';
import type { Logger } from '#runtime';
import type { BrokerWatch } from './broker-watch.ts';
import type { EdgeMetrics } from './edge-metrics.ts';
import type { Journal } from './journal.ts';
import type { Letter } from './letter.ts';
import { publishInOrder } from './publish-in-order.ts';
import type { Spool } from './spool.ts';
import type { SpoolJob } from './spool-queue.ts';

export interface DrainSpoolOptions {
  readonly spool: Spool;
  readonly journal: Journal;
  readonly watch: BrokerWatch;
  readonly metrics: EdgeMetrics;
  readonly logger: Logger;
}

const CHUNK = 500;
const IDLE_MS = 200;
const AFTER_FAULT_MS = 500;
const RETRY_MS = [100, 200, 400, 1_000];

/**
 * Brings what waits in the spool to RabbitMQ, in the order in which it came, one job at a time over all instances. It asks for jobs by itself, whatever became of connections
 * meanwhile. While the broker is away a job in hand stays in hand; when the process stops it goes back to its place at the front.
 */
export class DrainSpool {
  readonly #options: DrainSpoolOptions;
  readonly #token = randomUUID();
  readonly #stopping = new AbortController();
  #loop: Promise<void> = Promise.resolve();

  constructor(options: DrainSpoolOptions) {
    this.#options = options;
  }

  start(): void {
    this.#loop = this.#run();
  }

  /** Resolves when nothing is in hand any more. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#loop;
  }

  async #run(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      try {
        if (!await this.#step()) await this.#pause(IDLE_MS);
      } catch (error) {
        this.#options.logger.debug({ event: 'spool-not-drained', reason: String(error) }, 'spool');
        await this.#pause(AFTER_FAULT_MS);
      }
    }
  }

  async #step(): Promise<boolean> {
    const { watch, spool } = this.#options;
    if (!watch.usable) return false;
    const job = await spool.next(this.#token);
    if (job === undefined) {
      await spool.rouse();
      return false;
    }
    const holding = setInterval(() => void job.extendLock(this.#token, spool.lockMs).catch(() => undefined), spool.lockMs / 3);
    try {
      await this.#carry(job);
    } finally {
      clearInterval(holding);
    }
    return true;
  }

  /** Brings on all that waits. A job that dies between its steps is carried again by another process: what was published twice, the ledger knows. */
  async #carry(job: Job<SpoolJob>): Promise<void> {
    const { journal, metrics } = this.#options;
    for (;;) {
      const first = await this.#insist(() => journal.firstSpooled(CHUNK));
      if (first?.messageIds.length === 0) break;
      if (first === null || !await this.#publish(first.letters)) {
        await job.moveToWait(this.#token);
        return;
      }
      metrics.drained.inc(first.letters.length);
      await this.#insist(() => journal.leaveSpool(first.messageIds));
    }
    await job.moveToCompleted(null, this.#token, false);
  }

  /** Publishes until all are confirmed. Returns false when the process stops before. */
  async #publish(letters: readonly Letter[]): Promise<boolean> {
    let rest = letters;
    for (let tries = 0; rest.length > 0; tries++) {
      const results = await publishInOrder(rest, ({ message }) => this.#options.watch.confirm(message));
      rest = rest.filter((_, index) => results[index] !== null);
      if (rest.length === 0) return true;
      if (this.#stopping.signal.aborted) return false;
      await this.#pause(RETRY_MS[Math.min(tries, RETRY_MS.length - 1)]);
    }
    return true;
  }

  /** Tries until Redis answers; `null` when the process stops before. */
  async #insist<T>(work: () => Promise<T>): Promise<T | null> {
    while (!this.#stopping.signal.aborted) {
      try {
        return await work();
      } catch {
        await this.#pause(AFTER_FAULT_MS);
      }
    }
    return null;
  }

  async #pause(ms: number | undefined): Promise<void> {
    await wait(ms, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
  }
}
