import { applyChanges, checksumProblems, formOf, isCanary, payloadProblems } from '#contracts';
import type { ChangedField, FieldChange, FieldProblem, FormField } from '#contracts';
import type { Editable } from '../ledger/revision-rows.ts';
import type { Baseline } from './load-baseline.ts';

/** What changes make of a payload. `problems` empty: it may be sent. */
export interface EditJudgement {
  readonly form: readonly FormField[];
  readonly payload: unknown;
  readonly changed: readonly ChangedField[];
  readonly problems: readonly FieldProblem[];
  /** Changes of fields that decide where money goes or how much: a second person must agree. */
  readonly money: readonly string[];
}

/** Why a transfer cannot be edited at all. */
export type NotEditable = { readonly code: 'canary' } | { readonly code: 'not-translatable'; readonly problem: FieldProblem };

/** Whether there is something to edit; null: there is. */
export function judgeEditable({ project_no: projectNo }: Pick<Editable, 'project_no'>, baseline: Baseline): NotEditable | null {
  if (isCanary(projectNo)) return { code: 'canary' };
  if (baseline.kind === 'payload') return null;
  const { field, zh, en } = baseline;
  return { code: 'not-translatable', problem: { field, rule: 'not-translatable', zh, en } };
}

/** Applies changes to a payload and asks the contract, and the published checks, of what comes out. Nothing is written. */
export function judgeEdit({ destination, kind }: Pick<Editable, 'destination' | 'kind'>, payload: unknown, changes: readonly FieldChange[]): EditJudgement {
  const form = formOf(destination, kind);
  const applied = applyChanges(form, payload, changes);
  return {
    form, payload: applied.payload, changed: applied.changed,
    problems: [...applied.problems, ...soundnessProblems(form, destination, applied.payload)],
    money: applied.changed.filter(({ field }) => field.money).map(({ path }) => path),
  };
}

/** What of a payload breaks today's contract or a published check. */
export function soundnessProblems(form: readonly FormField[], destination: Editable['destination'], payload: unknown): FieldProblem[] {
  const broken = payloadProblems(destination, payload);
  const named = new Set(broken.map(({ field }) => field));
  return [...broken, ...checksumProblems(form, payload).filter(({ field }) => !named.has(field))];
}
