import { CHECKSUM_NAMES, maskedValue } from '#contracts';
import type { ChangedField, FormField } from '#contracts';
import { shownLeaf } from '../bodies/mask-body.ts';
import { scrubbed } from '../personal-numbers.ts';
import type { FieldDiffAnswer } from './edit.answer.ts';
import type { FormFieldAnswer, FormValueAnswer } from './form.answer.ts';

type Value = string | number | null;

/** A field with its rules, without any value. */
export function showField(field: FormField): FormFieldAnswer {
  const { path, zh, kind, access, money, required, entries = null, choices, checksum, fields = [] } = field;
  return {
    path, zh, kind, access, money, required, entries, ...showBounds(field),
    choices: choices === undefined ? null : choices.map(({ value, zh: word }) => ({ value, zh: word })),
    checksum: checksum === undefined ? null : { by: checksum.by, rules: Object.fromEntries(Object.entries(checksum.rules).map(([value, rule]) => [value, CHECKSUM_NAMES[rule]])) },
    fields: fields.map(showField),
  };
}

type Bounds = Pick<FormFieldAnswer, 'maxLength' | 'pattern' | 'hint' | 'min' | 'max' | 'minItems' | 'maxItems'>;

function showBounds(field: FormField): Bounds {
  const { maxLength = null, pattern = null, hint = null, min = null, max = null, minItems = null, maxItems = null } = field;
  return { maxLength, pattern, hint, min, max, minItems, maxItems };
}

/** Every value that a payload has, by its own path; personal ones masked, and long numbers in free text. What the form does not know is not shown. */
export function showValues(form: readonly FormField[], payload: unknown): FormValueAnswer[] {
  return form.flatMap((field) => valuesOf(field, nameOf(field), payload));
}

/** What changed; personal values masked, before and after. */
export function showDiff(changed: readonly ChangedField[]): FieldDiffAnswer[] {
  return changed.map(({ path, field, before, after }) => ({ path, zh: field.zh, money: field.money, before: shown(field, before), after: shown(field, after) }));
}

/** {@link showDiff} for those who see bodies masked: a value that is masked there is masked here. */
export function showDiffAsBody(changed: readonly ChangedField[]): FieldDiffAnswer[] {
  return showDiff(changed).map((one) => {
    const names = one.path.replace(/^[+-]/, '').replaceAll(/\[\d+\]/g, '').split('.');
    return { ...one, before: shownLeaf({ names, value: one.before }) as Value, after: shownLeaf({ names, value: one.after }) as Value };
  });
}

function valuesOf(field: FormField, path: string, holder: unknown): FormValueAnswer[] {
  const value = typeof holder === 'object' && holder !== null ? (holder as Record<string, unknown>)[nameOf(field)] : undefined;
  if (value === undefined) return [];
  if (field.fields === undefined) return [{ path, zh: field.zh, access: field.access, value: shown(field, value) }];
  const entries: readonly (readonly [unknown, string])[] = Array.isArray(value) ? value.map((entry: unknown, index) => [entry, `${path}[${index}]`] as const) : [[value, path]];
  return entries.flatMap(([entry, at]) => (field.fields ?? []).flatMap((inner) => valuesOf(inner, `${at}.${nameOf(inner)}`, entry)));
}

function shown(field: FormField, value: unknown): Value {
  if (field.access === 'sensitive') return maskedValue(value);
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') return null;
  // A form has room for a certificate number where it does not belong. Numbers with a form of their own are none.
  return field.pattern === undefined ? scrubbed(value) : value;
}

function nameOf({ path }: FormField): string {
  return path.split('.').at(-1) ?? path;
}
