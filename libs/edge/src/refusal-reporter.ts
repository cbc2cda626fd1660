import { randomUUID } from 'node:crypto';
import type { BusPublisher } from '#bus';
import { EXCHANGES, REPORT_ROUTES, type DoorRefusal } from '#contracts';
import type { Logger } from '#runtime';
import type { EdgeMetrics } from './edge-metrics.ts';
import { TokenBuckets } from './token-bucket.ts';

const MAX_PROBLEMS = 100;
const MAX_FIELD_LENGTH = 200;

/**
 * Tells the gateway what the door refused. At most `perSecond` reports, and never at the price of an answer:
 * anyone who finds the port can be refused, and a flood of refusals must not become a flood on the bus.
 */
export class RefusalReporter {
  readonly #publisher: BusPublisher;
  readonly #metrics: EdgeMetrics;
  readonly #logger: Logger;
  readonly #bucket: TokenBuckets;

  constructor(deps: { publisher: BusPublisher; metrics: EdgeMetrics; logger: Logger; perSecond: number }) {
    this.#publisher = deps.publisher;
    this.#metrics = deps.metrics;
    this.#logger = deps.logger;
    this.#bucket = new TokenBuckets({ perSecond: deps.perSecond, burst: deps.perSecond * 10 });
  }

  /** Returns at once. */
  report(refusal: Omit<DoorRefusal, 'refusalId' | 'at'>): void {
    if (this.#bucket.take('reports', 1) > 0) {
      this.#metrics.refusalReports.inc({ fate: 'dropped' });
      return;
    }
    void this.#publish(bound({ refusalId: randomUUID(), at: new Date().toISOString(), ...refusal }));
  }

  async #publish(refusal: DoorRefusal): Promise<void> {
    try {
      await this.#publisher.publish({
        exchange: EXCHANGES.reports,
        routingKey: REPORT_ROUTES.doorRefusal,
        messageId: refusal.refusalId,
        type: 'door.refusal',
        body: refusal,
        headers: refusal.projectNo === null ? {} : { 'x-project-no': refusal.projectNo },
      });
      this.#metrics.refusalReports.inc({ fate: 'reported' });
    } catch (error) {
      this.#metrics.refusalReports.inc({ fate: 'lost' });
      this.#logger.debug({ refusalId: refusal.refusalId, error: String(error) }, 'a refusal could not be reported');
    }
  }
}

/** Names of unknown fields come from the sender: their number and length are bounded. */
function bound(refusal: DoorRefusal): DoorRefusal {
  const problems = refusal.problems.slice(0, MAX_PROBLEMS);
  return {
    ...refusal,
    path: refusal.path.slice(0, MAX_FIELD_LENGTH),
    problems: problems.map((problem) => ({ ...problem, field: problem.field.slice(0, MAX_FIELD_LENGTH) })),
  };
}
