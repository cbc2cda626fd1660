import { KeyRing } from '#runtime';
import type { Logger } from '#runtime';
import { Inject, Injectable } from '@nestjs/common';
import { Kysely } from 'kysely';
import { PublishOrders } from '../dispatch/publish-orders.ts';
import { rowToOrder } from '../dispatch/transfer-order.ts';
import type { OrderedTransfer } from '../dispatch/transfer-order.ts';
import { recordAction } from '../evidence/record-action.ts';
import { GatewayConfig } from '../gateway.config.ts';
import { closeEndedPauses, loadHoldingChannels } from '../ledger/channel-rows.ts';
import type { HoldingChannel } from '../ledger/channel-rows.ts';
import { releasePaused } from '../ledger/due-transfers.ts';
import { reasonOf } from '../ledger/ledger-error.ts';
import type { LedgerTables } from '../ledger/tables.ts';
import type { TransferRow } from '../ledger/transfer-rows.ts';
import { LOGGER } from '../logger.token.ts';
import { drainStep } from './drain-step.ts';

/** The bridge itself, where the records name who did something. */
const BRIDGE = { id: 'service:gateway', name: '系统', address: '' };

/** How many batches of one channel are ordered in one round, at most. */
const BATCHES_PER_ROUND = 8;

/**
 * Lets go what channels held once they go on (通道恢复): the oldest first, in batches of bounded size that wait for the broker's answers, with a
 * slow start. Each batch is one statement that takes what nobody else has, so several gateways drain one channel together; what a crash leaves
 * under way and unpublished is found when its receipt is overdue.
 */
@Injectable()
export class DrainChannels {
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

  /** One round over the channels that go on: how many transfers were ordered. */
  async run(stopping?: AbortSignal): Promise<number> {
    await this.closeEnded();
    let ordered = 0;
    // While the broker is away nothing could be published: patience would only be used up.
    for (const holding of this.publish.ready ? await loadHoldingChannels(this.db) : []) ordered += await this.drain(holding, stopping);
    return ordered;
  }

  /** Pauses with a time to end are over by themselves; here that is written down, once. */
  private async closeEnded(): Promise<void> {
    const ended = await this.db.transaction().execute(async (trx) => {
      const rows = await closeEndedPauses(trx);
      for (const { channel, until } of rows) {
        await recordAction(trx, {
          caller: BRIDGE, action: 'channel.resumed', subjectKind: 'channel', subject: channel, reason: '到时自动恢复', result: 'done', facts: { until: until?.toISOString() ?? null },
        });
      }
      return rows;
    });
    for (const { channel } of ended) this.logger.info({ event: 'channel-resumed', channel, by: BRIDGE.id }, 'a pause ended by itself');
  }

  private async drain({ channel, goes_on_for }: HoldingChannel, stopping: AbortSignal | undefined): Promise<number> {
    const { sweepBatch, receiptPatienceMs } = this.config;
    const allowed = drainStep(goes_on_for, BATCHES_PER_ROUND * sweepBatch);
    let taken = 0;
    while (taken < allowed && this.publish.ready && stopping?.aborted !== true) {
      const limit = Math.min(sweepBatch, allowed - taken);
      const rows = await releasePaused(this.db, channel, receiptPatienceMs, limit);
      await this.publish.run(rows.filter(({ status }) => status === 'in_flight').flatMap((row) => this.readable(row)));
      taken += rows.length;
      if (rows.length < limit) break;
    }
    if (taken > 0) this.logger.info({ event: 'channel-drained', channel, count: taken }, 'transfers that a pause held go out');
    return taken;
  }

  /** One row that cannot be opened (its key is not on the ring) must not stop the others. */
  private readable(row: TransferRow): OrderedTransfer[] {
    try {
      return [rowToOrder(row, this.keys)];
    } catch (error) {
      this.logger.error({ event: 'payload-unreadable', transferId: row.id, projectNo: row.project_no, reason: reasonOf(error) }, 'transfer cannot be dispatched');
      return [];
    }
  }
}
