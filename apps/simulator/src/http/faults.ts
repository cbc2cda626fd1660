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
  /** Never answer and apply nothing: the caller waits until it gives up. */
  readonly hang: number;
  /** Apply and record, then never answer. */
  readonly hangAfterApply: number;
  /** Forget every key at once: what comes again has a second effect. Only a question for the key still tells what was applied. */
  readonly forgetful: boolean;
  /** Send an accepted event once more. */
  readonly duplicateSend: number;
  /** Send two neighbours of one case the wrong way round. */
  readonly reorderSend: number;
}

/** The faults of a program: its own, and those of single halls, which hold for that hall in place of its own. */
export interface FaultOrder extends Faults {
  readonly halls: Readonly<Record<string, Faults>>;
}

export const NO_FAULTS: Faults = {
  latencyMs: 0, statusRatio: 0, status: 503, retryAfter: null, closeAfterApply: 0, closeBeforeApply: 0, hang: 0, hangAfterApply: 0,
  forgetful: false, duplicateSend: 0, reorderSend: 0,
};

type Measured = Exclude<keyof Faults, 'forgetful'>;

const LIMITS: Record<Measured, readonly [number, number]> = {
  latencyMs: [0, 600_000], statusRatio: [0, 1], status: [400, 599], retryAfter: [0, 3600],
  closeAfterApply: [0, 1], closeBeforeApply: [0, 1], hang: [0, 1], hangAfterApply: [0, 1], duplicateSend: [0, 1], reorderSend: [0, 1],
};

function checkMeasure(where: string, name: Measured, value: unknown): void {
  const [min, max] = LIMITS[name];
  if (name === 'retryAfter' && value === null) return;
  if (!(typeof value === 'number' && value >= min && value <= max)) throw new RangeError(`${where}${name}: a number from ${min} to ${max} is allowed`);
}

function checkFault(where: string, name: string, value: unknown): void {
  if (name === 'forgetful') {
    if (typeof value !== 'boolean') throw new RangeError(`${where}forgetful: true or false is allowed`);
  } else if (Object.hasOwn(LIMITS, name)) checkMeasure(where, name as Measured, value);
  else throw new RangeError(`${where}${name}: unknown`);
}

function entriesOf(value: unknown, where: string): [string, unknown][] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new RangeError(`${where}an object is expected`);
  return Object.entries(value);
}

function readOne(entries: readonly [string, unknown][], where: string): Faults {
  for (const [name, value] of entries) checkFault(where, name, value);
  return { ...NO_FAULTS, ...Object.fromEntries(entries) };
}

/**
 * Reads the body of `POST /control/faults`; what is not named is healed. `halls` are the hall codes that may have faults of their own.
 * @throws naming the field and what is allowed.
 */
export function readFaults(body: unknown, halls: readonly string[] = []): FaultOrder {
  const entries = entriesOf(body, '');
  const ofHalls = entriesOf(entries.find(([name]) => name === 'halls')?.[1] ?? {}, 'halls: ');
  for (const [code] of ofHalls) {
    if (!halls.includes(code)) throw new RangeError(`halls.${code}: ${halls.length === 0 ? 'this program has no halls' : `one of ${halls.join(', ')} is allowed`}`);
  }
  return {
    ...readOne(entries.filter(([name]) => name !== 'halls'), ''),
    halls: Object.fromEntries(ofHalls.map(([code, faults]) => [code, readOne(entriesOf(faults, `halls.${code}: `), `halls.${code}.`)])),
  };
}
