import type { Catalogue } from '../../catalogue/parse-catalogue.ts';
import type { Party } from '../../event-types.ts';
import type { FieldProblem } from '../../wire/door-refusal.ts';
import { problemAt } from '../check-shape.ts';

/** What a rule may look at beside the data itself. */
export interface Surroundings {
  readonly catalogue: Catalogue;
  /** The proven sender. */
  readonly party: Party;
}

/**
 * A rule over several fields of one event's data. It is asked only when the fields it needs are sound by themselves, so that it may trust
 * their types, and so that one mistake is named once. Field paths are relative to the data.
 */
export interface Rule<D> {
  readonly needs: readonly string[];
  readonly check: (data: D, around: Surroundings) => readonly FieldProblem[];
}

export const NO_PROBLEMS: readonly FieldProblem[] = [];

export function problem(field: string, rule: string, zh: string, en: string): readonly FieldProblem[] {
  return [problemAt(field, { rule, zh, en })];
}

/** Rules for a nested body, asked where the body is present. */
export function within<D, K extends keyof D & string>(body: K, rules: readonly Rule<NonNullable<D[K]>>[]): Rule<D>[] {
  const below = (name: string): string => `${body}.${name}`;
  return rules.map(({ needs, check }) => ({
    needs: [body, ...needs.map(below)],
    check: (data, around) => {
      const nested = data[body];
      if (nested === undefined || nested === null) return NO_PROBLEMS;
      return check(nested, around).map((found) => ({ ...found, field: below(found.field) }));
    },
  }));
}

/** Whether a field, what holds it, and the entries of the list that it is, are free of problems. */
export function isSound(field: string, problems: readonly FieldProblem[]): boolean {
  return problems.every(({ field: broken }) => broken !== field && !field.startsWith(`${broken}.`) && !isEntryOf(broken, field));
}

function isEntryOf(broken: string, list: string): boolean {
  return broken.startsWith(`${list}[`) && broken.endsWith(']');
}
