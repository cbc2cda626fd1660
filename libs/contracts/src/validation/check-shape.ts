import { getMetadataStorage, validateSync } from 'class-validator';
import type { ValidationError } from 'class-validator';
import type { FieldProblem } from '../wire/door-refusal.ts';
import type { RuleText } from './field-rules.ts';
import { nestedClassOf } from './nested-class.ts';
import type { AnyClass } from './nested-class.ts';

/** No list of the contract is longer; what is longer is refused by its own rule and is not looked into. */
const LONGEST_LIST = 200;
/** A field name that is safe to repeat in an answer. Any other could carry what must not be repeated. */
const PLAIN_NAME = /^[A-Za-z][A-Za-z0-9]{0,39}$/;

const UNKNOWN_FIELD: RuleText = { rule: 'unknown-field', zh: '契约中没有这个字段', en: 'is not a field of the contract' };
const BROKEN: RuleText = { rule: 'valid', zh: '不符合要求', en: 'is not valid' };

/** The fields a class has, with the class of those that hold objects; read once from the rules. */
const fieldsOf = new Map<AnyClass, ReadonlyMap<string, AnyClass | undefined>>();

function fieldsOfClass(type: AnyClass): ReadonlyMap<string, AnyClass | undefined> {
  const known = fieldsOf.get(type);
  if (known !== undefined) return known;
  const rules = getMetadataStorage().getTargetValidationMetadatas(type, '', true, false);
  const fields = new Map(rules.map((rule) => [rule.propertyName, nestedClassOf(type, rule.propertyName)]));
  fieldsOf.set(type, fields);
  return fields;
}

export function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export const problemAt = (field: string, { rule, zh, en }: RuleText): FieldProblem => ({ field, rule, zh, en });

const join = (at: string, name: string): string => (at === '' ? name : `${at}.${name}`);

/**
 * An instance of the class with the value's fields, nested ones included. Fields that the class lacks are left out and named:
 * they are never looked into, so that depth and odd names (`__proto__`) of what a stranger sends cost nothing.
 */
function instantiate(type: AnyClass, value: Record<string, unknown>, at: string, problems: FieldProblem[]): object {
  const instance = new type() as Record<string, unknown>;
  const fields = fieldsOfClass(type);
  for (const name of Object.keys(value)) {
    if (!fields.has(name)) problems.push(problemAt(join(at, PLAIN_NAME.test(name) ? name : '?'), UNKNOWN_FIELD));
    else instance[name] = nest(fields.get(name), value[name], join(at, name), problems);
  }
  return instance;
}

function nest(type: AnyClass | undefined, value: unknown, at: string, problems: FieldProblem[]): unknown {
  if (type === undefined) return value;
  if (isPlainObject(value)) return instantiate(type, value, at, problems);
  if (!Array.isArray(value) || value.length > LONGEST_LIST) return value;
  return value.map((entry: unknown, index) => (isPlainObject(entry) ? instantiate(type, entry, `${at}[${index}]`, problems) : entry));
}

/** One problem per broken field: a field that breaks its own rule is not looked into. */
function flatten(errors: readonly ValidationError[], at: string, inList: boolean, problems: FieldProblem[]): void {
  for (const error of errors) {
    const field = inList ? `${at}[${error.property}]` : join(at, error.property);
    const broken = Object.keys(error.constraints ?? {})[0];
    if (broken !== undefined) problems.push(problemAt(field, (error.contexts?.[broken] as RuleText | undefined) ?? BROKEN));
    else flatten(error.children ?? [], field, Array.isArray(error.value), problems);
  }
}

/**
 * Every field of `value` that breaks a rule of `type`, by its path below `at`. A problem says which rule, never the value.
 * Unknown fields are refused at every depth.
 */
export function checkShape(type: AnyClass, value: unknown, at: string): FieldProblem[] {
  if (!isPlainObject(value)) return [problemAt(at, { rule: 'object', zh: '应为对象', en: 'must be an object' })];
  const problems: FieldProblem[] = [];
  const instance = instantiate(type, value, at, problems);
  flatten(validateSync(instance, { stopAtFirstError: true, forbidUnknownValues: false }), at, false, problems);
  return problems;
}
