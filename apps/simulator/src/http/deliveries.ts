import { hash } from 'node:crypto';
import { now } from '../record/record-lines.ts';
import type { EffectLine, RecordLine } from '../record/record-lines.ts';
import { NonceMemory } from '../signing/nonce-memory.ts';
import type { SigningKey } from '../signing/scheme.ts';
import { verifyRequest } from '../signing/verify-request.ts';
import type { Answer, Arrived } from './http-server.ts';
import type { SeenKeys } from './seen-keys.ts';

/** What is made of a body that is signed, readable and valid. */
export type Shown = Pick<EffectLine, 'projectNo' | 'hall' | 'kind' | 'updateSequence' | 'facts'>;

export interface DeliveryParts {
  readonly bridgeKeys: readonly SigningKey[];
  readonly seen: SeenKeys;
  /** Where what happened is written down; resolves once it is on file. */
  readonly record: { write(...lines: readonly RecordLine[]): Promise<void> };
  /** The broken fields of a body by the published schema; empty when it holds. */
  readonly faultsOf: (body: unknown) => readonly string[];
  readonly read: (body: unknown, request: Arrived) => Shown;
  readonly apply: (effect: EffectLine) => void;
}

/** The answer to everything that was applied, now or before. */
export const RECEIVED: Answer = { status: 200, body: { received: true } };

/** What the bridge delivered: each key has one effect, whatever is sent again. */
export class Deliveries {
  readonly counts = { received: 0, repeated: 0, refused: 0, verified: 0 };
  readonly #parts: DeliveryParts;
  readonly #nonces = new NonceMemory();
  #lastNumber = 0;

  constructor(parts: DeliveryParts) {
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
    Object.assign(this.counts, { received: 0, repeated: 0, refused: 0, verified: 0 });
  }

  /** Takes a delivery. A `forgetful` receiver does not know the key of one that came before. */
  async take(request: Arrived, forgetful: boolean): Promise<Answer> {
    const fault = verifyRequest(this.#parts.bridgeKeys, this.#nonces, request);
    if (fault !== null) return this.#refuse(request, 401, fault);
    const key = request.headers['idempotency-key'];
    if (typeof key !== 'string' || key === '') return this.#refuse(request, 400, 'idempotency-key-missing');
    const body = readJson(request.body);
    if (body === undefined) return this.#refuse(request, 400, 'not-json');
    const broken = this.#parts.faultsOf(body);
    if (broken.length > 0) return this.#refuse(request, 422, 'schema-broken', broken);
    return this.#once(request, key, body, forgetful);
  }

  /** Whether the delivery of this key was applied: what a caller asks that does not know what became of it. */
  async verify(request: Arrived, key: string): Promise<Answer> {
    const fault = verifyRequest(this.#parts.bridgeKeys, this.#nonces, request);
    if (fault !== null) return this.#refuse(request, 401, fault);
    this.counts.verified += 1;
    const seen = this.#parts.seen.find(key);
    if (seen === undefined) return { status: 404, body: { received: false } };
    await seen.recorded;
    return RECEIVED;
  }

  async #once(request: Arrived, key: string, body: unknown, forgetful: boolean): Promise<Answer> {
    const { seen, record } = this.#parts;
    const digest = hash('sha256', request.body, 'hex');
    const shown = this.#parts.read(body, request);
    const before = forgetful ? undefined : seen.find(key);
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
