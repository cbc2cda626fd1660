import { planOf } from '../validation/class-plan.ts';
import type { FieldPlan, FieldRule } from '../validation/class-plan.ts';
import type { AnyClass } from '../validation/nested-class.ts';
import { CompletionUpdate, RECORD_GROUPS } from '../wire/completion-update.ts';
import type { Destination } from '../wire/transfer-order.ts';
import { WORK_ITEM_BODIES, WorkItem } from '../wire/work-item.ts';
import { FIELD_ENTRIES } from './field-entries.ts';
import type { FieldAccess, FieldEntry } from './field-entries.ts';
import { choicesOf, fundCertificateChecks } from './form-choices.ts';
import type { FieldKind, FormChecksum, FormField } from './form-field.ts';

const WORK_ITEM_PARTS: ReadonlySet<string> = new Set(Object.values(WORK_ITEM_BODIES));
const UPDATE_PARTS: ReadonlySet<string> = new Set(Object.values(RECORD_GROUPS));
const DATES: readonly string[] = ['local-time', 'local-day'];
/** The field whose word says by which rule a certificate number is checked. */
const CERTIFICATE_TYPE = 'certType';

/** Every field of a message, by the rules of its class and {@link FIELD_ENTRIES}. Throws, naming it, for a field without an entry. */
export function describeForm(type: AnyClass, at = ''): FormField[] {
  return [...planOf(type).values()].map((field) => describeField(type, field, at === '' ? field.name : `${at}.${field.name}`));
}

/** The form of what a transfer of this kind carries: the parts of other kinds are left out. */
export function formOf(destination: Destination, kind: string): FormField[] {
  const [type, parts, own] = destination === 'centre'
    ? [WorkItem, WORK_ITEM_PARTS, [WORK_ITEM_BODIES[kind as keyof typeof WORK_ITEM_BODIES]]] as const
    // The result of an immediate case brings the step of its decision.
    : [CompletionUpdate, UPDATE_PARTS, [RECORD_GROUPS[kind as keyof typeof RECORD_GROUPS], ...(kind === 'result' ? ['step'] : [])]] as const;
  return describeForm(type).filter(({ path }) => !parts.has(path) || (own as readonly string[]).includes(path));
}

/** What the table says of a property; an inherited one may stand at the class that it is inherited from. */
export function entryOf(type: AnyClass, name: string): FieldEntry | undefined {
  for (let owner: unknown = type; typeof owner === 'function' && owner.name !== ''; owner = Object.getPrototypeOf(owner)) {
    const entries = FIELD_ENTRIES[owner.name];
    if (entries !== undefined && Object.hasOwn(entries, name)) return entries[name];
  }
  return undefined;
}

function describeField(type: AnyClass, field: FieldPlan, path: string): FormField {
  const entry = entryFor(type, field.name);
  const isList = field.rules.some(({ name }) => name === 'isArray');
  const fields = field.nested === undefined ? undefined : describeForm(field.nested, isList ? `${path}[]` : path);
  return {
    path, zh: entry.zh, kind: kindOf(field, entry, isList),
    access: accessOf(entry, fields),
    money: entry.money ?? (fields ?? []).some(({ money }) => money),
    required: field.applies(undefined),
    ...(entry.entries === undefined ? {} : { entries: entry.entries }),
    ...boundsOf(field),
    ...(entry.choices === undefined ? {} : { choices: choicesOf(entry.choices) }),
    ...checksumOf(field),
    ...(fields === undefined ? {} : { fields }),
  };
}

function entryFor(type: AnyClass, name: string): FieldEntry {
  const entry = entryOf(type, name);
  if (entry === undefined) throw new Error(`The form has no entry for ${type.name}.${name}: add its Chinese label to FIELD_ENTRIES`);
  return entry;
}

/** Of a group or list: whether anything in it can be changed. */
function accessOf({ access }: FieldEntry, fields: readonly FormField[] | undefined): FieldAccess {
  if (fields === undefined) return access ?? 'locked';
  return fields.some((field) => field.access !== 'locked') ? 'free' : 'locked';
}

function kindOf({ nested, rules }: FieldPlan, entry: FieldEntry, isList: boolean): FieldKind {
  if (isList) return 'list';
  if (nested !== undefined) return 'group';
  if (entry.choices !== undefined) return 'choice';
  if (rules.some(({ name }) => name === 'isInt')) return 'number';
  return rules.some(({ text }) => DATES.includes(text.rule)) ? 'date' : entry.kind ?? 'text';
}

const BOUNDS: Readonly<Record<string, (rule: FieldRule) => Partial<FormField>>> = {
  maxLength: ({ constraints }) => ({ maxLength: Number(constraints[0]) }),
  min: ({ constraints }) => ({ min: Number(constraints[0]) }),
  max: ({ constraints }) => ({ max: Number(constraints[0]) }),
  arrayMinSize: ({ constraints }) => ({ minItems: Number(constraints[0]) }),
  arrayMaxSize: ({ constraints }) => ({ maxItems: Number(constraints[0]) }),
  // What every readable line must be is no form of its own.
  matches: ({ constraints, text }) => (text.rule === 'readable-text' ? {} : { pattern: (constraints[0] as RegExp).source, hint: text.zh }),
};

function boundsOf({ rules }: FieldPlan): Partial<FormField> {
  return Object.assign({}, ...rules.map((rule) => BOUNDS[rule.name]?.(rule) ?? {})) as Partial<FormField>;
}

function checksumOf({ rules }: FieldPlan): { checksum?: FormChecksum } {
  if (rules.some(({ name }) => name === 'isSocialCreditCode')) return { checksum: { by: null, rules: { '*': 'gb32100' } } };
  if (rules.some(({ name }) => name === 'isCertificateNumber')) return { checksum: { by: CERTIFICATE_TYPE, rules: fundCertificateChecks() } };
  return {};
}
