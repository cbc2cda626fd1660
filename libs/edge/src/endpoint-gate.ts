import type { CircuitState, CircuitStatus, Destination } from '#contracts';
import { closedCircuit, judgeCircuit, type AttemptEvent, type Circuit, type CircuitEvent, type CircuitPolicy } from './judge-circuit.ts';
import type { ProbeAnswer } from './probe-endpoint.ts';

/** The right to make one attempt; given back with {@link EndpointGate.leave}. */
export interface Permit {
  /** The one real transfer that shows whether the endpoint has recovered. */
  readonly trial: boolean;
}

/** A circuit that came into another state. */
export interface CircuitChange {
  readonly destination: Destination;
  readonly from: CircuitState;
  readonly to: CircuitState;
  readonly reason: string | null;
  readonly failures: number;
}

export interface EndpointGateOptions {
  readonly destination: Destination;
  readonly policy: CircuitPolicy;
  /** Asks the endpoint whether it lives. Must not reject, and must end in bounded time. */
  readonly probe: () => Promise<ProbeAnswer>;
  readonly onChange: (change: CircuitChange) => void;
  /** Whether the endpoint's queue should be consumed: no while it is down, yes once there is room for what lies there. */
  readonly onConsuming: (consuming: boolean) => void;
}

interface Waiter {
  readonly kept: number;
  readonly resolve: (permit: Permit | null) => void;
  readonly timer: NodeJS.Timeout;
}

/** Lets attempts to one endpoint through, in order and as many at once as its circuit allows; the others wait here, in hand. */
export class EndpointGate {
  readonly #options: EndpointGateOptions;
  readonly #waiting: Waiter[] = [];
  #circuit: Circuit;
  #inFlight = 0;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: EndpointGateOptions) {
    this.#options = options;
    this.#circuit = closedCircuit(options.policy, Date.now());
  }

  /**
   * Waits until an attempt may be made.
   * @param order.kept how often this order was kept in hand: the trial after an outage goes to one that was not to blame yet
   * @returns `null` when that took longer than `patienceMs`, or the program stops: the order should be given back to its queue
   */
  enter(order: { readonly kept: number; readonly patienceMs: number }): Promise<Permit | null> {
    if (this.#closed) return Promise.resolve(null);
    return new Promise((resolve) => {
      const waiter: Waiter = { kept: order.kept, resolve, timer: setTimeout(() => this.#giveBack(waiter), order.patienceMs) };
      this.#waiting.push(waiter);
      this.#letThrough();
    });
  }

  /** Ends an attempt, and says whether it is to be reported or its order kept in hand for another try. */
  leave(permit: Permit, attempt: Omit<AttemptEvent, 'kind' | 'trial'>): 'report' | 'keep' {
    this.#inFlight -= 1;
    return this.#judge({ kind: 'attempt', trial: permit.trial, ...attempt });
  }

  status(): CircuitStatus {
    const { state, since, reason, failures, window, nextProbeAt } = this.#circuit;
    return {
      destination: this.#options.destination, state, reason, failures, window,
      since: new Date(since).toISOString(),
      held: state === 'closed' ? 0 : this.#waiting.length,
      nextProbeAt: nextProbeAt === null ? null : new Date(nextProbeAt).toISOString(),
    };
  }

  /** Lets nobody through any more: whoever waits is told to give its order back. Attempts under way go on. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    for (const waiter of [...this.#waiting]) this.#giveBack(waiter);
  }

  #giveBack(waiter: Waiter): void {
    clearTimeout(waiter.timer);
    this.#waiting.splice(this.#waiting.indexOf(waiter), 1);
    waiter.resolve(null);
    this.#consumeIfIdle();
  }

  #judge(event: CircuitEvent): 'report' | 'keep' {
    const before = this.#circuit;
    const { next, fate } = judgeCircuit(before, event, this.#options.policy, { now: Date.now(), random: Math.random() });
    this.#circuit = next;
    if (next.state !== before.state) this.#change(before, next);
    else if (event.kind === 'probe') this.#schedule();
    this.#letThrough();
    return fate;
  }

  #change(before: Circuit, { state, reason, failures }: Circuit): void {
    this.#schedule();
    if (state === 'open') this.#options.onConsuming(false);
    if (state === 'slow-start' || state === 'closed') this.#options.onConsuming(true);
    this.#options.onChange({ destination: this.#options.destination, from: before.state, to: state, reason: reason ?? before.reason, failures });
  }

  #letThrough(): void {
    while (!this.#closed && this.#waiting.length > 0 && this.#inFlight < this.#circuit.window) {
      const trial = this.#circuit.state === 'half-open';
      const waiter = this.#take(trial);
      this.#inFlight += 1;
      clearTimeout(waiter.timer);
      waiter.resolve({ trial });
    }
    this.#consumeIfIdle();
  }

  #take(trial: boolean): Waiter {
    const least = Math.min(...this.#waiting.map(({ kept }) => kept));
    const index = trial ? this.#waiting.findIndex(({ kept }) => kept === least) : 0;
    const [waiter] = this.#waiting.splice(index, 1);
    if (waiter === undefined) throw new Error('taken from an empty line');
    return waiter;
  }

  /**
   * The trial comes from the orders in hand as long as there are any. Each time a queue is paused, what was prefetched from it goes back
   * and counts a delivery, so a queue that is opened for every trial would in the end bury what lies at its head.
   */
  #consumeIfIdle(): void {
    if (!this.#closed && this.#circuit.state === 'half-open' && this.#waiting.length === 0 && this.#inFlight === 0) this.#options.onConsuming(true);
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    const { state, nextProbeAt } = this.#circuit;
    if (this.#closed) return;
    if (state === 'open' && nextProbeAt !== null) this.#timer = setTimeout(() => void this.#probe(), Math.max(0, nextProbeAt - Date.now()));
    if (state === 'slow-start') this.#timer = setInterval(() => this.#judge({ kind: 'time' }), this.#options.policy.slowStartMs);
  }

  async #probe(): Promise<void> {
    const answer = await this.#options.probe();
    if (!this.#closed) this.#judge({ kind: 'probe', ...answer });
  }
}
