import type { AnswerLine, EffectLine, SendingLine } from '../record/record-lines.ts';
import type { Scenario } from '../scenario/scenario-of.ts';

export type HallStep = 'grant' | 'receive' | 'revoke' | 'takePaper' | 'handOverPaper' | 'correct' | 'submit' | 'withdraw' | 'void';

/** Something the hall (or, for a void, the bureau) still has to say. */
export interface Todo {
  readonly step: HallStep;
  readonly input: Readonly<Record<string, unknown>>;
}

/** Where a case stands as the window sees it. */
export const STAGES = ['SENDING', 'RECEIVED', 'SUPPLEMENT_REQUIRED', 'ACCEPTED', 'IN_REVIEW', 'SUSPENDED', 'ENDED', 'FAILED'] as const;
export type Stage = (typeof STAGES)[number];

/** A case on the platform. It changes only through the `note…` functions, live and when the record is read again. */
export interface HallCase {
  readonly projectNo: string;
  readonly hall: string;
  readonly scenario: Scenario;
  readonly bornAt: number;
  todo: Todo[];
  pending: SendingLine | null;
  stage: Stage;
  sequence: number;
  dataVersion: number;
  receivedAt: number;
  result: string | null;
  resultCorrected: boolean;
  /** A refusal of something other than the receipt: the case will not reach its end. */
  refused: string | null;
}

const todo = (step: HallStep, input: Record<string, unknown> = {}): Todo => ({ step, input });

/** What is unusual about how a case begins. */
export interface Beginning {
  /** The fault of a paper event that is sent before its case. */
  readonly paperFirst?: boolean;
  /** Who receives it is given the permission just before, and loses it right after. */
  readonly newClerk?: boolean;
}

export function beginCase(projectNo: string, hall: string, scenario: Scenario, bornAt: number, { paperFirst = false, newClerk = false }: Beginning = {}): HallCase {
  const paper = scenario.paper ? [todo('takePaper')] : [];
  const receive = newClerk ? [todo('grant', { newClerk, hall }), todo('receive', { newClerk }), todo('revoke', { newClerk })] : [todo('receive')];
  const after = scenario.flow.hall.afterReceipt;
  const rest = after === undefined ? [] : [todo(after)];
  return {
    projectNo, hall, scenario, bornAt, pending: null, stage: 'SENDING', sequence: 0, dataVersion: 1, receivedAt: 0,
    todo: paperFirst ? [...paper, ...receive, ...rest] : [...receive, ...paper, ...rest],
    result: null, resultCorrected: false, refused: null,
  };
}

export function noteSending(one: HallCase, line: SendingLine): void {
  const at = one.todo.findIndex((next) => next.step === line.step);
  if (at >= 0) one.todo.splice(at, 1);
  one.pending = line;
  one.sequence = line.sequence ?? one.sequence;
  one.dataVersion = Math.max(one.dataVersion, line.dataVersion);
  if (line.step === 'receive') one.receivedAt = line.at;
}

export function noteAnswer(one: HallCase, answer: AnswerLine): void {
  const step = one.pending?.step;
  one.pending = null;
  if (step === 'receive') one.stage = answer.status === 202 ? stageAfter(one, 'RECEIVED') : 'FAILED';
  if (answer.status !== 202) one.refused = answer.code ?? String(answer.status);
}

/** News may overtake the answer to the receipt; the stage never goes back for it. */
function stageAfter(one: HallCase, stage: Stage): Stage {
  return one.stage === 'SENDING' ? stage : one.stage;
}

const STAGE_OF: Readonly<Record<string, Stage>> = { acceptance: 'ACCEPTED', step: 'IN_REVIEW', supplement_notice: 'SUPPLEMENT_REQUIRED' };

function group(effect: EffectLine, name: string): Record<string, unknown> {
  return (effect.facts[name] ?? {}) as Record<string, unknown>;
}

function supplementTodo(one: HallCase, effect: EffectLine): Todo[] {
  const answer = one.scenario.flow.hall.onSupplementNotice;
  const { no, items } = group(effect, 'supplementNotice');
  if (answer === 'submit') return [todo('submit', { no, items })];
  return answer === 'withdraw' ? [todo('withdraw')] : [];
}

function acceptanceTodo(one: HallCase): Todo[] {
  const then = one.scenario.flow.hall.onAcceptance;
  const paper = one.scenario.paper ? [todo('handOverPaper')] : [];
  return then === undefined ? paper : [...paper, todo(then)];
}

/** What the bridge reported, and what the window does about it. A correction (cdOperation U) of a record changes neither stage nor plan. */
export function noteUpdate(one: HallCase, effect: EffectLine): void {
  const corrects = effect.facts.cdOperation === 'U';
  if (effect.kind === 'result') {
    one.resultCorrected ||= corrects;
    one.result = String(group(effect, 'result').code);
    return;
  }
  if (corrects) return;
  one.stage = effect.kind === 'special_procedure' ? specialStage(effect) : (STAGE_OF[effect.kind] ?? one.stage);
  if (effect.kind === 'supplement_notice') one.todo.push(...supplementTodo(one, effect));
  if (effect.kind === 'acceptance') one.todo.push(...acceptanceTodo(one));
}

function specialStage(effect: EffectLine): Stage {
  return group(effect, 'specialProcedure').endedAt === undefined ? 'SUSPENDED' : 'IN_REVIEW';
}

/** Whether nothing more is to come: the result is shown (and corrected, where it will be) and the window has said all it had to say. */
export function isOver(one: HallCase): boolean {
  if (one.stage === 'FAILED') return true;
  const shown = one.result !== null && (one.scenario.flowName !== 'completionCorrected' || one.resultCorrected);
  return shown && one.todo.length === 0 && one.pending === null;
}
