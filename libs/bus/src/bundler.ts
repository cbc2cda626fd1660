import { bundleOf, MOST_PARTS } from './bundle.ts';
import { BusUnavailableError } from './bus-errors.ts';
import type { RawMessage } from './message.ts';

export interface BundlerOptions {
  /** Publishes one message; resolves when the broker confirmed. */
  readonly send: (message: RawMessage) => Promise<void>;
  /** Messages that may wait in all lanes together. */
  readonly maxWaiting: number;
}

interface Waiting {
  readonly message: RawMessage;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** What goes to one exchange under one routing key. */
interface Lane {
  readonly waiting: Waiting[];
  underWay: number;
  /** Whether a departure is planned for the end of this turn. */
  planned: boolean;
}

/** Bundles of one lane under way at once: one is being written to disk while the next gathers on the broker's side. */
const MOST_UNDER_WAY = 2;
/** Small enough for a consumer to hold its whole prefetch of bundles. */
const MOST_BYTES = 64 * 1024;

/**
 * Sends messages off together that would otherwise wait one behind the other (合包): what comes while earlier ones are unconfirmed goes as one message
 * as soon as there is room. A lone message goes at once and as it is, so nothing is slower for it.
 */
export class Bundler {
  private readonly options: BundlerOptions;
  private readonly lanes = new Map<string, Lane>();
  private waiting = 0;

  constructor(options: BundlerOptions) {
    this.options = options;
  }

  /** Settles as the message that carries this one. */
  publish(message: RawMessage): Promise<void> {
    if (this.waiting >= this.options.maxWaiting) return Promise.reject(new BusUnavailableError('overloaded', false));
    const lane = this.laneOf(message);
    return new Promise((resolve, reject) => {
      lane.waiting.push({ message, resolve, reject });
      this.waiting += 1;
      this.plan(lane);
    });
  }

  private laneOf({ exchange, routingKey }: RawMessage): Lane {
    const key = `${exchange} ${routingKey}`;
    const known = this.lanes.get(key);
    if (known !== undefined) return known;
    const lane = { waiting: [], underWay: 0, planned: false };
    this.lanes.set(key, lane);
    return lane;
  }

  /** What comes in one turn of the event loop, such as the events of one request, leaves together. */
  private plan(lane: Lane): void {
    if (lane.planned || lane.underWay >= MOST_UNDER_WAY) return;
    lane.planned = true;
    setImmediate(() => {
      lane.planned = false;
      this.depart(lane);
    });
  }

  private depart(lane: Lane): void {
    while (lane.waiting.length > 0 && lane.underWay < MOST_UNDER_WAY) {
      const load = lane.waiting.splice(0, loadLength(lane.waiting));
      this.waiting -= load.length;
      lane.underWay += 1;
      void this.carry(load).finally(() => {
        lane.underWay -= 1;
        this.depart(lane);
      });
    }
  }

  private async carry(load: readonly Waiting[]): Promise<void> {
    try {
      await this.options.send(bundleOf(load.map(({ message }) => message)));
      for (const { resolve } of load) resolve();
    } catch (error) {
      for (const { reject } of load) reject(error);
    }
  }
}

/** How many of those that wait go together; at least the first, however large. */
function loadLength(waiting: readonly Waiting[]): number {
  let bytes = 0;
  const tooMuch = waiting.slice(0, MOST_PARTS).findIndex(({ message }, index) => {
    bytes += message.content.length;
    return index > 0 && bytes > MOST_BYTES;
  });
  return tooMuch === -1 ? Math.min(waiting.length, MOST_PARTS) : tooMuch;
}
