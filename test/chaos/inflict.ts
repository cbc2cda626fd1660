import { setTimeout as pause } from 'node:timers/promises';
import type { AcceptedEvents } from './accepted-events.ts';
import { bothHolders } from './both-holders.ts';
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
  const gate = new Gate();
  const occurrences: Occurrence[] = [];
  const undone: string[] = [];
  const begunAt = performance.now();
  await Promise.all(plan.map(async (fault) => {
    const called = await waitFor(begunAt + fault.atMs - performance.now(), inflicting.hands.signal);
    if (!called) return;
    try {
      const occurrence = await one(fault, gate, inflicting);
      if (occurrence !== null) occurrences.push(occurrence);
    } catch (error) {
      if (!inflicting.hands.signal.aborted) undone.push(`${fault.name} ${fault.target}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }));
  healAll(inflicting.hands);
  return { occurrences: occurrences.sort((first, second) => first.beganAt - second.beganAt), undone };
}

async function one(fault: PlannedFault, gate: Gate, { hands, events, say }: Inflicting): Promise<Occurrence | null> {
  const { name, target } = fault;
  const leave = await gate.enter(faultOf(name).needs(target));
  try {
    if (hands.signal.aborted) return null;
    if (losesData(name) && !(await bothHolders(hands.stage, events, hands.signal))) throw new Error('an accepted event had one holder only, for too long');
    say(fault, 'begins');
    const beganAt = Date.now();
    await doFault(hands, fault);
    say(fault, 'over');
    const endedAt = Date.now();
    leave(faultOf(name).needs(target).filter((need) => need !== 'holder'));
    if (losesData(name)) await bothHolders(hands.stage, events, hands.signal);
    return { name, target, beganAt, endedAt };
  } finally {
    leave();
  }
}

/** `false` when the run was called off meanwhile. */
async function waitFor(ms: number, signal: AbortSignal): Promise<boolean> {
  return pause(Math.max(0, ms), true, { signal }).catch(() => false);
}
