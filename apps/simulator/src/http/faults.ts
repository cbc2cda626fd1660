/** What goes wrong on purpose. Ratios are probabilities from 0 to 1. */
export interface Faults {
  /** Milliseconds before every answer. */
  readonly latencyMs: number;
  readonly statusRatio: number;
  /** The status answered in place of applying. */
  readonly status: number;
  /** Seconds, sent as Retry-After with that status; `null`: none. */
  readonly retryAfter: number | null;
  /** Apply and record, then cut the connection. */
  readonly closeAfterApply: number;
  /** Cut the connection without applying. */
  readonly closeBeforeApply: number;
  /** Send an accepted event once more. */
  readonly duplicateSend: number;
  /** Send two neighbours of one case the wrong way round. */
  readonly reorderSend: number;
}

export const NO_FAULTS: Faults = {
  latencyMs: 0, statusRatio: 0, status: 503, retryAfter: null, closeAfterApply: 0, closeBeforeApply: 0, duplicateSend: 0, reorderSend: 0,
};

const LIMITS: Record<keyof Faults, readonly [number, number]> = {
  latencyMs: [0, 600_000], statusRatio: [0, 1], status: [400, 599], retryAfter: [0, 3600],
  closeAfterApply: [0, 1], closeBeforeApply: [0, 1], duplicateSend: [0, 1], reorderSend: [0, 1],
};

function checkFault(name: keyof Faults, value: unknown): void {
  const [min, max] = LIMITS[name];
  if (name === 'retryAfter' && value === null) return;
  if (!(typeof value === 'number' && value >= min && value <= max)) throw new RangeError(`${name}: a number from ${min} to ${max} is allowed`);
}

/** Reads the body of `POST /control/faults`; what is not named is healed. @throws naming the field and what is allowed. */
export function readFaults(body: unknown): Faults {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw new RangeError('an object is expected');
  const faults: Record<string, unknown> = { ...NO_FAULTS };
  for (const [name, value] of Object.entries(body)) {
    if (!Object.hasOwn(LIMITS, name)) throw new RangeError(`${name}: unknown`);
    checkFault(name as keyof Faults, value);
    faults[name] = value;
  }
  return faults as unknown as Faults;
}

/** The faults in force, and the dice. */
export class FaultSwitch {
  #now: Faults = NO_FAULTS;

  get now(): Faults {
    return this.#now;
  }

  set(faults: Faults): void {
    this.#now = faults;
  }

  strikes(name: 'statusRatio' | 'closeAfterApply' | 'closeBeforeApply' | 'duplicateSend' | 'reorderSend'): boolean {
    const ratio = this.#now[name];
    return ratio > 0 && Math.random() < ratio;
  }
}
