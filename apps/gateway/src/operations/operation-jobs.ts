import type { Logger } from '#runtime';
import { InjectQueue } from '@nestjs/bullmq';
import { Inject, Injectable } from '@nestjs/common';
import { Queue } from 'bullmq';
import type { Kysely } from 'kysely';
import { PatientCall } from '../dispatch/patient-call.ts';
import { GatewayConfig } from '../gateway.config.ts';
import { reasonOf } from '../ledger/ledger-error.ts';
import { changeOperation, listEndingOperations, listForgottenOperations, listMovingOperations, lockOperation } from '../ledger/operation-rows.ts';
import { pruneRows } from '../ledger/pruned-rows.ts';
import type { LedgerTables } from '../ledger/tables.ts';
import { LOGGER } from '../logger.token.ts';
import { OPS_POOL } from '../ops-pool.token.ts';
import { recordStep } from './record-step.ts';

/** The BullMQ queue whose jobs take operations one step further. */
export const OPERATION_QUEUE = 'operations';

/** What a job carries: everything else is in the ledger. */
export interface OperationJob {
  readonly operationId: string;
}

const CALL_TIMEOUT_MS = 2_000;
const MOST = 200;
/** Of the answers to writes that nobody will ask for again. */
const PRUNED_AT_ONCE = 5_000;

/** Sees to it that each operation that goes on by itself has its one job in Redis, and that what nobody starts ends. */
@Injectable()
export class OperationJobs {
  private readonly call = new PatientCall(CALL_TIMEOUT_MS);

  constructor(
    @InjectQueue(OPERATION_QUEUE) private readonly queue: Queue<OperationJob>,
    @Inject(OPS_POOL) private readonly db: Kysely<LedgerTables>,
    @Inject(GatewayConfig) private readonly config: GatewayConfig,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.queue.on('error', (error) => this.logger.warn({ event: 'operations-unreachable', reason: reasonOf(error) }, 'Redis is away; operations go on when it is back'));
  }

  /** Never throws: the next sweep does it again. A job that is there already stays as it is; `atOnce`: it is taken up now, whatever it waited for. */
  async wake(operationIds: readonly string[], { atOnce = false } = {}): Promise<void> {
    if (operationIds.length === 0) return;
    const jobs = operationIds.map((operationId) => ({ name: 'step', data: { operationId }, opts: { jobId: operationId } }));
    try {
      await this.call.run(() => this.queue.addBulk(jobs));
      if (atOnce) await this.call.run(() => Promise.all(operationIds.map((id) => this.hurry(id))));
    } catch (error) {
      this.logger.warn({ event: 'operations-not-woken', count: jobs.length, reason: reasonOf(error) }, 'these operations go on when Redis is back');
    }
  }

  /** One that waits for its hours would hear of a person's decision only then. */
  private async hurry(operationId: string): Promise<void> {
    const job = await this.queue.getJob(operationId);
    // Somebody else may take it up in this moment: then there is nothing to hurry.
    if (await job?.isDelayed() === true) await job?.promote().catch(() => undefined);
  }

  /** Gives every operation that goes on by itself its job back: Redis may have lost it, or the process died that should have asked for it. */
  async restore(): Promise<void> {
    await this.wake(await listMovingOperations(this.db, MOST));
    // Cancelled in the moment in which its job was put off until its hours begin: it is not to keep its transfers until then.
    await this.wake(await listEndingOperations(this.db, MOST), { atOnce: true });
  }

  /** Ends operations that nobody started in time, for they keep their transfers from everybody else; forgets old answers. */
  async tidy(): Promise<void> {
    for (const id of await listForgottenOperations(this.db, this.config.operationPatienceMs, MOST)) await this.expire(id);
    await pruneRows(this.db, 'operations', PRUNED_AT_ONCE);
  }

  private expire(id: string): Promise<void> {
    return this.db.transaction().execute(async (trx) => {
      const operation = await lockOperation(trx, id);
      if (operation?.status !== 'awaiting-approval' && operation?.status !== 'ready') return;
      await changeOperation(trx, id, { status: 'cancelled', status_reason: 'not-started' });
      await recordStep(trx, { operationId: id, what: 'cancelled', result: 'not-started' });
    });
  }
}
