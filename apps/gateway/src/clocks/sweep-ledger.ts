import type { Destination } from '#contracts';
import { KeyRing } from '#runtime';
import type { Logger } from '#runtime';
import { Inject, Injectable } from '@nestjs/common';
import { Kysely } from 'kysely';
import { AwaitPermissions } from '../cases/await-permissions.ts';
import { PublishOrders } from '../dispatch/publish-orders.ts';
import { RebuildTimers } from '../dispatch/rebuild-timers.ts';
import { RetrySchedules } from '../dispatch/retry-schedules.ts';
import { rowToOrder } from '../dispatch/transfer-order.ts';
import type { OrderedTransfer } from '../dispatch/transfer-order.ts';
import { groupOldFailures } from '../failures/group-old-failures.ts';
import { GatewayConfig } from '../gateway.config.ts';
import { parkedEvents, sweptTotal, transfers } from '../gateway.metrics.ts';
import { pruneCanaries } from '../ledger/canary-rows.ts';
import { recallFarTimes, releaseForgotten, startOverdueAttempts, takeUnanswered, takeUnpublished } from '../ledger/due-transfers.ts';
import { countParked, markParkedTooLong } from '../ledger/event-rows.ts';
import { reasonOf } from '../ledger/ledger-error.ts';
import type { LedgerTables } from '../ledger/tables.ts';
import { countTransfers } from '../ledger/transfer-rows.ts';
import type { TransferRow } from '../ledger/transfer-rows.ts';
import { LOGGER } from '../logger.token.ts';
import { shareOut } from './judge-reorder.ts';
import { MissingOrders } from './missing-orders.ts';

const CANARY_KEPT_MS = 86_400_000;

/** What one sweep took up. */
export interface Swept {
  /** Not taken by the broker when they should have gone out: published now. */
  readonly unpublished: number;
  /** Under way without a receipt past its time, and not waiting in their queue: published again. */
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
  private readonly timers: RebuildTimers;
  private readonly schedules: RetrySchedules;
  private readonly permissions: AwaitPermissions;
  private readonly missing: MissingOrders;
  private readonly config: GatewayConfig;
  private readonly logger: Logger;

  constructor(
    db: Kysely<LedgerTables>, keys: KeyRing, publish: PublishOrders, timers: RebuildTimers, schedules: RetrySchedules,
    permissions: AwaitPermissions, missing: MissingOrders, config: GatewayConfig,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.db = db;
    this.keys = keys;
    this.publish = publish;
    this.timers = timers;
    this.schedules = schedules;
    this.permissions = permissions;
    this.missing = missing;
    this.config = config;
    this.logger = logger;
  }

  async run(stopping?: AbortSignal): Promise<Swept> {
    const timers = await this.timers.run(stopping);
    // Without timers nobody else starts a retry, so none has to be left a margin.
    const swept = await this.sweepTransfers(timers === 'away' ? 0 : this.config.retryMarginMs, stopping);
    const parkedTooLong = await this.sweepParked();
    await groupOldFailures(this.db, this.config.sweepBatch);
    await this.measure();
    // Last: a ledger too slow for it must not cost the rest of the round.
    await this.permissions.run(stopping);
    return { ...swept, parkedTooLong };
  }

  /**
   * Starts what is held although nothing before it is undelivered any more, and says how many that were. It looks at every held
   * transfer, of which there are many while a destination is away: to be done far less often than {@link run}. Times that only a wrong
   * clock can have set are brought back too.
   */
  async release(): Promise<number> {
    if (!this.publish.ready) return 0;
    const { receiptPatienceMs, receiptPatienceCapMs, sweepBatch } = this.config;
    const recalled = await recallFarTimes(this.db, Math.max(receiptPatienceMs, receiptPatienceCapMs), this.schedules.longestWaitMs);
    if (recalled > 0) this.logger.warn({ event: 'times-recalled', count: recalled }, 'PostgreSQL’s clock was put back: transfers were to wait too long');
    const released = (await releaseForgotten(this.db, receiptPatienceMs, sweepBatch)).filter(isOrdered);
    await this.order('held-without-reason', released);
    return released.length;
  }

  /** Removes canaries (拨测) of more than a day ago, a bounded number at a time, and says how many. */
  prune(): Promise<number> {
    return pruneCanaries(this.db, CANARY_KEPT_MS, this.config.sweepBatch);
  }

  /**
   * More may be waiting than one take, as after a long outage: it goes on until one sweep's time is over. Each take waits for the broker's
   * answers before the next, so no more than one of each kind is ever in hand. How many orders are missing is asked once: what is ordered
   * again meanwhile lies in the queue.
   */
  private async sweepTransfers(marginMs: number, stopping: AbortSignal | undefined): Promise<Omit<Swept, 'parkedTooLong'>> {
    const until = performance.now() + this.config.sweepIntervalMs;
    const swept = { unpublished: 0, unanswered: 0, overdue: 0 };
    // While the broker is away nothing could be published: patience would only be used up.
    const missing = this.publish.ready ? await this.missing.count() : new Map<Destination, number>();
    while (this.publish.ready) {
      const unpublished = await this.orderUnpublished();
      const unanswered = await this.orderMissing(missing);
      const overdue = await startOverdueAttempts(this.db, marginMs, this.config.receiptPatienceMs, this.config.sweepBatch);
      await this.order('timer-lost', overdue.filter(isOrdered));
      swept.unpublished += unpublished;
      swept.unanswered += unanswered;
      swept.overdue += overdue.length;
      const more = Math.max(unpublished, overdue.length) === this.config.sweepBatch || missing.size > 0;
      if (!more || performance.now() > until || stopping?.aborted === true) break;
    }
    return swept;
  }

  /** Nothing is known of what the broker did not confirm: it may have been sent. */
  private async orderUnpublished(): Promise<number> {
    const { receiptPatienceMs, receiptPatienceCapMs, sweepBatch } = this.config;
    const rows = await takeUnpublished(this.db, receiptPatienceMs, receiptPatienceCapMs, sweepBatch);
    await this.order('unpublished', rows, (row) => ({ ...rowToOrder(row, this.keys), resend: true, unpublishedSince: row.waiting_since }));
    return rows.length;
  }

  /** One take of what is missing, which is struck off `missing`. */
  private async orderMissing(missing: Map<Destination, number>): Promise<number> {
    const { receiptPatienceMs, receiptPatienceCapMs, sweepBatch } = this.config;
    const shares = shareOut(missing, sweepBatch);
    const rows = await takeUnanswered(this.db, shares, receiptPatienceMs, receiptPatienceCapMs);
    for (const [destination, count] of missing) {
      const left = count - (shares.find((one) => one.destination === destination)?.share ?? 0);
      if (left > 0) missing.set(destination, left);
      else missing.delete(destination);
    }
    await this.order('no-receipt', rows);
    return rows.length;
  }

  private async order<Row extends TransferRow>(reason: string, rows: readonly Row[], toOrder = (row: Row): OrderedTransfer => rowToOrder(row, this.keys)): Promise<void> {
    if (rows.length === 0) return;
    sweptTotal.inc({ reason }, rows.length);
    this.logger.warn({ event: 'swept', reason, count: rows.length, projectNo: rows[0]?.project_no }, 'transfers dispatched by the sweep');
    await this.publish.run(rows.flatMap((row) => this.readable(row, toOrder)));
  }

  /** One row that cannot be opened (its key is not on the ring) must not stop the others. */
  private readable<Row extends TransferRow>(row: Row, toOrder: (row: Row) => OrderedTransfer): OrderedTransfer[] {
    try {
      return [toOrder(row)];
    } catch (error) {
      this.logger.error({ event: 'payload-unreadable', transferId: row.id, projectNo: row.project_no, reason: reasonOf(error) }, 'transfer cannot be dispatched');
      return [];
    }
  }

  private async sweepParked(): Promise<number> {
    const late = await markParkedTooLong(this.db, this.config.parkedPatienceMs, this.config.sweepBatch);
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

/** Not kept back by a paused channel. */
function isOrdered({ status }: TransferRow): boolean {
  return status === 'in_flight';
}
