import type { CircuitState } from '#contracts';

/**
 * What an attempt says of its endpoint, whatever it says of its transfer. `alive`: it answered below 500. `throttled`: it answered 429, so
 * it lives but wants less. `refused`: any 5xx. `unreachable`: no answer. `none`: nothing, the trouble was ours.
 */
export type Signal = 'alive' | 'throttled' | 'refused' | 'unreachable' | 'none';

/** Times in milliseconds. */
export interface CircuitPolicy {
  /** Failures in a row that open the circuit; with fewer than this burnt, an outage costs a transfer nothing. */
  readonly failures: number;
  /** On so many different transfers, unless none of them got any answer. */
  readonly transfers: number;
  /** Attempts at once when all is well: where a slow start ends. */
  readonly connections: number;
  readonly probeBaseMs: number;
  readonly probeCapMs: number;
  /** A slow start without a failure is over after this time, for an endpoint that gets little. */
  readonly slowStartMs: number;
}

/** Where the circuit of one endpoint stands. Times are epoch milliseconds. */
export interface Circuit {
  readonly state: CircuitState;
  readonly since: number;
  /** Error code of the failure that opened it; `null` while closed. */
  readonly reason: string | null;
  /** The failures in a row, and the different transfers they fell on (no more of them than the policy asks for). */
  readonly failures: number;
  readonly failed: readonly string[];
  /** Whether none of those failures brought an answer. */
  readonly silent: boolean;
  /** Attempts that may be under way at once. */
  readonly window: number;
  /** Successes in the present window of a slow start. */
  readonly successes: number;
  /** Probes of this outage, counted on until the circuit has closed: one that flaps is asked ever more rarely. */
  readonly probes: number;
  readonly nextProbeAt: number | null;
}

export interface AttemptEvent {
  readonly kind: 'attempt';
  readonly signal: Signal;
  readonly transferId: string;
  readonly reason: string | null;
  /** Begun as the one trial of the half-open state. What was begun before the circuit opened is no trial. */
  readonly trial: boolean;
  /** How often this transfer was kept in hand already. */
  readonly kept: number;
  readonly retryAfterMs: number | null;
}

export type CircuitEvent =
  | AttemptEvent
  | { readonly kind: 'probe'; readonly alive: boolean; readonly retryAfterMs: number | null }
  | { readonly kind: 'time' };

/** `report`: the attempt goes into a receipt. `keep`: it is forgotten, and its transfer waits in hand until the endpoint answers again. */
export interface CircuitJudgement {
  readonly next: Circuit;
  readonly fate: 'report' | 'keep';
}

/** When something happened, and the draw for the next pause. */
export interface Moment {
  readonly now: number;
  readonly random: number;
}

/** A transfer that fails more often than this although the endpoint came back in between has a trouble of its own: that is reported. */
const MAX_KEPT = 2;
/** An endpoint that asks for more time gets it, up to here. */
const MAX_PROBE_WAIT_MS = 60_000;

type Rule = (circuit: Circuit, event: AttemptEvent, policy: CircuitPolicy, moment: Moment) => CircuitJudgement;

const ignore: Rule = (circuit) => ({ next: circuit, fate: 'report' });
const hold: Rule = (circuit) => ({ next: circuit, fate: 'keep' });
const clear: Rule = (circuit) => ({ next: { ...circuit, ...NO_FAILURES }, fate: 'report' });

const count: Rule = (circuit, event, policy, moment) => {
  const counted = countFailure(circuit, event, policy);
  const down = counted.failures >= policy.failures && (counted.silent || counted.failed.length >= policy.transfers);
  return down ? { next: opened(counted, event, policy, moment), fate: 'keep' } : { next: counted, fate: 'report' };
};

const reopen: Rule = (circuit, event, policy, moment) => ({ next: opened(countFailure(circuit, event, policy), event, policy, moment), fate: 'keep' });

/** The endpoint lives enough to answer this transfer: a poisonous one must leave the head of the line, or nothing ever comes past it. */
const failTrial: Rule = (circuit, event, policy, moment) => ({ ...reopen(circuit, event, policy, moment), fate: 'report' });

const startSlowly: Rule = (circuit, _event, _policy, { now }) => ({
  next: { ...circuit, ...NO_FAILURES, state: 'slow-start', since: now, window: 1, successes: 0, nextProbeAt: null }, fate: 'report',
});

const grow: Rule = (circuit, _event, policy, { now }) => {
  const successes = circuit.successes + 1;
  if (successes < circuit.window) return { next: { ...circuit, ...NO_FAILURES, successes }, fate: 'report' };
  const window = circuit.window * 2;
  const next = window >= policy.connections ? closedCircuit(policy, now) : { ...circuit, ...NO_FAILURES, window, successes: 0 };
  return { next, fate: 'report' };
};

/** What an attempt's signal does in each state. */
const RULES: Readonly<Record<CircuitState, Readonly<Record<Signal, Rule>>>> = {
  'closed': { alive: clear, throttled: clear, refused: count, unreachable: count, none: ignore },
  'open': { alive: ignore, throttled: ignore, refused: hold, unreachable: hold, none: ignore },
  'half-open': { alive: startSlowly, throttled: startSlowly, refused: failTrial, unreachable: reopen, none: ignore },
  'slow-start': { alive: grow, throttled: clear, refused: count, unreachable: reopen, none: ignore },
};

const NO_FAILURES = { failures: 0, failed: [], silent: true } as const;

/** Where every circuit begins. */
export function closedCircuit(policy: CircuitPolicy, now: number): Circuit {
  return { ...NO_FAILURES, state: 'closed', since: now, reason: null, window: policy.connections, successes: 0, probes: 0, nextProbeAt: null };
}

/** The state machine of docs/error-model.md: where the circuit stands after an event, and what becomes of the attempt that caused it. */
export function judgeCircuit(circuit: Circuit, event: CircuitEvent, policy: CircuitPolicy, moment: Moment): CircuitJudgement {
  if (event.kind === 'probe') return { next: afterProbe(circuit, event, policy, moment), fate: 'report' };
  if (event.kind === 'time') return { next: afterTime(circuit, policy, moment), fate: 'report' };
  const row = circuit.state === 'half-open' && !event.trial ? 'open' : circuit.state;
  const judgement = RULES[row][event.signal](circuit, event, policy, moment);
  return judgement.fate === 'keep' && event.kept >= MAX_KEPT ? { ...judgement, fate: 'report' } : judgement;
}

function afterProbe(circuit: Circuit, event: { alive: boolean; retryAfterMs: number | null }, policy: CircuitPolicy, moment: Moment): Circuit {
  if (circuit.state !== 'open') return circuit;
  const probes = circuit.probes + 1;
  if (event.alive) return { ...circuit, state: 'half-open', since: moment.now, window: 1, probes, nextProbeAt: null };
  return { ...circuit, probes, nextProbeAt: nextProbeAt(probes, event.retryAfterMs, policy, moment) };
}

function afterTime(circuit: Circuit, policy: CircuitPolicy, { now }: Moment): Circuit {
  const over = circuit.state === 'slow-start' && circuit.failures === 0 && now - circuit.since >= policy.slowStartMs;
  return over ? closedCircuit(policy, now) : circuit;
}

function countFailure(circuit: Circuit, { transferId, signal }: AttemptEvent, policy: CircuitPolicy): Circuit {
  const news = circuit.failed.length < policy.transfers && !circuit.failed.includes(transferId);
  return {
    ...circuit,
    failures: circuit.failures + 1,
    failed: news ? [...circuit.failed, transferId] : circuit.failed,
    silent: circuit.silent && signal === 'unreachable',
    successes: 0,
  };
}

function opened(circuit: Circuit, { reason, retryAfterMs }: AttemptEvent, policy: CircuitPolicy, moment: Moment): Circuit {
  return {
    ...circuit, state: 'open', since: moment.now, reason, window: 0, successes: 0,
    nextProbeAt: nextProbeAt(circuit.probes, retryAfterMs, policy, moment),
  };
}

/** Exponential, with jitter over the upper half, so that the instances do not all knock in the same instant. */
function nextProbeAt(probes: number, retryAfterMs: number | null, policy: CircuitPolicy, { now, random }: Moment): number {
  const ceiling = Math.min(policy.probeCapMs, policy.probeBaseMs * 2 ** Math.min(probes, 20));
  const asked = Math.min(retryAfterMs ?? 0, MAX_PROBE_WAIT_MS);
  return now + Math.max(asked, Math.round(ceiling * (0.5 + random / 2)));
}
