import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '#runtime';
import { Inject, Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { reasonOf } from '../ledger/ledger-error.ts';
import { LOGGER } from '../logger.token.ts';
import { KeepMaintenance } from './keep-maintenance.ts';

const ROUND_MS = 1_000;
/** How long the end of the program waits for a round: every step stands alone, so a round cut off loses nothing. */
const LAST_ROUND_MS = 500;

/** Keeps planned downtimes at intervals for as long as the gateway runs, whichever gateway took the order. */
@Injectable()
export class MaintenanceClock implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly maintenance: KeepMaintenance;
  private readonly logger: Logger;
  private readonly stop = new AbortController();
  private ended: Promise<void> = Promise.resolve();

  constructor(maintenance: KeepMaintenance, @Inject(LOGGER) logger: Logger) {
    this.maintenance = maintenance;
    this.logger = logger;
  }

  onApplicationBootstrap(): void {
    this.ended = this.keepAtIntervals();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stop.abort();
    await Promise.race([this.ended, sleep(LAST_ROUND_MS, undefined, { ref: false })]);
  }

  private async keepAtIntervals(): Promise<void> {
    const { signal } = this.stop;
    while (await sleep(ROUND_MS * (0.75 + Math.random() / 2), true, { signal }).catch(() => false)) {
      try {
        await this.maintenance.run();
      } catch (error) {
        this.logger.warn({ event: 'maintenance-not-kept', reason: reasonOf(error) }, 'the next round tries again');
      }
    }
  }
}
