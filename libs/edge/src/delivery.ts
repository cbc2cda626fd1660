import { setTimeout as wait } from 'node:timers/promises';
import type { CircuitStatus, DeliveryReceipt, Destination, TransferOrder } from '#contracts';
import type { AttemptVerdict } from './classify-attempt.ts';
import { EndpointCaller, type Attempt, type OrderContext } from './endpoint-caller.ts';
import { EndpointGate, type CircuitChange } from './endpoint-gate.ts';
import type { Endpoints } from './endpoints.ts';
import type { AttemptEvent, CircuitPolicy } from './judge-circuit.ts';
import type { ProbeAnswer } from './probe-endpoint.ts';
import type { SendClaims } from './send-claims.ts';

export interface DeliveryOptions {
  readonly policy: CircuitPolicy;
  /** How long an order waits in hand for its endpoint before it goes back to the queue. */
  readonly holdMs: number;
  readonly claims: SendClaims;
  readonly onChange: (change: CircuitChange) => void;
  readonly onConsuming: (destination: Destination, consuming: boolean) => void;
  readonly onProbe: (destination: Destination, answer: ProbeAnswer) => void;
  readonly onKept: (destination: Destination) => void;
}

interface Line {
  readonly gate: EndpointGate;
  readonly caller: EndpointCaller;
}

/** Pause before a transfer is looked at again that another instance has in hand; with jitter, so that two that look for one another's do not stay in step. */
const BUSY_MS = 250;
/** How long attempts under way may still take when the program stops; the bus waits a little longer for them. */
const STOP_PATIENCE_MS = 3_000;

/** Delivers transfer orders, each endpoint on a line of its own: connections, circuit and waiting orders are shared by nobody. */
export class Delivery {
  readonly #lines: ReadonlyMap<Destination, Line>;
  readonly #options: DeliveryOptions;
  readonly #stopping = new AbortController();
  #lastCall: NodeJS.Timeout | undefined;

  constructor(endpoints: Endpoints, options: DeliveryOptions) {
    const { policy, claims, onChange, onConsuming, onProbe } = options;
    this.#options = options;
    this.#lines = new Map([...endpoints].map(([destination, endpoint]) => {
      const caller = new EndpointCaller(endpoint, { connections: policy.connections, claims });
      const probe = async (): Promise<ProbeAnswer> => {
        const answer = await caller.probe();
        onProbe(destination, answer);
        return answer;
      };
      return [destination, { caller, gate: new EndpointGate({ destination, policy, probe, onChange, onConsuming: (consuming) => onConsuming(destination, consuming) }) }];
    }));
  }

  /**
   * Makes one attempt as soon as the endpoint's circuit lets it through. What fails because the endpoint is down is kept in hand and tried
   * again when it is back. Never rejects.
   * @returns `null` when the order should go back to its queue: the endpoint stayed down, or the program stops
   */
  async deliver(order: TransferOrder, context: OrderContext): Promise<DeliveryReceipt | null> {
    const line = this.#lines.get(order.destination);
    if (line === undefined) return unknownEndpoint(order);
    const until = performance.now() + this.#options.holdMs;
    for (let kept = 0, maybeSent = context.maybeSent; ;) {
      const tried = await this.#try(line, order, { ...context, maybeSent }, { kept, patienceMs: Math.max(0, until - performance.now()) });
      if (tried !== 'keep' && tried !== 'busy') return tried;
      if (tried === 'keep') kept += 1;
      else await this.#pause(BUSY_MS * (0.5 + Math.random()));
      maybeSent = true;
      if (performance.now() > until) return null;
    }
  }

  circuits(): CircuitStatus[] {
    return [...this.#lines.values()].map(({ gate }) => gate.status());
  }

  /** Begins no attempt any more, gives back what waits in hand, and lets attempts under way end within a few seconds. */
  stop(): void {
    this.#stopping.abort();
    for (const { gate } of this.#lines.values()) gate.close();
    this.#lastCall = setTimeout(() => void this.close(), STOP_PATIENCE_MS);
  }

  /** Breaks off what is still under way. */
  async close(): Promise<void> {
    clearTimeout(this.#lastCall);
    await Promise.all([...this.#lines.values()].map(({ caller }) => caller.destroy()));
  }

  async #try(
    { gate, caller }: Line, order: TransferOrder, context: OrderContext, at: { kept: number; patienceMs: number },
  ): Promise<DeliveryReceipt | 'keep' | 'busy' | null> {
    const permit = await gate.enter(at);
    if (permit === null) return null;
    const attempt = await caller.deliver(order, context);
    const fate = gate.leave(permit, attempt === null ? NOTHING_LEARNT : { ...sayingOf(attempt), kept: at.kept });
    if (attempt === null) return 'busy';
    if (attempt.stopped) return null;
    if (fate === 'report') return attempt.receipt;
    this.#options.onKept(order.destination);
    if (attempt.restMs > 0) await this.#pause(attempt.restMs);
    return 'keep';
  }

  async #pause(ms: number): Promise<void> {
    await wait(ms, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
  }
}

const NOTHING_LEARNT = { signal: 'none', transferId: '', reason: null, retryAfterMs: null, kept: 0 } as const;

function sayingOf({ signal, receipt: { transferId, errorCode, retryAfterMs } }: Attempt): Pick<AttemptEvent, 'signal' | 'transferId' | 'reason' | 'retryAfterMs'> {
  return { signal, transferId, reason: errorCode, retryAfterMs };
}

const ENDPOINT_UNKNOWN: AttemptVerdict = {
  outcome: 'technical', errorCode: 'endpoint-unknown', errorDetail: '没有为该目的地配置接收地址', retryAfterMs: null,
};

function unknownEndpoint({ transferId, projectNo, destination, attempt }: TransferOrder): DeliveryReceipt {
  const now = new Date().toISOString();
  return { transferId, projectNo, destination, attempt, startedAt: now, finishedAt: now, latencyMs: 0, ...ENDPOINT_UNKNOWN, httpStatus: null, responseDigest: null };
}
