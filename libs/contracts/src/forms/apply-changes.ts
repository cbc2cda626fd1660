import { addEntries, removeEntries } from './change-entries.ts';
import { CHANGE_PROBLEMS } from './change-problems.ts';
import type { ChangeProblem } from './change-problems.ts';
import type { AppliedChanges, ChangeOutcome, FieldChange } from './changes.ts';
import type { FormField } from './form-field.ts';
import { listPath, stepsOf, valueAt } from './paths.ts';
import type { Holder } from './paths.ts';

/** The payload with these things changed, as a copy, and what is wrong with the changes themselves. The contract has to be asked of the result. */
export function applyChanges(form: readonly FormField[], payload: unknown, changes: readonly FieldChange[]): AppliedChanges {
  const fields = fieldsByPath(form);
  const copy = structuredClone(payload) as Holder;
  const { value: values = [], remove: removals = [], add: additions = [], unclear = [] } = Object.groupBy(changes, wayOf);
  // Fields and entries are named as the payload was: so what comes and goes comes last.
  const outcomes = [
    ...unclear.map(({ path }): ChangeOutcome => ({ at: fields.has(listPath(path)) ? path : '?', rule: 'ambiguous' })),
    ...replaceValues(copy, fields, values, removals), ...removeEntries(copy, fields, removals), ...addEntries(copy, fields, additions),
  ];
  return {
    payload: copy,
    changed: outcomes.flatMap((outcome) => ('changed' in outcome ? outcome.changed : [])),
    problems: outcomes.flatMap((outcome) => ('rule' in outcome ? [{ field: outcome.at, rule: outcome.rule, ...CHANGE_PROBLEMS[outcome.rule] }] : [])),
  };
}

/** Every field of a form by its path, groups and lists included. */
export function fieldsByPath(form: readonly FormField[]): ReadonlyMap<string, FormField> {
  return new Map(form.flatMap((field) => [[field.path, field] as const, ...fieldsByPath(field.fields ?? [])]));
}

function wayOf({ value, add, remove }: FieldChange): 'value' | 'add' | 'remove' | 'unclear' {
  if ([value !== undefined, add !== undefined, remove === true].filter(Boolean).length !== 1) return 'unclear';
  return value !== undefined ? 'value' : add !== undefined ? 'add' : 'remove';
}

function replaceValues(root: Holder, fields: ReadonlyMap<string, FormField>, changes: readonly FieldChange[], removals: readonly FieldChange[]): ChangeOutcome[] {
  const seen = new Set<string>();
  return changes.flatMap(({ path, value = null }): ChangeOutcome[] => {
    const field = fields.get(listPath(path));
    const repeated = seen.has(path);
    seen.add(path);
    if (field === undefined) return [{ at: '?', rule: 'unknown-field' }];
    const rule = repeated ? 'repeated' : removals.some((gone) => path.startsWith(`${gone.path}.`)) ? 'removed-entry' : brokenBy(field, value);
    if (rule !== null) return [{ at: path, rule }];
    return replace(root, field, path, value);
  });
}

function brokenBy(field: FormField, value: string | number | null): ChangeProblem | null {
  if (field.access === 'locked') return 'locked';
  if (field.fields !== undefined) return 'not-a-value';
  return value !== null && field.choices !== undefined && !field.choices.some((choice) => choice.value === value) ? 'one-of' : null;
}

/** What changed; nothing when it was so already. Only groups are made where they are missing: entries of lists come and go by themselves. */
function replace(root: Holder, field: FormField, path: string, value: string | number | null): ChangeOutcome[] {
  const before = valueAt(root, path);
  if (before === value || (before === undefined && value === null)) return [];
  const steps = stepsOf(path);
  const holders = walk(root, steps.slice(0, -1));
  if (holders === null) return [{ at: path, rule: 'no-such-entry' }];
  const last = steps.at(-1) ?? '';
  const holder = holders.at(-1) ?? root;
  if (value !== null) holder[last] = value;
  else {
    delete holder[last];
    dropEmpty(holders, steps);
  }
  return [{ changed: [{ path, part: path, field, before, after: value ?? undefined }] }];
}

function walk(root: Holder, steps: readonly string[]): Holder[] | null {
  const holders = [root];
  for (const step of steps) {
    const holder = holders.at(-1) ?? root;
    if (!Object.hasOwn(holder, step)) {
      if (Array.isArray(holder) || /^\d+$/.test(step)) return null;
      holder[step] = {};
    }
    const next = holder[step];
    if (typeof next !== 'object' || next === null) return null;
    holders.push(next as Holder);
  }
  return holders;
}

/** A group from which the last field was taken goes itself. */
function dropEmpty(holders: readonly Holder[], steps: readonly string[]): void {
  for (let depth = holders.length - 1; depth > 0; depth -= 1) {
    const holder = holders[depth];
    const owner = holders[depth - 1];
    if (holder === undefined || owner === undefined || Array.isArray(owner) || Array.isArray(holder) || Object.keys(holder).length > 0) return;
    const name = steps[depth - 1];
    if (name !== undefined) delete owner[name];
  }
}
