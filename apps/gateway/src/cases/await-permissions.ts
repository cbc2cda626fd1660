import { KeyRing } from '#runtime';
import type { Logger } from '#runtime';
import { Inject, Injectable } from '@nestjs/common';
import { Kysely } from 'kysely';
import { PublishOrders } from '../dispatch/publish-orders.ts';
import { GatewayConfig } from '../gateway.config.ts';
import { batchTransaction } from '../ledger/batch-transaction.ts';
import { loadAwaitingPermission } from '../ledger/event-rows.ts';
import { isLedgerAway, isLedgerSlow, reasonOf } from '../ledger/ledger-error.ts';
import type { LedgerTables } from '../ledger/tables.ts';
import { LOGGER } from '../logger.token.ts';
import { applyWaiting } from './apply-events.ts';
import { applyOptions } from './apply-options.ts';
import { reportApplied } from './report-applied.ts';

/** Cases locked at once: few, because live events of theirs wait meanwhile. */
const BATCH = 100;
/** So many cases of one take may be too slow by themselves; with one more it is the ledger that is slow. */
const MOST_SLOW = 3;

/**
 * Judges what was received without a permission again, until the permission has come or the wait for it is over. The grant itself does not
 * do it: it is recorded under another lock than the receipt, so the two may be recorded at the same moment without seeing each other.
 */
@Injectable()
export class AwaitPermissions {
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

  /** Goes through all that wait, oldest first. */
  async run(stopping?: AbortSignal): Promise<void> {
    for (let after = 0; stopping?.aborted !== true;) {
      const waiting = await loadAwaitingPermission(this.db, after, BATCH);
      const last = waiting.at(-1);
      if (last === undefined) return;
      await this.judgeAll([...new Set(waiting.map((row) => row.order_key))], stopping);
      after = last.seq;
    }
  }

  /** A case that cannot be judged (a key that is not on the ring, too much for the server) must not keep the others waiting. */
  private async judgeAll(orderKeys: readonly string[], stopping?: AbortSignal): Promise<void> {
    try {
      await this.judge(orderKeys);
    } catch (error) {
      // What is too slow together may get through in pieces.
      if (isLedgerAway(error) && !isLedgerSlow(error)) throw error;
      await this.judgeSingly(orderKeys, stopping);
    }
  }

  private async judgeSingly(orderKeys: readonly string[], stopping?: AbortSignal): Promise<void> {
    let slow = 0;
    for (const orderKey of orderKeys) {
      if (stopping?.aborted === true) return;
      try {
        await this.judge([orderKey]);
      } catch (error) {
        if (isLedgerSlow(error)) slow += 1;
        if (isLedgerSlow(error) ? slow > MOST_SLOW : isLedgerAway(error)) throw error;
        this.logger.error({ event: 'waiting-not-judged', projectNo: orderKey, reason: reasonOf(error) }, 'what waits for a permission cannot be judged');
      }
    }
  }

  private async judge(orderKeys: readonly string[]): Promise<void> {
    const options = applyOptions(this.config, this.keys);
    const applied = await batchTransaction(this.db, (trx) => applyWaiting(trx, orderKeys, options));
    reportApplied(applied, this.logger);
    await this.publish.run(applied.orders);
  }
}
