import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '#runtime';
import { Inject, Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { GatewayConfig } from '../gateway.config.ts';
import { reasonOf } from '../ledger/ledger-error.ts';
import { LOGGER } from '../logger.token.ts';
import { OperationJobs } from '../operations/operation-jobs.ts';
import { Lookout } from '../watch/lookout.ts';
import { SweepLedger } from './sweep-ledger.ts';

const ROUNDS_PER_RELEASE = 12;
/** A look asks the broker about every queue: however often the ledger is swept, it need not be more often than this (ms). */
const WATCH_AT_LEAST_MS = 1_000;
/** How long the end of the program waits for a round: every statement stands alone, so a round cut off by a stuck server loses nothing. */
const LAST_ROUND_MS = 500;

/**
 * Sweeps and looks around at intervals for as long as the gateway runs. A plain timer, not a job in Redis: the sweep is what makes good the loss of
 * Redis, so it may not depend on it.
 */
@Injectable()
export class Watchdog implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly sweep: SweepLedger;
  private readonly lookout: Lookout;
  private readonly operations: OperationJobs;
  private readonly config: GatewayConfig;
  private readonly logger: Logger;
  private readonly stop = new AbortController();
  private ended: Promise<unknown> = Promise.resolve();

  constructor(sweep: SweepLedger, lookout: Lookout, operations: OperationJobs, config: GatewayConfig, @Inject(LOGGER) logger: Logger) {
    this.sweep = sweep;
    this.lookout = lookout;
    this.operations = operations;
    this.config = config;
    this.logger = logger;
  }

  onApplicationBootstrap(): void {
    // Side by side: a sweep that works off a long outage must not keep anybody from being told.
    this.ended = Promise.all([this.sweepAtIntervals(), this.watchAtIntervals(), this.restoreAtIntervals()]);
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stop.abort();
    const end = this.ended.then(() => this.lookout.farewell()).catch((error: unknown) => {
      this.logger.debug({ event: 'farewell-not-said', reason: reasonOf(error) }, 'the other gateways miss this one for a while');
    });
    await Promise.race([end, sleep(LAST_ROUND_MS, undefined, { ref: false })]);
  }

  private async sweepAtIntervals(): Promise<void> {
    const { signal } = this.stop;
    for (let round = 1; await this.interval(signal); round += 1) {
      try {
        await this.sweep.run(signal);
        if (round % ROUNDS_PER_RELEASE === 0) await this.tidy();
      } catch (error) {
        this.logger.warn({ event: 'sweep-failed', reason: reasonOf(error) }, 'the next sweep tries again');
      }
    }
  }

  /** What need not be done in every round. */
  private async tidy(): Promise<void> {
    await this.sweep.release();
    await this.sweep.prune();
  }

  /** Operations do not wait for a sweep that works off a long outage either. */
  private async restoreAtIntervals(): Promise<void> {
    const { signal } = this.stop;
    for (let round = 1; await this.interval(signal); round += 1) {
      try {
        await this.operations.restore();
        if (round % ROUNDS_PER_RELEASE === 0) await this.operations.tidy();
      } catch (error) {
        this.logger.warn({ event: 'operations-not-restored', reason: reasonOf(error) }, 'the next round does it');
      }
    }
  }

  private async watchAtIntervals(): Promise<void> {
    const { signal } = this.stop;
    while (await this.interval(signal, WATCH_AT_LEAST_MS)) {
      try {
        await this.lookout.round(signal);
      } catch (error) {
        if (!signal.aborted) this.logger.warn({ event: 'watch-failed', reason: reasonOf(error) }, 'the next round looks again');
      }
    }
  }

  /** Spread a little, so that several gateways do not sweep in step. */
  private async interval(signal: AbortSignal, atLeastMs = 0): Promise<boolean> {
    const ms = Math.max(atLeastMs, this.config.sweepIntervalMs) * (0.75 + Math.random() / 2);
    return sleep(ms, true, { signal }).catch(() => false);
  }
}
