import { Counter, Gauge, type Registry } from 'prom-client';
import { CIRCUIT_STATES, type CircuitStatus } from '#contracts';
import { metricsRegistry } from '#runtime';
import type { CircuitChange } from './endpoint-gate.ts';

/** What an adapter counts about the circuits of its endpoints. */
export class CircuitMetrics {
  readonly probes: Counter<'destination' | 'alive'>;
  readonly kept: Counter<'destination'>;
  readonly #changes: Counter<'destination' | 'to'>;
  readonly #state: Gauge<'destination' | 'state'>;
  readonly #held: Gauge<'destination'>;

  constructor(registry: Registry) {
    const registers = [registry];
    this.probes = new Counter({
      name: 'jiujin_circuit_probes_total', help: 'Probes of endpoints that were down, by whether they answered', labelNames: ['destination', 'alive'], registers,
    });
    this.kept = new Counter({
      name: 'jiujin_delivery_kept_total', help: 'Attempts that failed because the endpoint was down and were kept out of the receipts', labelNames: ['destination'], registers,
    });
    this.#changes = new Counter({
      name: 'jiujin_circuit_changes_total', help: 'Changes of an endpoint\'s circuit, by the new state', labelNames: ['destination', 'to'], registers,
    });
    this.#state = new Gauge({
      name: 'jiujin_circuit_state', help: '1 for the state the endpoint\'s circuit is in, 0 for the others', labelNames: ['destination', 'state'], registers,
    });
    this.#held = new Gauge({
      name: 'jiujin_circuit_held_orders', help: 'Transfers kept in hand until their endpoint answers again', labelNames: ['destination'], registers,
    });
  }

  count({ destination, to }: CircuitChange): void {
    this.#changes.inc({ destination, to });
  }

  show(circuits: readonly CircuitStatus[]): void {
    for (const { destination, state, held } of circuits) {
      for (const name of CIRCUIT_STATES) this.#state.set({ destination, state: name }, name === state ? 1 : 0);
      this.#held.set({ destination }, held);
    }
  }
}

let metrics: CircuitMetrics | undefined;

/** The process's one set: a registry takes each name once. */
export function circuitMetrics(): CircuitMetrics {
  metrics ??= new CircuitMetrics(metricsRegistry);
  return metrics;
}
