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
import { releaseAtRate } from './release-at-rate.ts';
import { openSince } from './sending-hours.ts';

/** The bridge itself, where the records name who did something. */
const BRIDGE = { id: 'service:gateway', name: '系统', address: '' };

/** How many batches of one channel are ordered in one round, at most. */
const BATCHES_PER_ROUND = 8;

/** Between two rounds while a limited channel holds something, and otherwise (ms). */
const LIMITED_ROUND_MS = 200;
const ROUND_MS = 1_000;

/**
 * Lets go what channels held once they go on (通道恢复): the oldest first, in batches of bounded size that wait for the broker's answers, with a
 * slow start; out of a limited channel at its rate. Each batch is one statement that takes what nobody else has, so several gateways drain one channel together; what a crash leaves
 * under way and unpublished is found when its receipt is overdue.
 */
@Injectable()
export class DrainChannels {
  private readonly db: Kysely<LedgerTables>;
  private readonly keys: KeyRing;
  private readonly publish: PublishOrders;
  private readonly config: GatewayConfig;
  private readonly logger: Logger;
  private limiting = false;

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
    const holding = this.publish.ready ? await loadHoldingChannels(this.db) : [];
    this.limiting = holding.some(({ rate_per_second: rate }) => rate !== null);
    for (const one of holding) ordered += await (one.rate_per_second === null ? this.drain(one, stopping) : this.drainAtRate(one));
    return ordered;
  }

  /** How soon the next round is due (ms): a rate is kept in small steps. */
  get pauseMs(): number {
    return this.limiting ? LIMITED_ROUND_MS : ROUND_MS;
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

  private async drainAtRate({ channel }: HoldingChannel): Promise<number> {
    const { sweepBatch, receiptPatienceMs } = this.config;
    const rows = await this.db.transaction().execute((trx) => releaseAtRate(trx, channel, receiptPatienceMs, sweepBatch));
    await this.order(rows);
    return rows.length;
  }

  private async drain(holding: HoldingChannel, stopping: AbortSignal | undefined): Promise<number> {
    const { sweepBatch, receiptPatienceMs } = this.config;
    const { channel } = holding;
    const allowed = drainStep(openFor(holding), BATCHES_PER_ROUND * sweepBatch);
    let taken = 0;
    while (taken < allowed && this.publish.ready && stopping?.aborted !== true) {
      const limit = Math.min(sweepBatch, allowed - taken);
      const rows = await releasePaused(this.db, channel, receiptPatienceMs, limit);
      await this.order(rows);
      taken += rows.length;
      if (rows.length < limit) break;
    }
    if (taken > 0) this.logger.info({ event: 'channel-drained', channel, count: taken }, 'transfers that a channel held go out');
    return taken;
  }

  private async order(rows: readonly TransferRow[]): Promise<void> {
    await this.publish.run(rows.filter(({ status }) => status === 'in_flight').flatMap((row) => this.readable(row)));
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

/** Seconds since a channel has been open: since people let it go on, or since its hours began. */
function openFor({ goes_on_for: seconds, hours, now }: HoldingChannel): number {
  const since = openSince(hours, now);
  return since === null ? seconds : Math.min(seconds, (now.getTime() - since.getTime()) / 1_000);
}
