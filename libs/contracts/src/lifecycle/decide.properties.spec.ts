import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { EVENT_TYPES, kindOfParty } from '../event-types.ts';
import type { PartyKind } from '../event-types.ts';
import { anySaying, numbered, stories } from './case-stories.fixture.ts';
import type { Story } from './case-stories.fixture.ts';
import { runCase } from './case-run.fixture.ts';
import { CASE_STATUSES } from './case-status.ts';
import { decide } from './decide.ts';
import type { CaseFacts, LifecycleDecision, LifecycleEvent, LifecyclePolicy, TransferIntent } from './decision.ts';

const policies: fc.Arbitrary<LifecyclePolicy> = fc.record({ maxSupplementRounds: fc.integer({ min: 0, max: 3 }), supplementAfterAcceptance: fc.boolean() });
/** A case that went its way to some point, and then nonsense: nonsense alone would hardly ever leave the first statuses. */
const nonsense = fc.tuple(stories(2), fc.nat(), fc.array(anySaying(), { minLength: 1, maxLength: 20 }))
  .map(([story, length, wild]) => [...story.events.slice(0, 1 + (length % story.events.length)), ...wild]);
const TWO_ROUNDS: LifecyclePolicy = { maxSupplementRounds: 2, supplementAfterAcceptance: false };
const RUNS = { numRuns: 1500 };

/** What each event may send at most, from the description of the exchange. */
const SENDS: Partial<Record<LifecycleEvent['type'], readonly string[]>> = {
  'case.received': ['centre:open'], 'case.supplement.submitted': ['centre:supplement'], 'case.withdrawn': ['centre:withdraw', 'hall:result'],
  'case.voided': ['centre:void', 'hall:result'], 'case.accepted': ['hall:acceptance'], 'case.supplement.required': ['hall:supplement_notice'],
  'case.returned': ['hall:result'], 'case.step.recorded': ['hall:step'], 'case.suspended': ['hall:special_procedure'], 'case.resumed': ['hall:special_procedure'],
  'case.decided': ['hall:step'], 'case.completed': ['hall:result'], 'case.corrected': ['centre:correct', 'hall:acceptance', 'hall:step', 'hall:result'],
};

/** Looks at every step of a run of nonsense. */
function alongNonsense(look: (before: CaseFacts | null, event: LifecycleEvent, decision: LifecycleDecision) => void): void {
  fc.assert(fc.property(nonsense, policies, (events, policy) => {
    let facts: CaseFacts | null = null;
    for (const event of events) {
      const decision: LifecycleDecision = decide(facts, event, policy);
      look(facts, event, decision);
      facts = decision.kind === 'park' ? facts : decision.next ?? facts;
    }
  }), RUNS);
}

function inAnyOrder(prepare: (story: Story) => LifecycleEvent[], look: (story: Story, inOrder: LifecycleEvent[], shuffled: LifecycleEvent[]) => void): void {
  const cases = stories(TWO_ROUNDS.maxSupplementRounds).chain((story) => {
    const events = prepare(story);
    return fc.tuple(fc.constant(story), fc.constant(events), fc.shuffledSubarray(events, { minLength: events.length, maxLength: events.length }));
  });
  fc.assert(fc.property(cases, ([story, inOrder, shuffled]) => look(story, inOrder, shuffled)), RUNS);
}

describe('whatever is said, in whatever order', () => {
  test('a case is always in a defined status, with counters that never go back', () => {
    alongNonsense((before, _event, decision) => {
      if (decision.kind === 'park' || decision.next === null) return;
      expect(Object.keys(CASE_STATUSES)).toContain(decision.next.status);
      if (before === null) return;
      expect(decision.next.supplementRounds).toBeGreaterThanOrEqual(before.supplementRounds);
      expect(decision.next.hallVersion).toBeGreaterThanOrEqual(before.hallVersion);
      expect(decision.next.centreSequence ?? 0).toBeGreaterThanOrEqual(before.centreSequence ?? 0);
    });
  });

  test('a case that has ended stays as it ended', () => {
    alongNonsense((before, _event, decision) => {
      if (before === null || !CASE_STATUSES[before.status].terminal || decision.kind === 'park') return;
      expect(decision.next?.status ?? before.status).toBe(before.status);
    });
  });

  test('no event of a hall moves a case past 待受理', () => {
    alongNonsense((before, event, decision) => {
      if (kindOfParty(event.party) !== 'hall' || decision.kind !== 'apply' || decision.next.status === before?.status) return;
      expect(['RECEIVED', 'PENDING_ACCEPTANCE', 'WITHDRAWN']).toContain(decision.next.status);
    });
  });

  test('the centre never begins a case, and nobody but the centre accepts, returns, decides or completes one', () => {
    alongNonsense((before, event, decision) => {
      if (decision.kind !== 'apply' || decision.next.status === before?.status) return;
      if (before === null) expect(kindOfParty(event.party)).toBe('hall');
      if (['ACCEPTED', 'IN_REVIEW', 'SUSPENDED', 'DECIDED', 'COMPLETED', 'RETURNED'].includes(decision.next.status)) expect(event.party).toBe('centre');
    });
  });

  test('a party without authority is always refused and leaves no trace', () => {
    alongNonsense((before, event, decision) => {
      const kind = kindOfParty(event.party);
      const senders: readonly PartyKind[] = EVENT_TYPES[event.type].senders;
      const foreign = before !== null && kind === 'hall' && event.party !== `hall:${before.hallCode}`;
      if (senders.includes(kind) && !foreign) return;
      expect(decision).toMatchObject({ kind: 'refuse', next: null });
    });
  });

  test('an event sends what its kind sends and nothing else, at most one thing to each receiver', () => {
    alongNonsense((_before, event, decision) => {
      if (decision.kind !== 'apply') return;
      const sent = decision.transfers.map(({ to, kind }) => `${to}:${kind}`);
      expect(SENDS[event.type] ?? []).toEqual(expect.arrayContaining(sent));
      expect(new Set(decision.transfers.map(({ to }) => to)).size).toBe(decision.transfers.length);
    });
  });

  test('what is refused or ignored changes nothing but the number of its sender', () => {
    alongNonsense((before, _event, decision) => {
      if ((decision.kind !== 'refuse' && decision.kind !== 'ignore') || decision.next === null) return;
      const { hallSequence, centreSequence } = decision.next;
      expect({ ...before, hallSequence, centreSequence }).toEqual(decision.next);
      expect(decision.next).not.toEqual(before);
    });
  });
});

describe('a case told event by event', () => {
  const sentTo = (transfers: readonly TransferIntent[], to: TransferIntent['to']) => transfers.filter((intent) => intent.to === to).map(({ kind }) => kind);

  test('applies every event of it when they come in order', () => {
    fc.assert(fc.property(stories(TWO_ROUNDS.maxSupplementRounds), ({ events }) => {
      expect(runCase(numbered(events), TWO_ROUNDS).decisions.map(({ kind }) => kind)).toEqual(events.map(() => 'apply'));
    }), RUNS);
  });

  test('ends in the same status in whatever order its numbered events arrive, and nothing stays parked', () => {
    inAnyOrder(({ events }) => numbered(events), (_story, inOrder, shuffled) => {
      const run = runCase(shuffled, TWO_ROUNDS);
      expect([run.facts?.status, run.parked]).toEqual([runCase(inOrder, TWO_ROUNDS).facts?.status, []]);
    });
  });

  test('comes to the same facts and sends the same things in the same order, unless two parties raced each other', () => {
    inAnyOrder(({ events }) => numbered(events), ({ raced }, inOrder, shuffled) => {
      if (raced) return;
      const [expected, run] = [runCase(inOrder, TWO_ROUNDS), runCase(shuffled, TWO_ROUNDS)];
      expect(run.facts).toEqual(expected.facts);
      for (const to of ['centre', 'hall'] as const) expect(sentTo(run.transfers, to)).toEqual(sentTo(expected.transfers, to));
    });
  });

  test('ends in the same status even when nobody numbers anything', () => {
    // Without numbers a late step cannot be told from a new one: it may still wait for the end of a suspension, so nothing is said of what stays parked.
    inAnyOrder(({ events }) => [...events], (_story, inOrder, shuffled) => {
      expect(runCase(shuffled, TWO_ROUNDS).facts?.status).toBe(runCase(inOrder, TWO_ROUNDS).facts?.status);
    });
  });
});
