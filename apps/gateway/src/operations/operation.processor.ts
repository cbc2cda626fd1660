import type { Logger } from '#runtime';
import { OnWorkerEvent, Processor, WorkerHost } from '@nestjs/bullmq';
import { Inject } from '@nestjs/common';
import { DelayedError } from 'bullmq';
import type { Job } from 'bullmq';
import { reasonOf } from '../ledger/ledger-error.ts';
import { LOGGER } from '../logger.token.ts';
import { OPERATION_QUEUE } from './operation-jobs.ts';
import type { OperationJob } from './operation-jobs.ts';
import { RunOperation } from './run-operation.ts';

/** Operations that one gateway works on side by side. */
const CONCURRENCY = 2;
/** How soon the job of a process that died is taken up by another one (ms). */
const LOCK_MS = 10_000;
const STALLED_MS = 5_000;

/** One job is one operation, and each run of it one bounded step: between two steps it lies in Redis again, for any gateway to take. */
@Processor(OPERATION_QUEUE, { concurrency: CONCURRENCY, lockDuration: LOCK_MS, stalledInterval: STALLED_MS, maxStalledCount: 1_000 })
export class OperationProcessor extends WorkerHost {
  constructor(
    @Inject(RunOperation) private readonly run: RunOperation,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    super();
  }

  override async process(job: Job<OperationJob>, token?: string): Promise<void> {
    const nextMs = await this.step(job.data.operationId);
    if (nextMs === null) return;
    await job.moveToDelayed(Date.now() + nextMs, token);
    throw new DelayedError();
  }

  @OnWorkerEvent('error')
  onError(error: Error): void {
    this.logger.warn({ event: 'operations-unreachable', reason: reasonOf(error) }, 'Redis is away; operations go on when it is back');
  }

  /** An operation must not end because one of its steps failed: it is tried again, ever later, and the operation says why. */
  private async step(operationId: string): Promise<number | null> {
    try {
      return await this.run.step(operationId);
    } catch (error) {
      this.logger.error({ event: 'operation-step-failed', operationId, reason: reasonOf(error) }, 'the step is taken again');
      return this.run.failed(operationId, error);
    }
  }
}
