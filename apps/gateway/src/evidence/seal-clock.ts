import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '#runtime';
import { Inject, Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { GatewayConfig } from '../gateway.config.ts';
import { reasonOf } from '../ledger/ledger-error.ts';
import { LOGGER } from '../logger.token.ts';
import { SealMessages } from './seal-messages.ts';

/** How long the end of the program waits for a round: one cut off is rolled back, and the next gateway seals the same rows. */
const LAST_ROUND_MS = 500;

/** Seals messages at intervals for as long as the gateway runs. Of several gateways one seals at a time; the ledger sees to that. */
@Injectable()
export class SealClock implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly seal: SealMessages;
  private readonly config: GatewayConfig;
  private readonly logger: Logger;
  private readonly stop = new AbortController();
  private ended: Promise<void> = Promise.resolve();

  constructor(seal: SealMessages, config: GatewayConfig, @Inject(LOGGER) logger: Logger) {
    this.seal = seal;
    this.config = config;
    this.logger = logger;
  }

  onApplicationBootstrap(): void {
    this.ended = this.sealAtIntervals();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stop.abort();
    await Promise.race([this.ended, sleep(LAST_ROUND_MS, undefined, { ref: false })]);
  }

  private async sealAtIntervals(): Promise<void> {
    const { signal } = this.stop;
    while (await this.interval(signal)) {
      try {
        const sealed = await this.seal.run(signal);
        if (sealed === 'open') this.logger.debug({ event: 'sealing-waits' }, 'a transaction that writes messages has been open for long');
      } catch (error) {
        this.logger.warn({ event: 'sealing-failed', reason: reasonOf(error) }, 'the next round seals what this one did not');
      }
    }
  }

  /** Spread a little, so that several gateways do not seal in step. */
  private async interval(signal: AbortSignal): Promise<boolean> {
    return sleep(this.config.evidenceSealMs * (0.75 + Math.random() / 2), true, { signal }).catch(() => false);
  }
}
