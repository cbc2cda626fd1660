import { setTimeout as pause } from 'node:timers/promises';
import { RECEIVED } from './deliveries.ts';
import type { Deliveries } from './deliveries.ts';
import type { FaultSwitch } from './fault-switch.ts';
import type { Answer, Arrived } from './http-server.ts';
import { asksForSandbox } from './sandbox.ts';

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

  async handle(request: Arrived, to: Addressed): Promise<Answer> {
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
    if (request.method === 'GET' && key !== null) return this.deliveries.verify(request, key);
    if (request.method !== 'POST' || key !== null) return { status: 405, body: { code: 'method-not-allowed' } };
    const answer = await (asksForSandbox(request) ? this.sandbox : this.deliveries).take(request, this.#faults.at(hall).forgetful);
    if (answer !== RECEIVED) return answer;
    if (this.#faults.strikes('closeAfterApply', hall)) return CUT;
    return this.#faults.strikes('hangAfterApply', hall) ? HANG : answer;
  }
}
