import type { BatchResult, IncomingMessage } from '#bus';
import { KeyRing } from '#runtime';
import type { Logger } from '#runtime';
import { Inject, Injectable } from '@nestjs/common';
import { Kysely } from 'kysely';
import { applyOptions } from '../cases/apply-options.ts';
import { reportApplied } from '../cases/report-applied.ts';
import { GatewayConfig } from '../gateway.config.ts';
import { receiptsTotal } from '../gateway.metrics.ts';
import { batchTransaction } from '../ledger/batch-transaction.ts';
import { settleBatch } from '../ledger/settle-batch.ts';
import type { Read } from '../ledger/settle-batch.ts';
import type { LedgerTables } from '../ledger/tables.ts';
import { LOGGER } from '../logger.token.ts';
import { applyReceipts } from './apply-receipts.ts';
import type { AppliedReceipts, ArrivedReceipt } from './apply-receipts.ts';
import { PublishOrders } from './publish-orders.ts';
import { readReceipt, UnreadableReceiptError } from './read-receipt.ts';
import { RetrySchedules } from './retry-schedules.ts';
import { RetryTimers } from './retry-timers.ts';

/** Takes a batch of receipts off the queue: one transaction, then the timers that follow from it and the settlements, while its orders go out. */
@Injectable()
export class RecordReceipts {
  private readonly db: Kysely<LedgerTables>;
  private readonly keys: KeyRing;
  private readonly publish: PublishOrders;
  private readonly timers: RetryTimers;
  private readonly schedules: RetrySchedules;
  private readonly config: GatewayConfig;
  private readonly logger: Logger;

  constructor(
    db: Kysely<LedgerTables>, keys: KeyRing, publish: PublishOrders, timers: RetryTimers, schedules: RetrySchedules, config: GatewayConfig,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.db = db;
    this.keys = keys;
    this.publish = publish;
    this.timers = timers;
    this.schedules = schedules;
    this.config = config;
    this.logger = logger;
  }

  run(batch: readonly IncomingMessage[]): Promise<BatchResult> {
    return settleBatch(batch, (message, tried) => this.read(message, tried), (arrived) => this.record(arrived));
  }

  private async record(arrived: readonly ArrivedReceipt[]): Promise<void> {
    const options = applyOptions(this.config, this.keys);
    const applied = await batchTransaction(this.db, (trx) => applyReceipts(trx, arrived, (destination) => this.schedules.of(destination), options));
    for (const { receipt: { destination, outcome } } of arrived) receiptsTotal.inc({ destination, outcome });
    this.report(applied);
    await Promise.all([this.timers.set(applied.retries), this.publish.begin(applied.orders)]);
  }

  private report({ applied, failed, late, unknown }: AppliedReceipts): void {
    if (applied !== null) reportApplied(applied, this.logger);
    for (const transfer of failed) this.logger.error({ event: 'transfer-failed', ...transfer }, 'transfer failed and holds back its case');
    for (const transfer of late) this.logger.error({ event: 'transfer-delivered-late', ...transfer }, 'a transfer that was given up has been delivered all the same');
    for (const { transferId, projectNo } of unknown) this.logger.warn({ event: 'receipt-unknown', transferId, projectNo }, 'receipt of no transfer in this ledger');
  }

  private read(message: IncomingMessage, tried: boolean): Read<ArrivedReceipt> {
    try {
      return { item: { receipt: readReceipt(message.body), again: tried || message.deliveryCount > 0 } };
    } catch (error) {
      if (!(error instanceof UnreadableReceiptError)) throw error;
      return { settlement: { kind: 'dead', code: 'contract-broken', reason: error.message } };
    }
  }
}
