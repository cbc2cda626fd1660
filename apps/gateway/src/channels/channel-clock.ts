import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '#runtime';
import { Inject, Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { reasonOf } from '../ledger/ledger-error.ts';
import { LOGGER } from '../logger.token.ts';
import { DrainChannels } from './drain-channels.ts';
import { MeasureChannels } from './measure-channels.ts';

/** Metrics are collected every ten seconds or less often: to measure in every round would be in vain. */
const MEASURE_MS = 8_000;
/** How long the end of the program waits for a round: every batch stands alone, so a round cut off loses nothing. */
const LAST_ROUND_MS = 500;

/** Drains and measures channels at intervals for as long as the gateway runs, whichever gateway resumed them. */
@Injectable()
export class ChannelClock implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly drain: DrainChannels;
  private readonly measure: MeasureChannels;
  private readonly logger: Logger;
  private readonly stop = new AbortController();
  private ended: Promise<void> = Promise.resolve();

  constructor(drain: DrainChannels, measure: MeasureChannels, @Inject(LOGGER) logger: Logger) {
    this.drain = drain;
    this.measure = measure;
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
    // A round asks the ledger for channels that are open and hold something: two cheap questions while none does.
    for (let measuredAt = -MEASURE_MS; await sleep(this.drain.pauseMs * (0.75 + Math.random() / 2), true, { signal }).catch(() => false);) {
      try {
        await this.drain.run(signal);
        if (performance.now() - measuredAt < MEASURE_MS) continue;
        measuredAt = performance.now();
        await this.measure.run();
      } catch (error) {
        this.logger.warn({ event: 'drain-failed', reason: reasonOf(error) }, 'the next round tries again');
      }
    }
  }
}
