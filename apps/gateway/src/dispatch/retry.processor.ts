import type { Logger } from '#runtime';
import { OnWorkerEvent, Processor, WorkerHost } from '@nestjs/bullmq';
import { Inject } from '@nestjs/common';
import type { Job } from 'bullmq';
import { reasonOf } from '../ledger/ledger-error.ts';
import { LOGGER } from '../logger.token.ts';
import { RETRY_QUEUE } from './retry-timers.ts';
import type { RetryJob } from './retry-timers.ts';
import { StartAttempt } from './start-attempt.ts';

const CONCURRENCY = 8;

/** The timers' other end: the time of an attempt has come. What fails here stays `retry_wait` in the ledger and the sweep takes it. */
@Processor(RETRY_QUEUE, { concurrency: CONCURRENCY })
export class RetryProcessor extends WorkerHost {
  private readonly start: StartAttempt;
  private readonly logger: Logger;

  constructor(start: StartAttempt, @Inject(LOGGER) logger: Logger) {
    super();
    this.start = start;
    this.logger = logger;
  }

  override process(job: Job<RetryJob>): Promise<boolean> {
    return this.start.run(job.data.transferId, job.data.attempt);
  }

  @OnWorkerEvent('error')
  onError(error: Error): void {
    this.logger.warn({ event: 'timers-unreachable', reason: reasonOf(error) }, 'Redis is away; the sweep starts retries');
  }

  @OnWorkerEvent('failed')
  onFailed(job: Job<RetryJob> | undefined, error: Error): void {
    this.logger.warn({ event: 'retry-not-started', transferId: job?.data.transferId, reason: reasonOf(error) }, 'the sweep will start this attempt');
  }
}
