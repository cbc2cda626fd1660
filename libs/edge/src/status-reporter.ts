import { randomBytes, randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import type { BusPublisher } from '#bus';
import { EXCHANGES, REPORT_ROUTES, type CircuitStatus, type ConnectionCheck, type EdgeStatus, type SettingConcernStatus, type SigningKeyStatus } from '#contracts';
import type { Logger } from '#runtime';
import type { EdgeFigures } from './edge-figures.ts';

export interface StatusReporterOptions {
  readonly app: EdgeStatus['app'];
  readonly publisher: Pick<BusPublisher, 'publish'>;
  readonly circuits: () => readonly CircuitStatus[];
  /** Must not reject, and must end in bounded time. */
  readonly figures: () => Promise<EdgeFigures>;
  /** Halls whose canaries this adapter sends. */
  readonly canaryHalls?: readonly string[];
  /** The keys of the parties at its door. */
  readonly signingKeys?: readonly SigningKeyStatus[];
  /** Its settings that are unsafe. */
  readonly concerns?: readonly SettingConcernStatus[];
  /** What is known of the ways to its endpoints. */
  readonly connections?: () => readonly ConnectionCheck[];
  readonly logger: Logger;
  readonly everyMs?: number;
}

const EVERY_MS = 5_000;
/** How long the end waits for the last report: without it the gateway only takes a while longer to understand. */
const FAREWELL_MS = 500;

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
  #stopping = false;
  #work: Promise<void> = Promise.resolve();

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
    if (!this.#underway) this.#work = this.#reportWanted();
  }

  /** Ends with one more report, which says that this instance stops; what the broker does not take in time is not waited for. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#stopping = true;
    this.report();
    await Promise.race([this.#work, wait(FAREWELL_MS, undefined, { ref: false })]);
  }

  async #reportWanted(): Promise<void> {
    this.#underway = true;
    while (this.#wanted) {
      this.#wanted = false;
      await this.#publish().catch((error: unknown) => this.#options.logger.debug({ error: String(error) }, 'status could not be reported'));
    }
    this.#underway = false;
  }

  async #publish(): Promise<void> {
    const { app, circuits, figures, canaryHalls, signingKeys, concerns, connections, publisher } = this.#options;
    const stopping = this.#stopping;
    const body: EdgeStatus = {
      app, instance: this.#instance, at: new Date().toISOString(), ...await figures(), circuits: circuits(),
      ...(canaryHalls === undefined ? {} : { canaryHalls }), ...(signingKeys === undefined ? {} : { signingKeys }),
      ...(concerns === undefined ? {} : { concerns }), ...(connections === undefined ? {} : { connections: connections() }), ...(stopping ? { stopping } : {}),
    };
    await publisher.publish({ exchange: EXCHANGES.reports, routingKey: REPORT_ROUTES.edgeStatus, messageId: `status.${randomUUID()}`, type: 'edge.status', body });
  }
}
