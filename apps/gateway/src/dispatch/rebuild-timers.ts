import type { Logger } from '#runtime';
import { Inject, Injectable } from '@nestjs/common';
import { Redis } from 'ioredis';
import { Kysely } from 'kysely';
import { GatewayConfig } from '../gateway.config.ts';
import { timersRebuiltTotal } from '../gateway.metrics.ts';
import { listRetries } from '../ledger/due-transfers.ts';
import type { RetryPlace } from '../ledger/due-transfers.ts';
import { reasonOf } from '../ledger/ledger-error.ts';
import type { LedgerTables } from '../ledger/tables.ts';
import { LOGGER } from '../logger.token.ts';
import { RetryTimers } from './retry-timers.ts';
import { TimerMarker } from './timer-marker.ts';
import type { Rebuild } from './timer-marker.ts';

/** Timers set with one call. */
const PAGE = 1_000;

/** Whether the timers in Redis can be relied on: not while Redis is away, or while a rebuild had to be given up. */
export type TimersState = 'kept' | 'away';

/**
 * Puts the timers back that Redis lost: all of them when Redis was emptied or restarted, and when this process could not set some. One
 * gateway does it, page by page through the ledger, so that neither its memory nor Redis is flooded by 100,000 waiting transfers; a timer
 * that is there already is not set twice. What had its time while Redis was away is started by the processor, a few at a time.
 */
@Injectable()
export class RebuildTimers {
  private readonly db: Kysely<LedgerTables>;
  private readonly timers: RetryTimers;
  private readonly logger: Logger;
  private readonly marker: TimerMarker;

  constructor(db: Kysely<LedgerTables>, redis: Redis, timers: RetryTimers, config: GatewayConfig, @Inject(LOGGER) logger: Logger) {
    this.db = db;
    this.timers = timers;
    this.logger = logger;
    this.marker = new TimerMarker(redis, config.redisPrefix);
  }

  /** Looks, and rebuilds when needed. Throws only what PostgreSQL throws. `stopping`: a rebuild is left to another gateway, or to the next start. */
  async run(stopping?: AbortSignal): Promise<TimersState> {
    const rebuild = await this.claimIfNeeded();
    if (rebuild === 'away' || rebuild === 'kept') return rebuild;
    const count = await this.rebuild(rebuild, stopping);
    if (count === null) return 'away';
    this.logger.warn({ event: 'timers-rebuilt', count }, 'Redis had lost retry timers; the ledger put them back');
    return 'kept';
  }

  private async claimIfNeeded(): Promise<Rebuild | TimersState> {
    try {
      const state = await this.marker.look();
      const needed = state.kind === 'gone' || (state.kind === 'complete' && this.timers.haveMissing);
      return (needed ? await this.marker.claim(state) : null) ?? 'kept';
    } catch (error) {
      this.logger.warn({ event: 'timers-unreachable', reason: reasonOf(error) }, 'Redis is away; the sweep starts retries');
      return 'away';
    }
  }

  /** How many timers were put back; `null` when Redis went away, was emptied once more, or the process stops. */
  private async rebuild(rebuild: Rebuild, stopping: AbortSignal | undefined): Promise<number | null> {
    this.timers.forgetMissing();
    let after: RetryPlace | null = null;
    let count = 0;
    for (;;) {
      const page = await listRetries(this.db, after, PAGE);
      const set = await this.timers.set(page.map(({ id, attempts, waitMs }) => ({ transferId: id, attempt: attempts, waitMs })));
      if (!set) {
        // So that another gateway, which may reach Redis, need not wait until the claim runs out.
        await this.marker.leave(rebuild).catch(() => false);
        return null;
      }
      count += page.length;
      timersRebuiltTotal.inc(page.length);
      after = page.at(-1) ?? null;
      const step = page.length < PAGE ? 'finish' : stopping?.aborted === true ? 'leave' : 'renew';
      const stands = await this.marker[step](rebuild).catch(() => false);
      if (!stands || step === 'leave') return null;
      if (step === 'finish') return count;
    }
  }
}
