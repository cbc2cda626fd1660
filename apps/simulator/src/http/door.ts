import { hash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { now } from '../record/record-lines.ts';
import type { EffectLine } from '../record/record-lines.ts';
import type { RecordFile } from '../record/record-file.ts';
import { NonceMemory } from '../signing/nonce-memory.ts';
import type { SigningKey } from '../signing/scheme.ts';
import { verifyRequest } from '../signing/verify-request.ts';
import type { FaultSwitch } from './faults.ts';
import type { Answer, Arrived } from './http-server.ts';
import type { SeenKeys } from './seen-keys.ts';

/** What the door makes of a body that is signed, readable and valid. */
export type Shown = Pick<EffectLine, 'projectNo' | 'hall' | 'kind' | 'updateSequence' | 'facts'>;

export interface DoorParts {
  readonly bridgeKeys: readonly SigningKey[];
  readonly faults: FaultSwitch;
  readonly seen: SeenKeys;
  readonly record: RecordFile;
  /** The broken fields of a body by the published schema; empty when it holds. */
  readonly faultsOf: (body: unknown) => readonly string[];
  readonly read: (body: unknown, request: Arrived) => Shown;
  readonly apply: (effect: EffectLine) => void;
}

const RECEIVED: Answer = { status: 200, body: { received: true } };

/** Where the bridge delivers: each key has one effect, whatever is sent again, cut off or refused on the way. */
export class Door {
  readonly counts = { received: 0, repeated: 0, refused: 0 };
  readonly #parts: DoorParts;
  readonly #nonces = new NonceMemory();
  #lastNumber = 0;

  constructor(parts: DoorParts) {
    this.#parts = parts;
  }

  /** Takes an effect of an earlier run from the record. */
  restore(effect: EffectLine): void {
    this.#lastNumber = Math.max(this.#lastNumber, effect.n);
    this.#parts.seen.remember(effect.key, effect.digest);
    this.counts.received += 1;
  }

  reset(): void {
    this.#lastNumber = 0;
    this.#parts.seen.clear();
    Object.assign(this.counts, { received: 0, repeated: 0, refused: 0 });
  }

  async handle(request: Arrived): Promise<Answer> {
    const { faults } = this.#parts;
    if (faults.now.latencyMs > 0) await pause(faults.now.latencyMs);
    if (faults.strikes('closeBeforeApply')) return { status: 0, cut: true };
    if (faults.strikes('statusRatio')) return this.#strike();
    const answer = await this.#take(request);
    return answer === RECEIVED && faults.strikes('closeAfterApply') ? { status: 0, cut: true } : answer;
  }

  #strike(): Answer {
    const { status, retryAfter } = this.#parts.faults.now;
    return { status, body: { code: 'fault-on-purpose' }, headers: retryAfter === null ? {} : { 'retry-after': String(retryAfter) } };
  }

  async #take(request: Arrived): Promise<Answer> {
    const fault = verifyRequest(this.#parts.bridgeKeys, this.#nonces, request);
    if (fault !== null) return this.#refuse(request, 401, fault);
    const key = request.headers['idempotency-key'];
    if (typeof key !== 'string' || key === '') return this.#refuse(request, 400, 'idempotency-key-missing');
    const body = readJson(request.body);
    if (body === undefined) return this.#refuse(request, 400, 'not-json');
    const broken = this.#parts.faultsOf(body);
    if (broken.length > 0) return this.#refuse(request, 422, 'schema-broken', broken);
    return this.#once(request, key, body);
  }

  async #once(request: Arrived, key: string, body: unknown): Promise<Answer> {
    const { seen, record } = this.#parts;
    const digest = hash('sha256', request.body, 'hex');
    const shown = this.#parts.read(body, request);
    const before = seen.find(key);
    if (before !== undefined) {
      const same = before.digest === digest;
      this.counts.repeated += 1;
      await before.recorded;
      await record.write({ k: 'repeat', key, projectNo: shown.projectNo, same, at: now() });
      return same ? RECEIVED : this.#refuse(request, 409, 'key-reused');
    }
    this.#lastNumber += 1;
    const effect: EffectLine = { k: 'effect', n: this.#lastNumber, key, ...shown, digest, at: now() };
    const recorded = record.write(effect);
    seen.remember(key, digest, recorded);
    await recorded.catch((error: unknown) => {
      seen.forget(key);
      throw error;
    });
    this.counts.received += 1;
    this.#parts.apply(effect);
    return RECEIVED;
  }

  async #refuse(request: Arrived, status: number, code: string, errors: readonly string[] = []): Promise<Answer> {
    const key = request.headers['idempotency-key'];
    this.counts.refused += 1;
    await this.#parts.record.write({ k: 'refused', status, code, key: typeof key === 'string' ? key : null, projectNo: null, at: now() });
    return { status, body: { code, errors } };
  }
}

function readJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
