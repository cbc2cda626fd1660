import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { EVENT_TYPES, kindOfParty } from '../event-types.ts';
import type { Party, PartyKind } from '../event-types.ts';
import { HALL, OTHER_HALL, say } from './case-events.fixture.ts';
import { runCase } from './case-run.fixture.ts';
import { CASE_STATUSES } from './case-status.ts';
import { decide } from './decide.ts';
import type { CaseFacts, LifecycleDecision, LifecycleEvent, LifecyclePolicy, TransferIntent } from './decision.ts';

/** A case told in order from receipt to some point, every event of it legal, each sender numbering its own from 1. */
interface Story {
  readonly events: readonly LifecycleEvent[];
  /** Whether hall, centre or bureau act on their own at the same time, so that the order of arrival decides which of them comes too late. */
  readonly raced: boolean;
}

const many = (saying: () => LifecycleEvent, max: number): fc.Arbitrary<LifecycleEvent[]> => fc.array(fc.constant(saying()), { maxLength: max });

/** 补正: each round asked for and supplied. */
const supplements = (maxRounds: number): fc.Arbitrary<LifecycleEvent[]> => fc.integer({ min: 0, max: maxRounds })
  .map((rounds) => Array.from({ length: rounds }, (_each, index) => [say.asked(index + 1), say.supplied(index + 1)]).flat());

/** 审核: steps, and suspensions that end. */
const review = fc.array(fc.oneof(fc.constant([say.step()]), fc.constant([say.suspended(), say.resumed()])), { maxLength: 4 }).map((parts) => parts.flat());

const ordinaryEnd = fc.tuple(review, fc.boolean(), many(say.correctedAcceptance, 1)).map(([steps, approved, corrections]) => [
  say.accepted(), ...steps, say.decided(approved), ...corrections, say.completed(approved ? 'APPROVED' : 'REJECTED'),
  say.correctedCompletion(2, approved ? 'APPROVED' : 'REJECTED'),
]);
const unfinished = fc.tuple(review, fc.boolean()).map(([steps, suspended]) => [say.accepted(), ...steps, ...(suspended ? [say.suspended()] : [])]);
const returned = fc.constantFrom('RETURNED', 'NOT_ACCEPTED').map((code) => [say.returned(code)]);
const centreWithdraws = unfinished.map((events) => [...events, say.withdrawn('centre')]);
const CALM_ENDS = fc.oneof(ordinaryEnd, unfinished, returned, centreWithdraws, fc.constant<LifecycleEvent[]>([]));
const RACED_ENDS = unfinished.chain((events) => fc.constantFrom(say.withdrawn(), say.voided()).map((last) => [...events, last]));

/** Stories of cases; `maxRounds` supplement rounds at most. */
function stories(maxRounds: number): fc.Arbitrary<Story> {
  const start = fc.tuple(many(say.paper, 1), many(say.correctedReceipt, 1), supplements(maxRounds));
  const told = fc.tuple(start, fc.oneof(CALM_ENDS.map((events) => ({ events, raced: false })), RACED_ENDS.map((events) => ({ events, raced: true }))))
    .map(([[paper, corrections, rounds], end]) => ({
      events: [say.received(), ...paper, say.acknowledged(), ...corrections, ...rounds, ...end.events], raced: end.raced || corrections.length > 0,
    }));
  const immediate = fc.boolean().map((approved) => ({
    events: [say.received('1'), say.acknowledged(), say.accepted(), say.completedAtOnce(approved)], raced: false,
  }));
  const overdue = supplements(maxRounds - 1).map((rounds) => ({
    events: [say.received(), say.acknowledged(), ...rounds, say.asked(rounds.length / 2 + 1), say.returned('SUPPLEMENT_TIMEOUT')], raced: false,
  }));
  return fc.oneof({ weight: 8, arbitrary: told }, { weight: 1, arbitrary: immediate }, { weight: 1, arbitrary: overdue });
}

/** Numbers the events of hall and centre, each from 1, and gives each side's corrections rising versions. */
function numbered(events: readonly LifecycleEvent[]): LifecycleEvent[] {
  const last = { hall: 0, centre: 0, version: { hall: 1, centre: 1 } };
  return events.map((event) => {
    const side = event.party === 'centre' ? 'centre' : event.party === HALL ? 'hall' : null;
    if (side === null) return event;
    const dataVersion = event.type === 'case.corrected' ? (last.version[side] += 1) : 1;
    return { ...event, sequence: (last[side] += 1), dataVersion };
  });
}

/** Anything anybody might say, in any order, with any numbers: mostly nonsense, as a broken or hostile sender would produce. */
function anySaying(): fc.Arbitrary<LifecycleEvent> {
  const parties: readonly Party[] = [HALL, OTHER_HALL, 'centre', 'bureau', 'bridge'];
  const good = fc.constantFrom(
    say.received('1'), say.received('2'), say.acknowledged(), say.acknowledged('centre'), say.asked(1), say.asked(2), say.supplied(1), say.supplied(2),
    say.returned(), say.returned('NOT_ACCEPTED'), say.returned('SUPPLEMENT_TIMEOUT'), say.accepted(), say.step(), say.suspended(), say.resumed(),
    say.decided(true), say.decided(false), say.completed(), say.completed('REJECTED'), say.completedAtOnce(), say.withdrawn(), say.withdrawn('centre'),
    say.voided(), say.correctedReceipt(2), say.correctedAcceptance(3), say.correctedStep(4), say.correctedCompletion(5), say.paper(), say.paper('paper.handedOver', 'centre'),
  );
  const wild = fc.tuple(good, fc.constantFrom(...parties), fc.option(fc.integer({ min: 1, max: 6 })), fc.integer({ min: 1, max: 4 }), fc.boolean())
    .map(([event, party, sequence, dataVersion, empty]) => ({ ...event, party, sequence, dataVersion, data: empty ? {} : event.data }));
  return fc.oneof({ weight: 4, arbitrary: good }, { weight: 1, arbitrary: wild });
}

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
