import { kindOfParty } from '../event-types.ts';
import { CASE_STATUSES } from './case-status.ts';
import { CHOICES, ROADS } from './conditions.ts';
import type { CaseFacts, LifecycleEvent, LifecyclePolicy } from './decision.ts';
import type { LifecycleCode } from './lifecycle-codes.ts';
import { TRANSITIONS } from './transition-table.ts';
import type { Transition } from './transition-table.ts';

/** The row an event takes now, or the reason why the nearest row is not taken. */
export function roadOf(event: LifecycleEvent, facts: CaseFacts, policy: LifecyclePolicy): Transition | LifecycleCode {
  let reason: LifecycleCode = CASE_STATUSES[facts.status].terminal ? 'case-closed' : 'illegal-transition';
  for (const row of TRANSITIONS) {
    if (!row.from.includes(facts.status) || row.event !== event.type || !row.senders.includes(kindOfParty(event.party))) continue;
    const closed = closedBy(row, facts, policy) ?? refusedBy(row, event, facts);
    if (closed === null) return row;
    if (closed !== 'illegal-transition') reason = closed;
  }
  return reason;
}

/**
 * Whether the event could become legal later: whether some row would take it in a case that further events may lead to from here.
 * Walks the same table that decides, so a new row needs no second list of what comes after what.
 */
export function mayBecomeLegal(event: LifecycleEvent, facts: CaseFacts, policy: LifecyclePolicy): boolean {
  const seen = new Set<string>([keyOf(facts)]);
  const ahead = [facts];
  for (let here = ahead.pop(); here; here = ahead.pop()) {
    for (const next of oneStepFrom(here, policy)) {
      if (seen.has(keyOf(next))) continue;
      if (typeof roadOf(event, next, policy) === 'object') return true;
      seen.add(keyOf(next));
      ahead.push(next);
    }
  }
  return false;
}

/** Every case that one further event may make of this one, as far as roads depend on it: its status and its supplement rounds. */
function oneStepFrom(facts: CaseFacts, policy: LifecyclePolicy): CaseFacts[] {
  return TRANSITIONS.filter((row) => row.to !== 'same' && row.from.includes(facts.status) && closedBy(row, facts, policy) === null)
    .map((row) => ({
      ...facts,
      status: row.to === 'same' ? facts.status : row.to,
      supplementRounds: facts.supplementRounds + (row.event === 'case.supplement.required' ? 1 : 0),
    }));
}

function keyOf(facts: CaseFacts): string {
  return `${facts.status} ${facts.supplementRounds}`;
}

function closedBy(row: Transition, facts: CaseFacts, policy: LifecyclePolicy): LifecycleCode | null {
  return firstOf(row.road ?? [], (name) => ROADS[name](facts, policy));
}

function refusedBy(row: Transition, event: LifecycleEvent, facts: CaseFacts): LifecycleCode | null {
  return firstOf(row.choice ?? [], (name) => CHOICES[name](event, facts));
}

function firstOf<T>(names: readonly T[], ask: (name: T) => LifecycleCode | null): LifecycleCode | null {
  for (const name of names) {
    const code = ask(name);
    if (code !== null) return code;
  }
  return null;
}
