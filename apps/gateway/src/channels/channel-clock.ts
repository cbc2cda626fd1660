import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '#runtime';
import { Inject, Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { reasonOf } from '../ledger/ledger-error.ts';
import { LOGGER } from '../logger.token.ts';
import { DrainChannels } from './drain-channels.ts';

/** A round asks the ledger for channels that go on and still hold something: two cheap questions while none does. */
const ROUND_MS = 1_000;
/** How long the end of the program waits for a round: every batch stands alone, so a round cut off loses nothing. */
const LAST_ROUND_MS = 500;

/** Drains channels at intervals for as long as the gateway runs, whichever gateway resumed them. */
@Injectable()
export class ChannelClock implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly drain: DrainChannels;
  private readonly logger: Logger;
  private readonly stop = new AbortController();
  private ended: Promise<void> = Promise.resolve();

  constructor(drain: DrainChannels, @Inject(LOGGER) logger: Logger) {
    this.drain = drain;
    this.logger = logger;
  }

  onApplicationBootstrap(): void {
    this.ended = this.drainAtIntervals();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stop.abort();
    await Promise.race([this.ended, sleep(LAST_ROUND_MS, undefined, { ref: false })]);
  }

  private async drainAtIntervals(): Promise<void> {
    const { signal } = this.stop;
    while (await sleep(ROUND_MS * (0.75 + Math.random() / 2), true, { signal }).catch(() => false)) {
      try {
        await this.drain.run(signal);
      } catch (error) {
        this.logger.warn({ event: 'drain-failed', reason: reasonOf(error) }, 'the next round tries again');
      }
    }
  }
}
