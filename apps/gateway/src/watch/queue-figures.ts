import { setTimeout as sleep } from 'node:timers/promises';
import { BusInspector } from '#bus';
import type { QueueState } from '#bus';
import { catalogue, EXCHANGES, topologyFor } from '#contracts';
import type { Destination, QueueSpec } from '#contracts';
import { Injectable } from '@nestjs/common';

export interface DeclaredQueue {
  readonly spec: QueueSpec;
  /** For a queue that leads to an endpoint. */
  readonly destination: Destination | null;
}

/** One declared queue as the broker sees it; `state` is null when it does not exist. */
export interface QueueFigure extends DeclaredQueue {
  readonly state: QueueState | null;
}

/** Consumers that were just cut off come back within this time (ms): what is only a gap is gone at the second look. */
const SECOND_LOOK_MS = 2_000;
const SHARED_MS = 1_000;

/** Asks the broker about every queue of the topology: its view of them, not what the programs believe. */
@Injectable()
export class QueueFigures {
  private readonly inspector: BusInspector;
  readonly declared: readonly DeclaredQueue[];
  private shared: { readonly at: number; readonly look: Promise<QueueFigure[]> } | null = null;
  /** Queues that nobody consumed at the last look: they need no second one. */
  private deserted = new Set<string>();

  constructor(inspector: BusInspector) {
    this.inspector = inspector;
    const { queues } = topologyFor(catalogue().halls.map(({ code }) => code));
    this.declared = queues.map((spec) => ({ spec, destination: destinationOf(spec) }));
  }

  /** One question for each queue. @throws BusUnavailableError while the broker cannot be asked */
  async look(): Promise<QueueFigure[]> {
    const states = await this.inspector.inspect(this.declared.map(({ spec }) => spec.name));
    return this.declared.map((queue, index) => ({ ...queue, state: states[index] ?? null }));
  }

  /** {@link look} for everybody who asks within the same second: however many screens ask, the broker is asked once. */
  lookShared(): Promise<QueueFigure[]> {
    const now = performance.now();
    if (this.shared === null || now - this.shared.at > SHARED_MS) this.shared = { at: now, look: this.look() };
    return this.shared.look;
  }

  /** {@link look}, and a second one a little later when a queue has just lost its last consumer: a reconnect is no alert. */
  async lookTwice(signal: AbortSignal): Promise<QueueFigure[]> {
    let figures = await this.look();
    if (figures.some((figure) => isDeserted(figure) && !this.deserted.has(figure.spec.name))) {
      await sleep(SECOND_LOOK_MS, undefined, { signal });
      figures = await this.look();
    }
    this.deserted = new Set(figures.filter(isDeserted).map(({ spec }) => spec.name));
    return figures;
  }
}

function isDeserted({ state }: QueueFigure): boolean {
  return state === null || state.consumers === 0;
}

/** `hall.410204`, the route to a hall, is what the ledger calls `hall:410204`. */
function destinationOf({ exchange, routingKeys: [route = ''] }: QueueSpec): Destination | null {
  return exchange === EXCHANGES.transfers ? route.replace('.', ':') as Destination : null;
}
