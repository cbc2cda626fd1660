import type { FieldProblem } from '../wire/door-refusal.ts';
import { askRule, planOf } from './class-plan.ts';
import type { FieldPlan } from './class-plan.ts';
import type { RuleText } from './field-rules.ts';
import type { AnyClass } from './nested-class.ts';
import { passesShape } from './passes-shape.ts';

/** A field name that is safe to repeat in an answer. Any other could carry what must not be repeated. */
const PLAIN_NAME = /^[A-Za-z][A-Za-z0-9]{0,39}$/;

const NOT_AN_OBJECT: RuleText = { rule: 'object', zh: '应为对象', en: 'must be an object' };
const UNKNOWN_FIELD: RuleText = { rule: 'unknown-field', zh: '契约中没有这个字段', en: 'is not a field of the contract' };

export function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export const problemAt = (field: string, { rule, zh, en }: RuleText): FieldProblem => ({ field, rule, zh, en });

const join = (at: string, name: string): string => (at === '' ? name : `${at}.${name}`);

/**
 * Every field of `value` that breaks a rule of `type`, by its path below `at`: one problem per field, and no look into a field that is
 * broken itself. A problem says which rule, never the value. Unknown fields are refused at every depth and never looked into, so that the
 * depth and the odd names (`__proto__`) of what a stranger sends cost nothing.
 */
export function checkShape(type: AnyClass, value: unknown, at: string): FieldProblem[] {
  const problems: FieldProblem[] = [];
  if (!passesShape(type, value)) checkObject(type, value, at, problems);
  return problems;
}

function checkObject(type: AnyClass, value: unknown, at: string, problems: FieldProblem[]): void {
  if (!isPlainObject(value)) {
    problems.push(problemAt(at, NOT_AN_OBJECT));
    return;
  }
  const plan = planOf(type);
  for (const field of plan.values()) checkField(field, value, at, problems);
  for (const name of Object.keys(value)) {
    if (!plan.has(name)) problems.push(problemAt(join(at, PLAIN_NAME.test(name) ? name : '?'), UNKNOWN_FIELD));
  }
}

function checkField(field: FieldPlan, object: Record<string, unknown>, at: string, problems: FieldProblem[]): void {
  const value = Object.hasOwn(object, field.name) ? object[field.name] : undefined;
  if (!field.applies(value)) return;
  const broken = field.rules.find((rule) => !askRule(rule, value, field.name, object));
  if (broken !== undefined) problems.push(problemAt(join(at, field.name), broken.text));
  else if (field.nested !== undefined) checkNested(field.nested, value, join(at, field.name), problems);
}

function checkNested(type: AnyClass, value: unknown, at: string, problems: FieldProblem[]): void {
  if (!Array.isArray(value)) checkObject(type, value, at, problems);
  else value.forEach((entry, index) => checkObject(type, entry, `${at}[${index}]`, problems));
}
