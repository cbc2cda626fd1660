import type { Logger } from '#runtime';
import { InjectQueue } from '@nestjs/bullmq';
import { Inject, Injectable } from '@nestjs/common';
import { Queue } from 'bullmq';
import { reasonOf } from '../ledger/ledger-error.ts';
import { LOGGER } from '../logger.token.ts';
import type { Retry } from './apply-receipts.ts';

/** The BullMQ queue in which attempts wait for their time. */
export const RETRY_QUEUE = 'retries';

/** What a timer carries: ids only, for Redis is no place for anything else. */
export interface RetryJob {
  readonly transferId: string;
  /** Number of the attempt that failed: the next one is started only when it is still the last. */
  readonly attempt: number;
}

const SET_TIMEOUT_MS = 2_000;

/**
 * Sets a timer for each attempt to be made later. It never throws: the ledger holds the time as well, and the sweep starts what no timer
 * has started in time. A timer is only the quicker and cheaper of the two.
 */
@Injectable()
export class RetryTimers {
  private readonly queue: Queue<RetryJob>;
  private readonly logger: Logger;
  /** Redis has not answered this call yet. While it has not, no further call is made: the client would keep them all in memory. */
  private pending: Promise<unknown> | null = null;

  constructor(@InjectQueue(RETRY_QUEUE) queue: Queue<RetryJob>, @Inject(LOGGER) logger: Logger) {
    this.queue = queue;
    this.logger = logger;
    // Without a listener a lost connection would end the process; BullMQ reconnects by itself.
    this.queue.on('error', (error) => this.logger.warn({ event: 'timers-unreachable', reason: reasonOf(error) }, 'Redis is away; the sweep starts retries'));
  }

  async set(retries: readonly Retry[]): Promise<void> {
    if (retries.length === 0) return;
    const now = Date.now();
    const jobs = retries.map(({ transferId, attempt, at }) => ({
      name: 'next-attempt',
      data: { transferId, attempt },
      opts: { jobId: `${transferId}-${attempt}`, delay: Math.max(0, at.getTime() - now) },
    }));
    try {
      await this.addWithin(SET_TIMEOUT_MS, jobs);
    } catch (error) {
      this.logger.warn({ event: 'timers-not-set', count: retries.length, reason: reasonOf(error) }, 'the sweep will start these attempts');
    }
  }

  private async addWithin(ms: number, jobs: Parameters<Queue<RetryJob>['addBulk']>[0]): Promise<void> {
    if (this.pending !== null) throw new Error('Redis has not answered an earlier call');
    const work = this.queue.addBulk(jobs);
    const settled = work.then(() => undefined, () => undefined).then(() => { this.pending = null; });
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        this.pending = settled;
        reject(new Error(`no answer within ${ms} ms`));
      }, ms);
    });
    try {
      await Promise.race([work, late]);
    } finally {
      clearTimeout(timer);
    }
  }
}
