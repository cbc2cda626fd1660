import type { FieldProblem } from '../wire/door-refusal.ts';
import type { FormField } from './form-field.ts';

/** One field to be replaced; null takes an optional one away. */
export interface FieldChange {
  /** As in the form, with a number for each list: `application.materials[0].name`. */
  readonly path: string;
  readonly value: string | number | null;
}

/** A field whose value really changed. */
export interface ChangedField {
  readonly path: string;
  readonly field: FormField;
  readonly before: unknown;
  readonly after: unknown;
}

export interface AppliedChanges {
  readonly payload: unknown;
  readonly changed: readonly ChangedField[];
  readonly problems: readonly FieldProblem[];
}

type Holder = Record<string, unknown>;

const PROBLEMS = {
  'unknown-field': { zh: '表单中没有这个字段', en: 'is not a field of the form' },
  locked: { zh: '该字段已锁定，不能更改', en: 'is locked and cannot be changed' },
  'not-a-value': { zh: '只能更改具体的字段，不能整组替换', en: 'is a group or a list: name the field in it' },
  'no-such-entry': { zh: '列表中没有这一项', en: 'names an entry that the list does not have' },
  repeated: { zh: '同一字段给出了两次', en: 'is named twice' },
  'one-of': { zh: '不在可选值中', en: 'is none of the choices' },
} as const;

/** The payload with these fields replaced, as a copy, and what is wrong with the changes themselves. The contract has to be asked of the result. */
export function applyChanges(form: readonly FormField[], payload: unknown, changes: readonly FieldChange[]): AppliedChanges {
  const fields = fieldsByPath(form);
  const copy = structuredClone(payload) as Holder;
  const problems: FieldProblem[] = [];
  const changed: ChangedField[] = [];
  const seen = new Set<string>();
  for (const change of changes) {
    const field = fields.get(change.path.replaceAll(/\[\d+\]/g, '[]'));
    const broken = seen.has(change.path) ? 'repeated' : brokenBy(field, change);
    seen.add(change.path);
    const done = broken ?? (field === undefined ? 'unknown-field' : replace(copy, field, change));
    if (typeof done === 'string') problems.push({ field: field === undefined ? '?' : change.path, rule: done, ...PROBLEMS[done] });
    else if (done !== null) changed.push(done);
  }
  return { payload: copy, changed, problems };
}

/** Every field of a form by its path, groups and lists included. */
export function fieldsByPath(form: readonly FormField[]): ReadonlyMap<string, FormField> {
  return new Map(form.flatMap((field) => [[field.path, field] as const, ...fieldsByPath(field.fields ?? [])]));
}

/** The value at a path; undefined where there is none. */
export function valueAt(payload: unknown, path: string): unknown {
  return stepsOf(path).reduce<unknown>((holder, step) => (typeof holder === 'object' && holder !== null && Object.hasOwn(holder, step) ? (holder as Holder)[step] : undefined), payload);
}

function brokenBy(field: FormField | undefined, { value }: FieldChange): keyof typeof PROBLEMS | null {
  if (field === undefined) return 'unknown-field';
  if (field.fields !== undefined) return field.access === 'locked' ? 'locked' : 'not-a-value';
  if (field.access === 'locked') return 'locked';
  return value !== null && field.choices !== undefined && !field.choices.some((choice) => choice.value === value) ? 'one-of' : null;
}

/** What changed; null when it was so already. Only groups are made where they are missing: what is in a list, and how many, is not for editing. */
function replace(root: Holder, field: FormField, { path, value }: FieldChange): ChangedField | 'no-such-entry' | null {
  const before = valueAt(root, path);
  if (before === value || (before === undefined && value === null)) return null;
  const steps = stepsOf(path);
  const holders = walk(root, steps.slice(0, -1));
  if (holders === null) return 'no-such-entry';
  const last = steps.at(-1) ?? '';
  const holder = holders.at(-1) ?? root;
  if (value !== null) holder[last] = value;
  else {
    delete holder[last];
    dropEmpty(holders, steps);
  }
  return { path, field, before, after: value ?? undefined };
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

/** `application.materials[0].name` → its names and numbers. */
function stepsOf(path: string): string[] {
  return path.replaceAll(/\[(\d+)\]/g, '.$1').split('.');
}
