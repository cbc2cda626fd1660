import { KeyRing } from '#runtime';
import type { Logger } from '#runtime';
import { Inject, Injectable } from '@nestjs/common';
import { Kysely } from 'kysely';
import { receiptDueAt } from '../cases/apply-options.ts';
import { PublishOrders } from '../dispatch/publish-orders.ts';
import { rowToOrder } from '../dispatch/transfer-order.ts';
import { GatewayConfig } from '../gateway.config.ts';
import { parkedEvents, sweptTotal, transfers } from '../gateway.metrics.ts';
import { countParked, markParkedTooLong } from '../ledger/event-rows.ts';
import { reasonOf } from '../ledger/ledger-error.ts';
import type { LedgerTables } from '../ledger/tables.ts';
import { countTransfers, releaseForgotten, startOverdueAttempts, takeUnanswered } from '../ledger/transfer-rows.ts';
import type { TransferRow } from '../ledger/transfer-rows.ts';
import { LOGGER } from '../logger.token.ts';

/** What one sweep took up. */
export interface Swept {
  /** Under way without a receipt past its time: published again. */
  readonly unanswered: number;
  /** Waiting past their next attempt: their timer was lost. */
  readonly overdue: number;
  /** Events that now count as waiting too long. */
  readonly parkedTooLong: number;
}

/**
 * Rebuilds from the ledger what RabbitMQ or Redis lost, a bounded number at a time, oldest first. Every row is taken with
 * `skip locked` and moved out of reach in the same statement, so several gateways may sweep at once and none takes what another has.
 */
@Injectable()
export class SweepLedger {
  private readonly db: Kysely<LedgerTables>;
  private readonly keys: KeyRing;
  private readonly publish: PublishOrders;
  private readonly config: GatewayConfig;
  private readonly logger: Logger;

  constructor(db: Kysely<LedgerTables>, keys: KeyRing, publish: PublishOrders, config: GatewayConfig, @Inject(LOGGER) logger: Logger) {
    this.db = db;
    this.keys = keys;
    this.publish = publish;
    this.config = config;
    this.logger = logger;
  }

  async run(): Promise<Swept> {
    // While the broker is away nothing could be published: patience would only be used up.
    const swept = this.publish.ready ? await this.sweepTransfers() : { unanswered: 0, overdue: 0 };
    const parkedTooLong = await this.sweepParked();
    await this.measure();
    return { ...swept, parkedTooLong };
  }

  /**
   * Starts what is held although nothing before it is undelivered any more, and says how many that were. It looks at every held
   * transfer, of which there are many while a destination is away: to be done far less often than {@link run}.
   */
  async release(): Promise<number> {
    if (!this.publish.ready) return 0;
    const released = await releaseForgotten(this.db, receiptDueAt(this.config), this.config.sweepBatch);
    await this.order('held-without-reason', released);
    return released.length;
  }

  private async sweepTransfers(): Promise<Omit<Swept, 'parkedTooLong'>> {
    const { receiptPatienceMs, receiptPatienceCapMs, retryMarginMs, sweepBatch } = this.config;
    const unanswered = await takeUnanswered(this.db, receiptPatienceMs, receiptPatienceCapMs, sweepBatch);
    const overdue = await startOverdueAttempts(this.db, new Date(Date.now() - retryMarginMs), receiptDueAt(this.config), sweepBatch);
    await this.order('no-receipt', unanswered);
    await this.order('timer-lost', overdue);
    return { unanswered: unanswered.length, overdue: overdue.length };
  }

  private async order(reason: string, rows: readonly TransferRow[]): Promise<void> {
    if (rows.length === 0) return;
    sweptTotal.inc({ reason }, rows.length);
    this.logger.warn({ event: 'swept', reason, count: rows.length, projectNo: rows[0]?.project_no }, 'transfers dispatched by the sweep');
    await this.publish.run(rows.flatMap((row) => this.readable(row)));
  }

  /** One row that cannot be opened (its key is not on the ring) must not stop the others. */
  private readable(row: TransferRow): ReturnType<typeof rowToOrder>[] {
    try {
      return [rowToOrder(row, this.keys)];
    } catch (error) {
      this.logger.error({ event: 'payload-unreadable', transferId: row.id, projectNo: row.project_no, reason: reasonOf(error) }, 'transfer cannot be dispatched');
      return [];
    }
  }

  private async sweepParked(): Promise<number> {
    const late = await markParkedTooLong(this.db, new Date(Date.now() - this.config.parkedPatienceMs), this.config.sweepBatch);
    for (const { type, project_no, trace_id } of late) {
      this.logger.error({ event: 'parked-too-long', type, projectNo: project_no, traceId: trace_id }, 'an event still waits for its predecessor');
    }
    return late.length;
  }

  private async measure(): Promise<void> {
    transfers.reset();
    for (const { destination, status, count } of await countTransfers(this.db)) transfers.set({ destination, status }, count);
    const { parked, tooLong } = await countParked(this.db);
    parkedEvents.set({ waiting: 'all' }, parked);
    parkedEvents.set({ waiting: 'too-long' }, tooLong);
  }
}
