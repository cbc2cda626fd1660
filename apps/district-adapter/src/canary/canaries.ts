import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import type { HttpAdapterHost } from '@nestjs/core';
import type { Redis } from 'ioredis';
import { Counter } from 'prom-client';
import { catalogue } from '#contracts';
import type { KeyBook } from '#edge';
import { metricsRegistry, type Logger } from '#runtime';
import type { DistrictAdapterConfig } from '../district-adapter.config.ts';
import { canaryCase } from './canary-case.ts';
import { sendCanary, type CanaryAnswer } from './send-canary.ts';

/** The first canary of a hall comes soon after the start, but not from all instances and halls at once. */
const FIRST_WITHIN_MS = 5_000;
/** Part of the interval for which a turn is taken: the next one must be free when it is due. */
const TURN = 0.9;

const sent = new Counter({
  name: 'jiujin_canary_sent_total', help: 'Canaries sent through the own door, by answer', labelNames: ['hall', 'answer'], registers: [metricsRegistry],
});

export interface CanaryParts {
  readonly config: DistrictAdapterConfig;
  readonly halls: readonly string[];
  readonly keys: KeyBook;
  readonly redis: Redis;
  readonly http: HttpAdapterHost;
  readonly logger: Logger;
}

/**
 * Sends each hall's canary (拨测) through this program's own door at intervals, and does not ask what becomes of it: the gateway's ledger
 * shows when one came round, and that none did. Several instances share the turns over Redis; without Redis the door would take nothing.
 */
export class Canaries implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #parts: CanaryParts;
  readonly #stop = new AbortController();
  #ended: Promise<unknown> = Promise.resolve();

  constructor(parts: CanaryParts) {
    this.#parts = parts;
  }

  onApplicationBootstrap(): void {
    this.#ended = Promise.all(canaryHalls(this.#parts).map((hall) => this.#attend(hall)));
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#stop.abort();
    await this.#ended;
  }

  async #attend(hallCode: string): Promise<void> {
    const { canaryIntervalMs } = this.#parts.config;
    let pause = Math.random() * Math.min(canaryIntervalMs, FIRST_WITHIN_MS);
    while (await this.#pause(pause)) {
      if (await this.#isOurTurn(hallCode)) await this.#send(hallCode);
      pause = canaryIntervalMs;
    }
  }

  #pause(ms: number): Promise<boolean> {
    return sleep(ms, true, { signal: this.#stop.signal }).catch(() => false);
  }

  async #isOurTurn(hallCode: string): Promise<boolean> {
    const { redis, config } = this.#parts;
    const taken = await redis.set(`${config.redisPrefix}canary:${hallCode}`, '1', 'PX', Math.ceil(config.canaryIntervalMs * TURN), 'NX').catch(() => null);
    return taken === 'OK';
  }

  async #send(hallCode: string): Promise<void> {
    const door = this.#door();
    const hall = catalogue().hall(hallCode);
    const event = hall === undefined ? null : canaryCase(hall, Date.now(), catalogue());
    if (door === null || event === null) {
      this.#parts.logger.warn({ hall: hallCode }, event === null ? '目录中没有可用于拨测的事项' : '入口尚未开放，本次不拨测');
      return;
    }
    this.#note(hallCode, event.subject, await sendCanary(door, hallCode, event, this.#parts.keys, this.#stop.signal));
  }

  #note(hall: string, projectNo: string, answer: CanaryAnswer): void {
    const word = wordOf(answer);
    sent.inc({ hall, answer: word });
    if (word !== 'accepted') this.#parts.logger.warn({ hall, projectNo, ...answer }, '拨测事件未被入口接收');
  }

  /** Where this program listens, or `null` as long as it does not. */
  #door(): URL | null {
    const server = this.#parts.http.httpAdapter.getHttpServer() as { address(): AddressInfo | string | null };
    const address = server.address();
    if (address === null || typeof address === 'string') return null;
    const { host } = this.#parts.config;
    const name = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
    return new URL(`http://${name.includes(':') ? `[${name}]` : name}:${address.port}`);
  }
}

function wordOf(answer: CanaryAnswer): 'accepted' | 'refused' | 'none' {
  if (answer === null) return 'none';
  return answer.status === 202 ? 'accepted' : 'refused';
}

/** The halls that get canaries, none while they are switched off: served here, chosen (or none was chosen), and with a key to sign with. */
export function canaryHalls({ config, halls, keys }: Pick<CanaryParts, 'config' | 'halls' | 'keys'>): string[] {
  const chosen = config.canaryHalls;
  if (config.canaryIntervalMs === 0) return [];
  return halls.filter((code) => (chosen.length === 0 || chosen.includes(code)) && keys.has(`hall-${code}`));
}
