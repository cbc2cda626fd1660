import type { BatchResult, IncomingMessage } from '#bus';
import { KeyRing } from '#runtime';
import type { Logger } from '#runtime';
import { Inject, Injectable } from '@nestjs/common';
import { Kysely } from 'kysely';
import { PublishOrders } from '../dispatch/publish-orders.ts';
import { GatewayConfig } from '../gateway.config.ts';
import { batchTransaction } from '../ledger/batch-transaction.ts';
import { settleBatch } from '../ledger/settle-batch.ts';
import type { Read } from '../ledger/settle-batch.ts';
import type { LedgerTables } from '../ledger/tables.ts';
import { LOGGER } from '../logger.token.ts';
import { AcknowledgeRecorded } from './acknowledge-recorded.ts';
import { applyEvents } from './apply-events.ts';
import { applyOptions } from './apply-options.ts';
import { readArrived, UnreadableEventError } from './arrived-event.ts';
import type { ArrivedEvent } from './arrived-event.ts';
import { reportApplied } from './report-applied.ts';

/**
 * Takes a batch of events off a queue: one transaction, then the settlements, while the orders that follow from it go out. A message is
 * acknowledged only after its commit, to the broker and to the adapter that keeps it until then. When the process dies in between, the
 * broker hands the batch out again and the inbox knows it.
 */
@Injectable()
export class ReceiveEvents {
  private readonly db: Kysely<LedgerTables>;
  private readonly keys: KeyRing;
  private readonly publish: PublishOrders;
  private readonly recorded: AcknowledgeRecorded;
  private readonly config: GatewayConfig;
  private readonly logger: Logger;

  constructor(
    db: Kysely<LedgerTables>, keys: KeyRing, publish: PublishOrders, recorded: AcknowledgeRecorded, config: GatewayConfig, @Inject(LOGGER) logger: Logger,
  ) {
    this.db = db;
    this.keys = keys;
    this.publish = publish;
    this.recorded = recorded;
    this.config = config;
    this.logger = logger;
  }

  async run(batch: readonly IncomingMessage[]): Promise<BatchResult> {
    const result = await settleBatch(batch, (message, tried) => this.read(message, tried), (arrivals) => this.receive(arrivals));
    if (!('kind' in result)) this.recorded.run(batch.filter((_, index) => result[index] === 'done'));
    return result;
  }

  private async receive(arrivals: readonly ArrivedEvent[]): Promise<void> {
    const options = applyOptions(this.config, this.keys);
    const applied = await batchTransaction(this.db, (trx) => applyEvents(trx, arrivals, options));
    reportApplied(applied, this.logger);
    await this.publish.begin(applied.orders);
  }

  private read(message: IncomingMessage, tried: boolean): Read<ArrivedEvent> {
    try {
      return { item: readArrived(message, tried) };
    } catch (error) {
      if (!(error instanceof UnreadableEventError)) throw error;
      this.logger.error({ event: 'event-unreadable', messageId: message.messageId, reason: error.message }, 'event becomes a dead letter');
      return { settlement: { kind: 'dead', code: 'contract-broken', reason: error.message } };
    }
  }
}
