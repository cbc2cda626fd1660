import { setTimeout as wait } from 'node:timers/promises';
import { BusUnavailableError, type BusPublisher, type RawMessage } from '#bus';
import type { Logger } from '#runtime';

export interface BrokerWatchOptions {
  readonly publisher: BusPublisher;
  readonly logger: Logger;
  /** How long a confirm may take before the broker counts as hanging. */
  readonly patienceMs: number;
  /** A harmless publish of the same kind, to find out whether it is well again. */
  readonly probe: () => RawMessage;
}

interface InHand {
  readonly since: number;
  readonly giveUp: (reason: Error) => void;
}

const LOOK_EVERY_MS = 100;
const PROBE_EVERY_MS = [200, 500, 1_000, 2_000];

/**
 * Knows whether RabbitMQ confirms. A broker that refuses is known at once; one that hangs would let every request wait for the whole
 * time-out. So the first confirm that is late condemns it: everything in hand is given up at the same moment, and nothing is published any
 * more until a probe is confirmed.
 */
export class BrokerWatch {
  readonly #options: BrokerWatchOptions;
  readonly #inHand = new Set<InHand>();
  readonly #stopping = new AbortController();
  readonly #clock: NodeJS.Timeout;
  #hanging = false;

  constructor(options: BrokerWatchOptions) {
    this.#options = options;
    this.#clock = setInterval(() => this.#look(), LOOK_EVERY_MS);
    this.#clock.unref();
  }

  /** Whether a publish is worth trying. */
  get usable(): boolean {
    return !this.#hanging && this.#options.publisher.ready;
  }

  /** Publishes and resolves on confirm. Rejects at once while the broker is away or hangs, and as soon as it turns out to hang: then the message may have been taken. */
  confirm(message: RawMessage): Promise<void> {
    if (!this.usable) return Promise.reject(new BusUnavailableError(this.#hanging ? 'timeout' : 'not-connected', false));
    return new Promise((resolve, reject) => {
      const mine: InHand = { since: performance.now(), giveUp: reject };
      this.#inHand.add(mine);
      this.#options.publisher.publishRaw(message).then(resolve, reject).finally(() => this.#inHand.delete(mine));
    });
  }

  stop(): void {
    clearInterval(this.#clock);
    this.#stopping.abort();
  }

  /** A set keeps the order of insertion: the first is the oldest. */
  #look(): void {
    const [oldest] = this.#inHand;
    if (this.#hanging || oldest === undefined || performance.now() - oldest.since < this.#options.patienceMs) return;
    this.#hanging = true;
    this.#options.logger.warn({ event: 'broker-hangs', inHand: this.#inHand.size, patienceMs: this.#options.patienceMs }, 'RabbitMQ does not confirm; events go to the spool');
    for (const { giveUp } of this.#inHand) giveUp(new BusUnavailableError('timeout', true));
    this.#inHand.clear();
    void this.#probeUntilWell();
  }

  async #probeUntilWell(): Promise<void> {
    const { signal } = this.#stopping;
    for (let tries = 0; !signal.aborted; tries++) {
      const pause = PROBE_EVERY_MS[Math.min(tries, PROBE_EVERY_MS.length - 1)];
      await wait(pause, undefined, { signal, ref: false }).catch(() => undefined);
      if (!signal.aborted && await this.#probe()) {
        this.#hanging = false;
        this.#options.logger.info({ event: 'broker-confirms', tries: tries + 1 }, 'RabbitMQ confirms again');
        return;
      }
    }
  }

  async #probe(): Promise<boolean> {
    const { publisher, probe } = this.#options;
    if (!publisher.ready) return false;
    return publisher.publishAlone(probe()).then(() => true, () => false);
  }
}
