import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '#runtime';
import { Inject, Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { reasonOf } from '../ledger/ledger-error.ts';
import { LOGGER } from '../logger.token.ts';
import { SendLetters } from './send-letters.ts';

const ROUND_MS = 5_000;
const MOST_AT_ONCE = 50;
/** How long the end of the program waits for a round: a letter cut off goes once more, which is harmless. */
const LAST_ROUND_MS = 500;

/** Finishes what a crash or an absent broker left between the decision to replay a dead letter and the broker's confirm, whichever gateway began it. */
@Injectable()
export class LetterClock implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly stop = new AbortController();
  private ended: Promise<void> = Promise.resolve();

  constructor(@Inject(SendLetters) private readonly letters: SendLetters, @Inject(LOGGER) private readonly logger: Logger) {}

  onApplicationBootstrap(): void {
    this.ended = this.finishAtIntervals();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stop.abort();
    await Promise.race([this.ended, sleep(LAST_ROUND_MS, undefined, { ref: false })]);
  }

  private async finishAtIntervals(): Promise<void> {
    const { signal } = this.stop;
    while (await sleep(ROUND_MS * (0.75 + Math.random() / 2), true, { signal }).catch(() => false)) {
      try {
        await this.letters.finish(MOST_AT_ONCE);
      } catch (error) {
        this.logger.warn({ event: 'letters-not-finished', reason: reasonOf(error) }, 'the next round tries again');
      }
    }
  }
}
