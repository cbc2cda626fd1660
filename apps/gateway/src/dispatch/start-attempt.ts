import { KeyRing } from '#runtime';
import { Injectable } from '@nestjs/common';
import { Kysely } from 'kysely';
import { receiptDueAt } from '../cases/apply-options.ts';
import { GatewayConfig } from '../gateway.config.ts';
import type { LedgerTables } from '../ledger/tables.ts';
import { startNextAttempt } from '../ledger/transfer-rows.ts';
import { PublishOrders } from './publish-orders.ts';
import { rowToOrder } from './transfer-order.ts';

/** Makes the attempt that follows a failed one, unless somebody else has: the ledger is asked first, in one compare-and-set. */
@Injectable()
export class StartAttempt {
  private readonly db: Kysely<LedgerTables>;
  private readonly keys: KeyRing;
  private readonly publish: PublishOrders;
  private readonly config: GatewayConfig;

  constructor(db: Kysely<LedgerTables>, keys: KeyRing, publish: PublishOrders, config: GatewayConfig) {
    this.db = db;
    this.keys = keys;
    this.publish = publish;
    this.config = config;
  }

  /** Whether the attempt after number `attempt` was started now. */
  async run(transferId: string, attempt: number): Promise<boolean> {
    const row = await startNextAttempt(this.db, transferId, attempt, receiptDueAt(this.config));
    if (row === undefined) return false;
    await this.publish.run([rowToOrder(row, this.keys)]);
    return true;
  }
}
