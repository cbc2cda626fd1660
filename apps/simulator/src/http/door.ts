import { setTimeout as pause } from 'node:timers/promises';
import { RECEIVED } from './deliveries.ts';
import type { Deliveries } from './deliveries.ts';
import type { FaultSwitch } from './fault-switch.ts';
import type { Answer, Arrived } from './http-server.ts';
import { asksForSandbox } from './sandbox.ts';
import { UnderWay } from './under-way.ts';

/** What a request is about: the hall whose endpoint it came to, and the key it asks for, where the path names one. */
export interface Addressed {
  readonly hall: string | null;
  readonly key: string | null;
}

/** Ends the connection without a word. */
const CUT: Answer = { status: 0, silence: 'cut' };
/** Keeps the connection and says nothing. */
const HANG: Answer = { status: 0, silence: 'hang' };
const ALIVE: Answer = { status: 200 };

/** The endpoints for the bridge, with the faults in front of and behind them. A hall that is down is down for every question. */
export class Door {
  readonly deliveries: Deliveries;
  readonly sandbox: Deliveries;
  readonly #faults: FaultSwitch;
  readonly #underWay = new UnderWay();

  constructor({ real, sandbox }: { readonly real: Deliveries; readonly sandbox: Deliveries }, faults: FaultSwitch) {
    this.deliveries = real;
    this.sandbox = sandbox;
    this.#faults = faults;
  }

  /** Forgets everything that was delivered. */
  reset(): void {
    this.deliveries.reset();
    this.sandbox.reset();
  }

  handle(request: Arrived, to: Addressed): Promise<Answer> {
    const key = request.method === 'POST' ? request.headers['idempotency-key'] : undefined;
    return typeof key === 'string' ? this.#underWay.during(key, () => this.#answer(request, to)) : this.#answer(request, to);
  }

  async #answer(request: Arrived, to: Addressed): Promise<Answer> {
    const { latencyMs } = this.#faults.at(to.hall);
    if (latencyMs > 0) await pause(latencyMs);
    return this.#before(to.hall) ?? this.#serve(request, to);
  }

  /** The fault that strikes before anything is applied. */
  #before(hall: string | null): Answer | null {
    if (this.#faults.strikes('closeBeforeApply', hall)) return CUT;
    if (this.#faults.strikes('hang', hall)) return HANG;
    if (!this.#faults.strikes('statusRatio', hall)) return null;
    const { status, retryAfter } = this.#faults.at(hall);
    return { status, body: { code: 'fault-on-purpose' }, headers: retryAfter === null ? {} : { 'retry-after': String(retryAfter) } };
  }

  async #serve(request: Arrived, { hall, key }: Addressed): Promise<Answer> {
    if (request.method === 'HEAD') return ALIVE;
    if (request.method === 'GET' && key !== null) return this.#verify(request, key);
    if (request.method !== 'POST' || key !== null) return { status: 405, body: { code: 'method-not-allowed' } };
    const answer = await (asksForSandbox(request) ? this.sandbox : this.deliveries).take(request, this.#faults.at(hall).forgetful);
    if (answer !== RECEIVED) return answer;
    if (this.#faults.strikes('closeAfterApply', hall)) return CUT;
    return this.#faults.strikes('hangAfterApply', hall) ? HANG : answer;
  }

  /** "I do not have it" must also mean that it is not on its way in: what has arrived is waited for. */
  async #verify(request: Arrived, key: string): Promise<Answer> {
    await this.#underWay.over(key);
    return this.deliveries.verify(request, key);
  }
}
