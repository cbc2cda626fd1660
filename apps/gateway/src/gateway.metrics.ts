import { metricsRegistry } from '#runtime';
import { Counter, Gauge, Histogram } from 'prom-client';
import type { CounterConfiguration, GaugeConfiguration, HistogramConfiguration } from 'prom-client';

const SECONDS = [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10];
const SIZES = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];

/** Events by type and what became of them (applied, refused, parked, ignored; suppressed: seen before; conflicting: same id, other body). */
export const eventsTotal = counter({ name: 'jiujin_events_total', help: 'Events by type and outcome', labelNames: ['type', 'outcome'] });

export const batchSeconds = histogram({ name: 'jiujin_batch_seconds', help: 'Time to work on one batch, commit and publishing included', labelNames: ['queue'], buckets: SECONDS });
export const batchSize = histogram({ name: 'jiujin_batch_messages', help: 'Messages in one batch', labelNames: ['queue'], buckets: SIZES });

/** Delivery attempts by destination and what the adapter reported. */
export const receiptsTotal = counter({ name: 'jiujin_receipts_total', help: 'Delivery attempts by destination and outcome', labelNames: ['destination', 'outcome'] });
export const transfersTotal = counter({ name: 'jiujin_transfers_total', help: 'Transfers created, by destination and kind', labelNames: ['destination', 'kind'] });
export const transfers = gauge({ name: 'jiujin_transfers', help: 'Undelivered transfers by destination and status', labelNames: ['destination', 'status'] });

/** Orders that were committed and did not reach the broker: the sweep takes them up. */
export const unpublishedTotal = counter({ name: 'jiujin_orders_unpublished_total', help: 'Orders the broker did not confirm', labelNames: ['destination'] });
/** What the sweep had to do again, by why. */
export const sweptTotal = counter({ name: 'jiujin_swept_total', help: 'Transfers the sweep took up', labelNames: ['reason'] });

export const timersRebuiltTotal = counter({ name: 'jiujin_retry_timers_rebuilt_total', help: 'Retry timers put back from the ledger' });

export const parkedEvents = gauge({ name: 'jiujin_parked_events', help: 'Events that wait for a predecessor', labelNames: ['waiting'] });
export const doorRefusalsTotal = counter({ name: 'jiujin_door_refusals_total', help: 'Requests and events refused at a door', labelNames: ['door', 'code'] });
export const deadLettersTotal = counter({ name: 'jiujin_dead_letters_total', help: 'Dead letters collected', labelNames: ['from', 'code'] });

/** Rows of messages that entries of the chain of evidence vouch for. */
export const sealedRows = counter({ name: 'jiujin_evidence_rows_total', help: 'Rows of messages put under seal by this gateway', labelNames: ['table'] });

/** Measures one batch: call with the queue and the size, call the result when it is done. */
export function startBatch(queue: string, size: number): () => void {
  batchSize.observe({ queue }, size);
  return batchSeconds.startTimer({ queue });
}

function counter<Label extends string>(configuration: CounterConfiguration<Label>): Counter<Label> {
  return new Counter({ registers: [metricsRegistry], ...configuration });
}

function gauge<Label extends string>(configuration: GaugeConfiguration<Label>): Gauge<Label> {
  return new Gauge({ registers: [metricsRegistry], ...configuration });
}

function histogram<Label extends string>(configuration: HistogramConfiguration<Label>): Histogram<Label> {
  return new Histogram({ registers: [metricsRegistry], ...configuration });
}
