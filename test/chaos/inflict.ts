import { setTimeout as pause } from 'node:timers/promises';
import type { AcceptedEvents } from './accepted-events.ts';
import { bothHolders, bothHoldersFrom } from './both-holders.ts';
import { doFault, healAll, type Hands } from './do-fault.ts';
import { faultOf, losesData } from './faults.ts';
import { Gate } from './gate.ts';
import type { PlannedFault } from './plan-faults.ts';

/** A fault as it really happened. */
export interface Occurrence {
  readonly name: PlannedFault['name'];
  readonly target: string;
  /** Milliseconds since 1970: its beginning, and when its cause was gone. */
  readonly beganAt: number;
  readonly endedAt: number;
}

export interface Inflicted {
  readonly occurrences: readonly Occurrence[];
  /** Faults that could not be done, and why: a run in which something of the plan is missing proves less than it says. */
  readonly undone: readonly string[];
}

export interface Inflicting {
  readonly hands: Hands;
  readonly events: AcceptedEvents;
  readonly say: (fault: PlannedFault, what: 'begins' | 'over') => void;
}

/** Does what the plan says, each fault at its time or as soon as what it needs is free. Resolves when the last one is over and everything is healed. */
export async function inflict(plan: readonly PlannedFault[], inflicting: Inflicting): Promise<Inflicted> {
  const infliction = new Infliction(inflicting);
  const undone: string[] = [];
  const begunAt = performance.now();
  await Promise.all(plan.map(async (fault) => {
    const called = await waitFor(begunAt + fault.atMs - performance.now(), inflicting.hands.signal);
    if (!called) return;
    await infliction.one(fault).catch((error: unknown) => {
      if (!inflicting.hands.signal.aborted) undone.push(`${fault.name} ${fault.target}: ${error instanceof Error ? error.message : String(error)}`);
    });
  }));
  healAll(inflicting.hands);
  return { occurrences: infliction.occurrences.sort((first, second) => first.beganAt - second.beganAt), undone };
}

class Infliction {
  readonly occurrences: Occurrence[] = [];
  readonly #gate = new Gate();
  readonly #inflicting: Inflicting;
  /** Since when what comes in has both holders. */
  #bothFrom = 0;

  constructor(inflicting: Inflicting) {
    this.#inflicting = inflicting;
  }

  async one(fault: PlannedFault): Promise<void> {
    const needs = faultOf(fault.name).needs(fault.target);
    const leave = await this.#gate.enter(needs);
    try {
      if (this.#inflicting.hands.signal.aborted) return;
      if (losesData(fault.name)) await this.#losing(fault, () => { leave(needs.filter((need) => need !== 'holder')); });
      else await this.#do(fault);
    } finally {
      leave();
    }
  }

  /** Others may go on when it is done; but what needs a holder waits until both are there again. */
  async #losing(fault: PlannedFault, done: () => void): Promise<void> {
    const { hands, events } = this.#inflicting;
    await bothHolders(hands.stage, events, this.#bothFrom, hands.signal);
    const { endedAt } = await this.#do(fault);
    this.#bothFrom = bothHoldersFrom(endedAt);
    done();
    // Whoever needs a holder next says so when it does not come to that.
    await bothHolders(hands.stage, events, this.#bothFrom, hands.signal).catch(() => undefined);
  }

  async #do(fault: PlannedFault): Promise<Occurrence> {
    const { hands, say } = this.#inflicting;
    say(fault, 'begins');
    const beganAt = Date.now();
    await doFault(hands, fault);
    say(fault, 'over');
    const occurrence = { name: fault.name, target: fault.target, beganAt, endedAt: Date.now() };
    this.occurrences.push(occurrence);
    return occurrence;
  }
}

/** `false` when the run was called off meanwhile. */
async function waitFor(ms: number, signal: AbortSignal): Promise<boolean> {
  return pause(Math.max(0, ms), true, { signal }).catch(() => false);
}
