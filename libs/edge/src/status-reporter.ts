import { randomBytes, randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { BusPublisher } from '#bus';
import { EXCHANGES, REPORT_ROUTES, type CircuitStatus, type EdgeStatus } from '#contracts';
import type { Logger } from '#runtime';
import type { EdgeFigures } from './edge-figures.ts';

export interface StatusReporterOptions {
  readonly app: EdgeStatus['app'];
  readonly publisher: Pick<BusPublisher, 'publish'>;
  readonly circuits: () => readonly CircuitStatus[];
  /** Must not reject, and must end in bounded time. */
  readonly figures: () => Promise<EdgeFigures>;
  readonly logger: Logger;
  readonly everyMs?: number;
}

const EVERY_MS = 5_000;

/** Host, process id and a random part: one name for each start of an adapter. */
export function instanceName(): string {
  return `${hostname().slice(0, 80)}-${process.pid}-${randomBytes(3).toString('hex')}`;
}

/**
 * Tells the gateway every few seconds, and at once when asked to, how this instance stands. Best effort: what the broker does not take is
 * not sent again, for the next report says more.
 */
export class StatusReporter {
  readonly #options: StatusReporterOptions;
  readonly #instance = instanceName();
  #timer: NodeJS.Timeout | undefined;
  #underway = false;
  #wanted = false;

  constructor(options: StatusReporterOptions) {
    this.#options = options;
  }

  start(): void {
    this.#timer = setInterval(() => this.report(), this.#options.everyMs ?? EVERY_MS);
    this.report();
  }

  /** Reports now; while a report is under way, once more after it. */
  report(): void {
    this.#wanted = true;
    if (!this.#underway) void this.#work();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async #work(): Promise<void> {
    this.#underway = true;
    while (this.#wanted) {
      this.#wanted = false;
      await this.#publish().catch((error: unknown) => this.#options.logger.debug({ error: String(error) }, 'status could not be reported'));
    }
    this.#underway = false;
  }

  async #publish(): Promise<void> {
    const { app, circuits, figures, publisher } = this.#options;
    const body: EdgeStatus = { app, instance: this.#instance, at: new Date().toISOString(), ...await figures(), circuits: circuits() };
    await publisher.publish({ exchange: EXCHANGES.reports, routingKey: REPORT_ROUTES.edgeStatus, messageId: `status.${randomUUID()}`, type: 'edge.status', body });
  }
}
