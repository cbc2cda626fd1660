import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '#runtime';
import { OnWorkerEvent, Processor, WorkerHost } from '@nestjs/bullmq';
import { Inject } from '@nestjs/common';
import type { BeforeApplicationShutdown } from '@nestjs/common';
import { DelayedError } from 'bullmq';
import type { Job } from 'bullmq';
import { isLedgerAway, reasonOf } from '../ledger/ledger-error.ts';
import { LOGGER } from '../logger.token.ts';
import { RETRY_QUEUE } from './retry-timers.ts';
import type { RetryJob } from './retry-timers.ts';
import { StartAttempt } from './start-attempt.ts';

/**
 * How many attempts are being started at once. However many timers come at the same moment after a long outage, no more orders than
 * this wait for the broker's answer.
 */
const CONCURRENCY = 8;
const AWAY_BASE_MS = 100;
const AWAY_CAP_MS = 5_000;

/** The timers' other end: the time of an attempt has come. What fails here stays `retry_wait` in the ledger and the sweep takes it. */
@Processor(RETRY_QUEUE, { concurrency: CONCURRENCY })
export class RetryProcessor extends WorkerHost implements BeforeApplicationShutdown {
  private readonly start: StartAttempt;
  private readonly logger: Logger;
  private readonly stopping = new AbortController();

  constructor(start: StartAttempt, @Inject(LOGGER) logger: Logger) {
    super();
    this.start = start;
    this.logger = logger;
  }

  beforeApplicationShutdown(): void {
    this.stopping.abort();
  }

  /** While PostgreSQL is away the job keeps its place and waits: so neither is it lost, nor do all the others run into the same wall. */
  override async process(job: Job<RetryJob>, token?: string): Promise<boolean> {
    for (let tries = 0; ; tries += 1) {
      try {
        return await this.start.run(job.data.transferId, job.data.attempt, tries > 0 || job.attemptsStarted > 1);
      } catch (error) {
        if (!isLedgerAway(error)) throw error;
      }
      await sleep(Math.random() * Math.min(AWAY_CAP_MS, AWAY_BASE_MS * 2 ** tries), undefined, { signal: this.stopping.signal }).catch(() => undefined);
      if (this.stopping.signal.aborted) {
        await job.moveToDelayed(Date.now() + AWAY_CAP_MS, token);
        throw new DelayedError();
      }
    }
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
