import type { AnswerLine, EffectLine, SendingLine } from '../record/record-lines.ts';
import type { CentreStep } from '../scenario/flows.ts';
import type { Scenario } from '../scenario/scenario-of.ts';

/** A case in the centre's core system. It changes only through the `note…` functions, live and when the record is read again. */
export interface CentreCase {
  readonly projectNo: string;
  readonly hall: string;
  readonly scenario: Scenario;
  readonly bornAt: number;
  /** Left over from a run with another series: worked like any other, but not counted. */
  readonly leftover: boolean;
  /** Materials the centre may ask for again. */
  readonly known: readonly { readonly materialCode: string; readonly name: string }[];
  /** Place in the scenario's steps of the next one to do. */
  next: number;
  /** Sent and not yet answered; more than one only when two are sent the wrong way round on purpose. */
  pending: SendingLine[];
  sequence: number;
  dataVersion: number;
  arrived: { supplement: number; correct: number };
  /** The hall or the bureau ended the case. */
  stopped: string | null;
  supplementDueAt: number;
  /** When the last outcome was built: what a correction or the end of a special procedure refers back to. */
  lastAt: number;
  refused: string | null;
}

export function openCase(effect: EffectLine, scenario: Scenario, leftover = false): CentreCase {
  return {
    projectNo: effect.projectNo, hall: String((effect.facts.hall as { code?: string } | undefined)?.code ?? ''), scenario, bornAt: effect.at, leftover,
    known: (effect.facts.known ?? []) as CentreCase['known'],
    next: 0, pending: [], sequence: 0, dataVersion: 1, arrived: { supplement: 0, correct: 0 }, stopped: null, supplementDueAt: 0, lastAt: 0, refused: null,
  };
}

/** The project type (办件类型) that a work item tells; `null` when it tells none. */
export function projectTypeOf({ facts }: EffectLine): string | null {
  return (facts.application as { projectType?: string } | undefined)?.projectType ?? null;
}

/** A later work item of the case. */
export function noteWorkItem(one: CentreCase, effect: EffectLine): void {
  if (effect.kind === 'supplement') one.arrived.supplement += 1;
  if (effect.kind === 'correct') one.arrived.correct += 1;
  if (effect.kind === 'withdraw' || effect.kind === 'void') one.stopped = effect.kind;
}

export function noteSending(one: CentreCase, line: SendingLine): void {
  one.pending.push(line);
  one.sequence = Math.max(one.sequence, line.sequence ?? 0);
  one.dataVersion = Math.max(one.dataVersion, line.dataVersion);
  one.lastAt = line.at;
  one.next = Math.max(one.next, Number(line.input.place) + 1);
  if (typeof line.input.dueAt === 'number') one.supplementDueAt = line.input.dueAt;
}

export function noteAnswer(one: CentreCase, answer: AnswerLine): void {
  one.pending = one.pending.filter((line) => line.id !== answer.id);
  if (answer.status !== 202) one.refused = answer.code ?? String(answer.status);
}

/** How many supplement notices precede this place. */
export function roundAt(steps: readonly CentreStep[], place: number): number {
  return steps.slice(0, place).filter((step) => step === 'requireSupplement').length;
}

function isHeld(one: CentreCase, step: CentreStep, place: number): boolean {
  if (step === 'awaitSupplement') return one.arrived.supplement < roundAt(one.scenario.centreSteps, place);
  if (step === 'awaitCorrection') return one.arrived.correct < 1;
  return step === 'awaitWithdrawal' || step === 'awaitVoid';
}

/** What to do now: a step with its place, `hold` while the hall's word is missing, `over` at the end. */
export type Next = { readonly step: CentreStep; readonly place: number } | 'hold' | 'over';

export function nextOf(one: CentreCase): Next {
  if (one.stopped !== null || one.refused !== null) return 'over';
  const steps = one.scenario.centreSteps;
  for (let place = one.next; place < steps.length; place += 1) {
    const step = steps[place] as CentreStep;
    if (isHeld(one, step, place)) return 'hold';
    if (!step.startsWith('await')) return { step, place };
  }
  return 'over';
}

const END_OF: Partial<Record<CentreStep, string>> = {
  return: 'RETURNED', notAccept: 'NOT_ACCEPTED', returnTimeout: 'SUPPLEMENT_TIMEOUT', withdraw: 'WITHDRAWN',
  complete: 'APPROVED', completeImmediate: 'APPROVED', completeRejected: 'REJECTED', rejectImmediate: 'REJECTED',
};

/** How the case ended for the centre; `null` while it is open. */
export function endOf(one: CentreCase): string | null {
  if (one.pending.length > 0 || nextOf(one) !== 'over') return null;
  if (one.refused !== null) return 'FAILED';
  if (one.stopped !== null) return one.stopped === 'void' ? 'VOIDED' : 'WITHDRAWN';
  return one.scenario.centreSteps.map((step) => END_OF[step]).findLast((end) => end !== undefined) ?? one.scenario.flow.result;
}
