import type { Redis } from 'ioredis';
import { DoorError } from './door-error.ts';
import type { JournalKeys } from './journal-keys.ts';
import { ADMIT } from './journal-scripts.ts';
import { encodeLetter, type Letter } from './letter.ts';

/** How long a nonce is remembered: twice the clock tolerance, so that no signature outlives its nonce. */
const NONCE_TTL_MS = 10 * 60_000;
/** How long the door knows which body an event id belongs to. */
const EVENT_TTL_MS = 24 * 3_600_000;
const RETRY_AFTER_MS = 5_000;

/** An event at the door: what identifies it, the digest of what it says, and the letter that is made of it. */
export interface Candidate {
  readonly source: string;
  readonly id: string;
  readonly digest: string;
  readonly letter: Letter;
}

/**
 * What is to be done with an event that came in.
 *
 * - `reused`: its id belongs to another body.
 * - `free`: it may go to RabbitMQ at once.
 * - `behind`: earlier events of its case wait in the spool; it goes there too, behind them.
 * - `spooled`: it waits in the spool already; its sender has repeated it.
 */
export type Fate = 'reused' | 'free' | 'behind' | 'spooled';

const FATES: readonly Fate[] = ['reused', 'free', 'behind', 'spooled'];
const REPLAYED = -1;
const FULL = -2;

interface AdmitCommand {
  jiujinAdmit(keyCount: number, ...args: (string | number | Buffer)[]): Promise<number[] | number>;
}

export interface DoorMemoryOptions {
  readonly prefix: string;
  readonly keys: JournalKeys;
  /** How long the gateway may take to record an event before it is published again. */
  readonly patienceMs: number;
  /** The journal refuses more: Redis must not run out of memory while the gateway is away. */
  readonly maxEvents: number;
}

/**
 * The door's memory in Redis: nonces for 10 minutes, event ids for 24 hours, and every accepted event until the gateway has it in its ledger.
 * An id belongs to the first well-formed body that came with it, even if it was answered 503: it may have been taken after all.
 */
export class DoorMemory {
  readonly #redis: Redis & AdmitCommand;
  readonly #options: DoorMemoryOptions;

  constructor(redis: Redis, options: DoorMemoryOptions) {
    redis.defineCommand('jiujinAdmit', { lua: ADMIT });
    this.#redis = redis as Redis & AdmitCommand;
    this.#options = options;
  }

  /**
   * Claims the nonce, binds the events to their ids and writes them into the journal, all or nothing. Returns what is to be done with each.
   * Throws `nonce-replayed`, `journal-full`, or `store-unavailable` when Redis does not take it in time.
   */
  async admit(appKey: string, nonce: string, candidates: readonly Candidate[]): Promise<Fate[]> {
    const { prefix, keys, patienceMs, maxEvents } = this.#options;
    const answer = await this.#run([
      keys.bodies, keys.due, keys.arrived, keys.spooled, keys.spooledCases,
      `${prefix}nonce:${appKey}:${nonce}`, ...candidates.map(({ source, id }) => `${prefix}event:${source}:${id}`),
    ], [
      NONCE_TTL_MS, EVENT_TTL_MS, patienceMs, maxEvents,
      ...candidates.flatMap(({ digest, letter }) => [digest, letter.messageId, letter.orderKey, encodeLetter(letter)]),
    ]);
    if (answer === REPLAYED) throw new DoorError('nonce-replayed');
    if (answer === FULL) throw new DoorError('journal-full', { retryAfterMs: RETRY_AFTER_MS });
    const codes = Array.isArray(answer) ? answer : [];
    return candidates.map((_, index) => FATES[codes[index] ?? -1] ?? 'behind');
  }

  async #run(keys: string[], args: (string | number | Buffer)[]): Promise<number[] | number> {
    try {
      return await this.#redis.jiujinAdmit(keys.length, ...keys, ...args);
    } catch {
      throw storeUnavailable();
    }
  }
}

/** Redis did not take what it was given. */
export function storeUnavailable(): DoorError {
  return new DoorError('store-unavailable', { retryAfterMs: RETRY_AFTER_MS });
}
