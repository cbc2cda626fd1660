import fc from 'fast-check';
import type { Party } from '../event-types.ts';
import { HALL, OTHER_HALL, say } from './case-events.fixture.ts';
import type { LifecycleEvent } from './decision.ts';

/** A case told in order from receipt to some point, every event of it legal, each sender numbering its own from 1. */
export interface Story {
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
export function stories(maxRounds: number): fc.Arbitrary<Story> {
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
export function numbered(events: readonly LifecycleEvent[]): LifecycleEvent[] {
  const last = { hall: 0, centre: 0, version: { hall: 1, centre: 1 } };
  return events.map((event) => {
    const side = event.party === 'centre' ? 'centre' : event.party === HALL ? 'hall' : null;
    if (side === null) return event;
    const dataVersion = event.type === 'case.corrected' ? (last.version[side] += 1) : 1;
    return { ...event, sequence: (last[side] += 1), dataVersion };
  });
}

/** Anything anybody might say, in any order, with any numbers: mostly nonsense, as a broken or hostile sender would produce. */
export function anySaying(): fc.Arbitrary<LifecycleEvent> {
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
