import type { ChangeProblem } from './change-problems.ts';
import type { ChangedField, ChangeOutcome, FieldChange } from './changes.ts';
import type { FormField } from './form-field.ts';
import { listPath, placeOf, valueAt } from './paths.ts';
import type { Holder } from './paths.ts';

/** Stands where an entry was until all have been found: so the numbers stay those of the payload as it was. */
const GONE = Symbol('gone');

type Fields = ReadonlyMap<string, FormField>;

/** Takes entries out of their lists. */
export function removeEntries(root: Holder, fields: Fields, changes: readonly FieldChange[]): ChangeOutcome[] {
  const outcomes = changes.map(({ path }) => removeEntry(root, fields, path));
  if (changes.length > 0) prune(root);
  return outcomes;
}

/** Puts entries at the end of their lists. */
export function addEntries(root: Holder, fields: Fields, changes: readonly FieldChange[]): ChangeOutcome[] {
  return changes.map(({ path, add = {} }) => addEntry(root, fields, path, add));
}

/** The fields of an entry that have a value, as what came or went with it. */
export function entryFields(fields: Fields, entry: unknown, path: string, sign: '+' | '-'): ChangedField[] {
  return leavesOf(entry, path).flatMap(([at, value]) => {
    const field = fields.get(listPath(at));
    if (field === undefined) return [];
    return [{ path: `${sign}${at}`, part: `${sign}${path}`, field, before: sign === '-' ? value : undefined, after: sign === '+' ? value : undefined }];
  });
}

function removeEntry(root: Holder, fields: Fields, path: string): ChangeOutcome {
  const place = placeOf(path);
  const list = place === null ? undefined : fields.get(listPath(place.list));
  if (place === null || list === undefined) return { at: '?', rule: 'unknown-field' };
  if (list.entries === undefined) return { at: path, rule: 'fixed-list' };
  const holder = listAt(root, place.list);
  const entry = holder?.[place.index];
  if (holder === null || entry === undefined) return { at: path, rule: 'no-such-entry' };
  if (entry === GONE) return { at: path, rule: 'repeated' };
  holder[place.index] = GONE;
  return { changed: entryFields(fields, entry, path, '-') };
}

function addEntry(root: Holder, fields: Fields, path: string, add: Readonly<Record<string, string | number>>): ChangeOutcome {
  const list = fields.get(listPath(path));
  if (list === undefined) return { at: '?', rule: 'unknown-field' };
  if (list.entries !== 'free') return { at: path, rule: 'fixed-list' };
  const holder = listAt(root, path);
  if (holder === null) return { at: path, rule: 'no-such-entry' };
  const known = new Map((list.fields ?? []).map((field) => [field.path.slice(list.path.length + '[].'.length), field]));
  for (const [name, value] of Object.entries(add)) {
    const rule = brokenBy(known.get(name), value);
    if (rule !== null) return { at: known.has(name) ? `${path}[].${name}` : '?', rule };
  }
  // Whoever adds an entry says what it is; lists in it begin empty.
  const lists = [...known].filter(([, field]) => field.kind === 'list' && field.required).map(([name]) => [name, []] as const);
  const entry = Object.fromEntries<unknown>([...Object.entries(add), ...lists]);
  holder.push(entry);
  return { changed: entryFields(fields, entry, `${path}[${holder.length - 1}]`, '+') };
}

/** A new entry has to say also what nobody may change of one that is there. */
function brokenBy(field: FormField | undefined, value: string | number): ChangeProblem | null {
  if (field === undefined) return 'unknown-field';
  if (field.fields !== undefined) return 'not-a-value';
  return field.choices !== undefined && !field.choices.some((choice) => choice.value === value) ? 'one-of' : null;
}

function listAt(root: Holder, path: string): unknown[] | null {
  const holder = valueAt(root, path);
  return Array.isArray(holder) ? holder as unknown[] : null;
}

function leavesOf(value: unknown, path: string): [path: string, value: unknown][] {
  if (value === GONE) return [];
  if (typeof value !== 'object' || value === null) return [[path, value]];
  if (Array.isArray(value)) return value.flatMap((entry: unknown, index) => leavesOf(entry, `${path}[${index}]`));
  return Object.entries(value).flatMap(([name, inner]) => leavesOf(inner, `${path}.${name}`));
}

function prune(holder: unknown): void {
  if (typeof holder !== 'object' || holder === null) return;
  if (Array.isArray(holder)) holder.splice(0, holder.length, ...(holder as unknown[]).filter((entry) => entry !== GONE));
  Object.values(holder).forEach(prune);
}
