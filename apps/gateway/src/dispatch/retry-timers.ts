import type { Logger } from '#runtime';
import { InjectQueue } from '@nestjs/bullmq';
import { Inject, Injectable } from '@nestjs/common';
import { Queue } from 'bullmq';
import { reasonOf } from '../ledger/ledger-error.ts';
import { LOGGER } from '../logger.token.ts';
import type { Retry } from './apply-receipts.ts';
import { PatientCall } from './patient-call.ts';

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
 * Sets a timer for each attempt to be made later. It never throws: the ledger holds the time as well, and what could not be set is
 * set again by the next rebuild. A timer is only the quicker and cheaper of the two.
 */
@Injectable()
export class RetryTimers {
  private readonly queue: Queue<RetryJob>;
  private readonly logger: Logger;
  private readonly call = new PatientCall(SET_TIMEOUT_MS);
  private missing = false;

  constructor(@InjectQueue(RETRY_QUEUE) queue: Queue<RetryJob>, @Inject(LOGGER) logger: Logger) {
    this.queue = queue;
    this.logger = logger;
    // Without a listener a lost connection would end the process; BullMQ reconnects by itself.
    this.queue.on('error', (error) => this.logger.warn({ event: 'timers-unreachable', reason: reasonOf(error) }, 'Redis is away; the sweep starts retries'));
  }

  /** Whether timers could not be set since {@link forgetMissing}: the ledger has to say which. */
  get haveMissing(): boolean {
    return this.missing;
  }

  forgetMissing(): void {
    this.missing = false;
  }

  /** Whether the timers are set now. A timer that is there already stays as it is. */
  async set(retries: readonly Retry[]): Promise<boolean> {
    if (retries.length === 0) return true;
    const jobs = retries.map(({ transferId, attempt, waitMs }) => ({
      name: 'next-attempt',
      data: { transferId, attempt },
      opts: { jobId: `${transferId}-${attempt}`, delay: waitMs },
    }));
    try {
      await this.call.run(() => this.queue.addBulk(jobs));
      return true;
    } catch (error) {
      this.missing = true;
      this.logger.warn({ event: 'timers-not-set', count: retries.length, reason: reasonOf(error) }, 'these timers are set again when Redis is back');
      return false;
    }
  }
}
