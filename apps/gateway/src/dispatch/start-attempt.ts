import { KeyRing } from '#runtime';
import { Injectable } from '@nestjs/common';
import { Kysely } from 'kysely';
import { GatewayConfig } from '../gateway.config.ts';
import { findStartedAttempt, startNextAttempt } from '../ledger/due-transfers.ts';
import type { LedgerTables } from '../ledger/tables.ts';
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

  /**
   * Whether the attempt after number `attempt` was started now, or when asked `again`: whether it is out. While its channel is paused it is
   * not; the ledger then holds it until the channel goes on. Asked again after a failure
   * nobody knows whether the ledger took the start, so an attempt that is out without an answer is ordered once more.
   */
  async run(transferId: string, attempt: number, again = false): Promise<boolean> {
    const started = await startNextAttempt(this.db, transferId, attempt, this.config.receiptPatienceMs);
    if (started?.status === 'held') return false;
    const row = started ?? (again ? await findStartedAttempt(this.db, transferId, attempt) : undefined);
    if (row === undefined) return false;
    await this.publish.run([rowToOrder(row, this.keys)]);
    return true;
  }
}
