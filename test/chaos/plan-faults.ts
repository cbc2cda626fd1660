import { chanceOf, shuffled } from './chance.ts';
import { EVERY_FAULT, faultOf, losesData, type Aim, type FaultName } from './faults.ts';

/** One fault of a run, as the seed has it. */
export interface PlannedFault {
  readonly name: FaultName;
  readonly target: string;
  /** Milliseconds after the run's beginning. */
  readonly atMs: number;
  /** Until its cause is gone; 0 when it is over at once. */
  readonly lastsMs: number;
  /** From 0 to 1: whatever else there is to choose about it, such as how slow a slow network is. */
  readonly choice: number;
}

export interface PlanOptions {
  readonly seed: number;
  readonly seconds: number;
  /** The faults that may happen; all by default. */
  readonly only?: readonly Aim[];
}

/** A full run gives each fault its full length; a short one cuts the longest so that all find room. */
const FULL_SECONDS = 120;
const SHORT_LONGEST_MS = 5_000;
const MOST_GAP_MS = 4_000;
const STEP_MS = 250;
const MOST_DEALS = 60;
/** The last faults need some time to show what they do. */
const TAIL_MS = 2_000;
/** How long the bridge is given, in the plan, to have an accepted event with both holders again. */
const BOTH_AGAIN_MS = 12_000;

type Card = Pick<PlannedFault, 'name' | 'target'>;

/** The faults of a run, in the order of their beginnings: a pure function of the seed, so that a run can be repeated. */
export function planFaults({ seed, seconds, only = EVERY_FAULT }: PlanOptions): PlannedFault[] {
  const chance = chanceOf(seed);
  const endMs = seconds * 1_000 - TAIL_MS;
  const gapMs = Math.min(MOST_GAP_MS, endMs / (deckOf(chance, only).length + 1));
  const planned = firstRound({ chance, only, seconds, gapMs, endMs });
  const covered = gapMs * deckOf(chance, only).length;
  for (let at = covered; at < endMs;) {
    for (const card of shuffled(chance, deckOf(chance, only))) {
      at += gapMs * (0.5 + chance());
      place(planned, draw(card, at, seconds, chance), endMs, 'later');
    }
  }
  return planned.sort((one, other) => one.atMs - other.atMs);
}

interface Round {
  readonly chance: () => number;
  readonly only: readonly Aim[];
  readonly seconds: number;
  readonly gapMs: number;
  readonly endMs: number;
}

/** Every card once, spread over the time it takes to deal them all. Another deal is tried while one does not fit, a bounded number of times. */
function firstRound(round: Round): PlannedFault[] {
  let best: PlannedFault[] = [];
  for (let deal = 0; deal < MOST_DEALS; deal += 1) {
    const { planned, all } = dealOnce(round);
    if (planned.length > best.length) best = planned;
    if (all) break;
  }
  return best;
}

/** What takes long or loses data is placed first: the rest finds room around it. */
function dealOnce({ chance, only, seconds, gapMs, endMs }: Round): { planned: PlannedFault[]; all: boolean } {
  const planned: PlannedFault[] = [];
  const drawn = shuffled(chance, deckOf(chance, only)).map((card, slot) => draw(card, gapMs * (slot + 0.5 + chance()), seconds, chance));
  for (const fault of drawn.sort((one, other) => awkwardness(other) - awkwardness(one))) place(planned, fault, endMs, 'anywhere');
  return { planned, all: planned.length === drawn.length };
}

/** One card for each fault, and for some one for each target. */
function deckOf(chance: () => number, only: readonly Aim[]): Card[] {
  return only.flatMap(({ name, targets }): Card[] => {
    const drawn = shuffled(chance, targets);
    return (faultOf(name).everyTarget ? drawn : drawn.slice(0, 1)).map((target) => ({ name, target }));
  });
}

function draw(card: Card, atMs: number, seconds: number, chance: () => number): PlannedFault {
  return { ...card, atMs: Math.round(atMs), lastsMs: lengthOf(card.name, seconds, chance), choice: chance() };
}

function awkwardness(fault: PlannedFault): number {
  return (losesData(fault.name) ? 100_000 : 0) + Math.max(...needsOf(fault).map(({ untilMs }) => untilMs - fault.atMs));
}

function lengthOf(name: FaultName, seconds: number, chance: () => number): number {
  const [shortest, longest] = faultOf(name).lastsMs ?? [0, 0];
  const drawn = shortest + chance() * (longest - shortest);
  return Math.round(seconds < FULL_SECONDS ? Math.min(drawn, SHORT_LONGEST_MS) : drawn);
}

/** Puts the fault at the first moment from the drawn one on (and then, if it may, from the beginning) at which nothing that needs the same is in the way; or nowhere. */
function place(planned: PlannedFault[], fault: PlannedFault, endMs: number, where: 'later' | 'anywhere'): void {
  const steps = Math.ceil((endMs - (where === 'later' ? fault.atMs : 0)) / STEP_MS);
  for (let step = 0; step < steps; step += 1) {
    const moved = { ...fault, atMs: (fault.atMs + step * STEP_MS) % endMs };
    if (moved.atMs + moved.lastsMs > endMs || planned.some((other) => collide(moved, other))) continue;
    planned.push(moved);
    return;
  }
}

/** Whether two faults need the same at the same time. */
export function collide(one: PlannedFault, other: PlannedFault): boolean {
  return needsOf(one).some(({ need, untilMs }) => needsOf(other).some((second) =>
    second.need === need && one.atMs < second.untilMs && other.atMs < untilMs));
}

function needsOf({ name, target, atMs, lastsMs }: PlannedFault): { need: string; untilMs: number }[] {
  const { needs, undoMs = 0 } = faultOf(name);
  const overMs = atMs + Math.max(lastsMs + undoMs, STEP_MS);
  return needs(target).map((need) => ({ need, untilMs: need === 'holder' ? overMs + BOTH_AGAIN_MS : overMs }));
}
