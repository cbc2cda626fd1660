import { Counter, Histogram, type Registry } from 'prom-client';
import { metricsRegistry } from '#runtime';

const SECONDS = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** What both adapters count. Labels are closed sets: codes, outcomes, configured destinations, proven parties. */
export class EdgeMetrics {
  readonly accepted: Counter<'party'>;
  readonly refused: Counter<'code'>;
  readonly requestSeconds: Histogram<'status'>;
  readonly refusalReports: Counter<'fate'>;
  readonly spooled: Counter;
  readonly drained: Counter;
  readonly recorded: Counter;
  readonly republished: Counter;
  readonly attempts: Counter<'destination' | 'outcome'>;
  readonly attemptSeconds: Histogram<'destination'>;

  constructor(registry: Registry) {
    const registers = [registry];
    this.accepted = new Counter({
      name: 'jiujin_door_accepted_total', help: 'Events answered with 202: on disk in the journal, and in the broker or the spool', labelNames: ['party'], registers,
    });
    this.refused = new Counter({
      name: 'jiujin_door_refused_total', help: 'Requests and events not taken, by code', labelNames: ['code'], registers,
    });
    this.requestSeconds = new Histogram({
      name: 'jiujin_door_request_seconds', help: 'From the whole body read to the answer', labelNames: ['status'], buckets: SECONDS, registers,
    });
    this.refusalReports = new Counter({
      name: 'jiujin_door_refusal_reports_total', help: 'Refusals reported to the gateway, or dropped because there were too many', labelNames: ['fate'], registers,
    });
    this.spooled = new Counter({ name: 'jiujin_spool_in_total', help: 'Events that went to the spool because RabbitMQ did not confirm them', registers });
    this.drained = new Counter({ name: 'jiujin_spool_out_total', help: 'Events brought from the spool to RabbitMQ', registers });
    this.recorded = new Counter({ name: 'jiujin_journal_recorded_total', help: 'Events acknowledged by the gateway as recorded in the ledger', registers });
    this.republished = new Counter({ name: 'jiujin_journal_republished_total', help: 'Events published again because no acknowledgement came in time', registers });
    this.attempts = new Counter({
      name: 'jiujin_delivery_attempts_total', help: 'Delivery attempts by outcome', labelNames: ['destination', 'outcome'], registers,
    });
    this.attemptSeconds = new Histogram({
      name: 'jiujin_delivery_attempt_seconds', help: 'Duration of one delivery attempt', labelNames: ['destination'], buckets: SECONDS, registers,
    });
  }
}

let metrics: EdgeMetrics | undefined;

/** The process's one set: a registry takes each name once. */
export function edgeMetrics(): EdgeMetrics {
  metrics ??= new EdgeMetrics(metricsRegistry);
  return metrics;
}
