import type { FieldProblem } from '../wire/door-refusal.ts';
import type { ChangeProblem } from './change-problems.ts';
import type { FormField } from './form-field.ts';

/** One thing to be changed: a field gets another value, a list gets one entry more, or loses one. One of `value`, `add` and `remove` says which. */
export interface FieldChange {
  /** As in the form, with a number for each list: `application.materials[0].name`. Numbers are those of the payload as it was. */
  readonly path: string;
  /** Null takes an optional field away. */
  readonly value?: string | number | null | undefined;
  /** The fields of an entry that comes to the end of the list `path`. */
  readonly add?: Readonly<Record<string, string | number>> | undefined;
  /** Whether the entry `path` of a list goes. */
  readonly remove?: boolean | undefined;
}

/** A field whose value really changed. */
export interface ChangedField {
  /** With `+` or `-` before it where it came or went with its whole entry. */
  readonly path: string;
  /** What was changed: the field itself, or the entry that came (`+application.materials[2]`, as in the new payload) or went (`-…`, as in the old one). */
  readonly part: string;
  readonly field: FormField;
  readonly before: unknown;
  readonly after: unknown;
}

export interface AppliedChanges {
  readonly payload: unknown;
  readonly changed: readonly ChangedField[];
  readonly problems: readonly FieldProblem[];
}

/** What became of one change. */
export type ChangeOutcome = { readonly changed: readonly ChangedField[] } | { readonly at: string; readonly rule: ChangeProblem };
