import { bundleOf, MOST_PARTS } from './bundle.ts';
import { BusUnavailableError } from './bus-errors.ts';
import type { RawMessage } from './message.ts';

export interface BundlerOptions {
  /** Publishes one message; resolves when the broker confirmed. */
  readonly send: (message: RawMessage) => Promise<void>;
  /** Messages that may wait in all lanes together. */
  readonly maxWaiting: number;
  /** From the call to the confirm, in milliseconds; nobody waits longer, aboard or not. */
  readonly timeoutMs: number;
}

/** A message whose sender waits for an answer. */
interface Entry {
  readonly message: RawMessage;
  readonly lane: Lane;
  readonly enteredAt: number;
  readonly settle: (error?: Error) => void;
  aboard: boolean;
}

/** What goes to one exchange under one routing key. */
interface Lane {
  readonly waiting: Entry[];
  /** How long the first of them waits for company, in milliseconds; 0 where somebody waits for what the message brings about. */
  readonly gatherMs: number;
  underWay: number;
  /** A departure at the end of this turn. */
  turn: NodeJS.Immediate | undefined;
  /** A departure when the first has waited long enough. */
  timer: NodeJS.Timeout | undefined;
}

/** Bundles of one lane under way at once: one is being written to disk while the next gathers on the broker's side. */
const MOST_UNDER_WAY = 2;
/** Small enough for a consumer to hold its whole prefetch of bundles. */
const MOST_BYTES = 64 * 1024;
/** So many are company enough. Whoever does not go on before what gathers is confirmed must be able to have that many in hand besides. */
export const ENOUGH_COMPANY = 8;
const LOOK_EVERY_MS = 100;

/**
 * Sends messages off together that would otherwise wait one behind the other (合包): what comes while earlier ones are unconfirmed goes as one message
 * as soon as there is room. A lone message goes at once and as it is, so nothing is slower for it; one of a lane that gathers waits a moment for company.
 */
export class Bundler {
  private readonly options: BundlerOptions;
  private readonly lanes = new Map<string, Lane>();
  /** In the order in which they came. */
  private readonly unsettled = new Set<Entry>();
  private waiting = 0;
  private clock: NodeJS.Timeout | undefined;

  constructor(options: BundlerOptions) {
    this.options = options;
  }

  /** Settles as the message that carries this one. @throws BusUnavailableError also when too many wait, or its time is over */
  publish(message: RawMessage, gatherMs = 0): Promise<void> {
    if (this.waiting >= this.options.maxWaiting) return Promise.reject(new BusUnavailableError('overloaded', false));
    const lane = this.laneOf(message, gatherMs);
    return new Promise((resolve, reject) => {
      const entry: Entry = {
        message, lane, aboard: false, enteredAt: performance.now(),
        settle: (error) => {
          this.unsettled.delete(entry);
          if (error === undefined) resolve();
          else reject(error);
        },
      };
      lane.waiting.push(entry);
      this.unsettled.add(entry);
      this.waiting += 1;
      this.clock ??= setInterval(() => this.look(), LOOK_EVERY_MS).unref();
      this.plan(lane);
    });
  }

  /** Sends off at once what gathers: the end has come, and there will be no more company. */
  hasten(): void {
    for (const lane of this.lanes.values()) this.depart(lane, Infinity);
  }

  private laneOf({ exchange, routingKey }: RawMessage, gatherMs: number): Lane {
    const key = `${exchange} ${routingKey}`;
    const known = this.lanes.get(key);
    if (known !== undefined) return known;
    const lane = { waiting: [], gatherMs, underWay: 0, turn: undefined, timer: undefined };
    this.lanes.set(key, lane);
    return lane;
  }

  /** Sends those away whose time is over. What is aboard may still arrive. */
  private look(): void {
    for (const entry of this.unsettled) {
      if (entry.enteredAt + this.options.timeoutMs > performance.now()) return;
      if (!entry.aboard) {
        entry.lane.waiting.splice(entry.lane.waiting.indexOf(entry), 1);
        this.waiting -= 1;
      }
      entry.settle(new BusUnavailableError('timeout', entry.aboard));
    }
    clearInterval(this.clock);
    this.clock = undefined;
  }

  /** What comes in one turn of the event loop, such as the events of one request, leaves together. */
  private plan(lane: Lane): void {
    const [first] = lane.waiting;
    if (first === undefined || lane.underWay >= MOST_UNDER_WAY) return;
    const restMs = first.enteredAt + lane.gatherMs - performance.now();
    if (restMs <= 0 || lane.waiting.length >= ENOUGH_COMPANY) lane.turn ??= setImmediate(() => this.depart(lane));
    else lane.timer ??= setTimeout(() => this.depart(lane), restMs);
  }

  private depart(lane: Lane, mostUnderWay = MOST_UNDER_WAY): void {
    clearImmediate(lane.turn);
    clearTimeout(lane.timer);
    lane.turn = undefined;
    lane.timer = undefined;
    while (lane.waiting.length > 0 && lane.underWay < mostUnderWay) {
      const load = lane.waiting.splice(0, loadLength(lane.waiting));
      this.waiting -= load.length;
      lane.underWay += 1;
      void this.carry(load).finally(() => {
        lane.underWay -= 1;
        this.plan(lane);
      });
    }
  }

  private async carry(load: readonly Entry[]): Promise<void> {
    for (const entry of load) entry.aboard = true;
    try {
      await this.options.send(bundleOf(load.map(({ message }) => message)));
      for (const { settle } of load) settle();
    } catch (error) {
      for (const { settle } of load) settle(error as Error);
    }
  }
}

/** How many of those that wait go together; at least the first, however large. */
function loadLength(waiting: readonly Entry[]): number {
  let bytes = 0;
  const tooMuch = waiting.slice(0, MOST_PARTS).findIndex(({ message }, index) => {
    bytes += message.content.length;
    return index > 0 && bytes > MOST_BYTES;
  });
  return tooMuch === -1 ? Math.min(waiting.length, MOST_PARTS) : tooMuch;
}
