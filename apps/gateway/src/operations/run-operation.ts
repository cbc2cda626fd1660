import { randomUUID } from 'node:crypto';
import { KeyRing } from '#runtime';
import type { Logger } from '#runtime';
import { Inject, Injectable } from '@nestjs/common';
import type { Kysely } from 'kysely';
import { PublishOrders } from '../dispatch/publish-orders.ts';
import { GatewayConfig } from '../gateway.config.ts';
import { isLedgerAway, isLedgerClash, isLedgerSlow, reasonOf } from '../ledger/ledger-error.ts';
import { forgetStepFailures, giveLeaseBack, leaseLeft, noteStepFailure, takeLease } from '../ledger/operation-rows.ts';
import type { OperationNow } from '../ledger/operation-rows.ts';
import type { OperationStatus } from '../ledger/operation-tables.ts';
import type { LedgerTables } from '../ledger/tables.ts';
import { LOGGER } from '../logger.token.ts';
import { OPS_POOL } from '../ops-pool.token.ts';
import { DedupeWindows } from './dedupe-windows.ts';
import { examinePage } from './examine-items.ts';
import { freezePage } from './freeze-selection.ts';
import { followPaused, goOn } from './go-on.ts';
import { countStep } from './operation.metrics.ts';
import { STEP_MS, troubleMs } from './pace.ts';
import { RESTS } from './step-context.ts';
import type { StepContext, StepOutcome } from './step-context.ts';
import { windDown } from './wind-down.ts';

/**
 * Takes an operation one step further: one transaction under its lease, then the orders that follow from it, then the lease is given back.
 * Where it stands is in the ledger alone, so any gateway may take the next step, and one that dies between two statements leaves either
 * the step before or the step done. It uses the operators' connections: the messages have theirs to themselves.
 */
@Injectable()
export class RunOperation {
  /** Of this process alone: after a restart it is another one, and has to wait for its own old leases. */
  readonly owner: string = randomUUID();

  constructor(
    @Inject(OPS_POOL) private readonly db: Kysely<LedgerTables>,
    @Inject(PublishOrders) private readonly publish: PublishOrders,
    @Inject(KeyRing) private readonly keys: KeyRing,
    @Inject(DedupeWindows) private readonly windows: DedupeWindows,
    @Inject(GatewayConfig) private readonly config: GatewayConfig,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** In how many milliseconds the next step is due; null when none is, until a person does something. Throws what PostgreSQL throws. */
  async step(id: string): Promise<number | null> {
    const outcome = await this.transact(id);
    // Somebody else's, until its lease ends: then, at the latest, it is looked at again.
    if (outcome === null) return this.waitForLease(id);
    countStep(outcome);
    await this.publish.run(outcome.orders);
    await giveLeaseBack(this.db, id, this.owner);
    return outcome.nextMs;
  }

  /**
   * In how many milliseconds a step is taken again that failed so. A ledger that is away, or a clash with another transaction, says nothing about
   * the operation. Anything else may come again each time: it is noted on the operation, for people to see, and the step waits longer each time.
   */
  async failed(id: string, error: unknown): Promise<number | null> {
    if (isLedgerClash(error)) return STEP_MS;
    if (isLedgerAway(error) && !isLedgerSlow(error)) return troubleMs(1);
    try {
      const failures = await noteStepFailure(this.db, id, reasonOf(error));
      return failures === null ? null : troubleMs(failures);
    } catch (notNoted) {
      this.logger.warn({ event: 'operation-failure-not-noted', operationId: id, reason: reasonOf(notNoted) }, 'the step is taken again');
      return troubleMs(1);
    }
  }

  private async waitForLease(id: string): Promise<number | null> {
    const left = await leaseLeft(this.db, id);
    return left === null ? null : Math.max(STEP_MS, left);
  }

  private transact(id: string): Promise<StepOutcome | null> {
    return this.db.transaction().setIsolationLevel('read committed').execute(async (trx) => {
      const operation = await takeLease(trx, id, this.owner, this.config.operationLeaseMs);
      if (operation === undefined) return null;
      const { keys, windows, config } = this;
      const outcome = await STEPS[operation.status]({ trx, keys, windows, config, brokerReady: this.publish.ready }, operation);
      if (operation.step_failures > 0) await forgetStepFailures(trx, id);
      if (outcome.orders.length > 0) this.logger.debug({ event: 'operation-step', operationId: id, orders: outcome.orders.length }, 'operation goes on');
      return outcome;
    });
  }
}

type Step = (context: StepContext, operation: OperationNow) => Promise<StepOutcome>;

const waits: Step = () => Promise.resolve(RESTS);

const STEPS: Readonly<Record<OperationStatus, Step>> = {
  'freezing': freezePage, 'preflight': examinePage, 'awaiting-approval': waits, 'ready': waits, 'canary': goOn, 'running': goOn, 'paused': followPaused,
  'completed': waits, 'cancelled': windDown, 'aborted': windDown,
};
