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
      await within(SET_TIMEOUT_MS, this.queue.addBulk(jobs));
    } catch (error) {
      this.logger.warn({ event: 'timers-not-set', count: retries.length, reason: reasonOf(error) }, 'the sweep will start these attempts');
    }
  }
}

/** The client queues commands while Redis is away; nobody may wait for that. */
async function within(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => { timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms); });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
    work.catch(() => undefined);
  }
}
