import { decide } from './decide.ts';
import type { CaseFacts, LifecycleDecision, LifecycleEvent, LifecyclePolicy, TransferIntent } from './decision.ts';

/** What came of a row of events of one case. */
export interface CaseRun {
  readonly facts: CaseFacts | null;
  readonly decisions: readonly LifecycleDecision[];
  /** Everything sent, in the order in which it was. */
  readonly transfers: readonly TransferIntent[];
  readonly parked: readonly LifecycleEvent[];
}

/** Applies events as they arrive, and asks the parked ones again after each that changed something: what the gateway does, without its ledger. */
export function runCase(arrivals: readonly LifecycleEvent[], policy: LifecyclePolicy): CaseRun {
  let facts: CaseFacts | null = null;
  const decisions: LifecycleDecision[] = [];
  const transfers: TransferIntent[] = [];
  let parked: LifecycleEvent[] = [];
  const settle = (event: LifecycleEvent): boolean => {
    const decision = decide(facts, event, policy);
    decisions.push(decision);
    if (decision.kind === 'park') return false;
    if (decision.kind === 'apply') transfers.push(...decision.transfers);
    facts = decision.next ?? facts;
    return true;
  };
  for (const event of arrivals) {
    if (!settle(event)) parked.push(event);
    for (let waiting = -1; waiting !== parked.length;) {
      waiting = parked.length;
      parked = parked.filter((each) => !settle(each));
    }
  }
  return { facts, decisions, transfers, parked };
}

/** The facts after events that must all apply. Throws, naming the first that does not. */
export function factsOf(events: readonly LifecycleEvent[], policy: LifecyclePolicy): CaseFacts {
  let facts: CaseFacts | null = null;
  for (const event of events) {
    const decision = decide(facts, event, policy);
    if (decision.kind !== 'apply') throw new Error(`${event.type} was not applied: ${decision.code}`);
    facts = decision.next;
  }
  if (facts === null) throw new Error('no event, no case');
  return facts;
}
