import { askRule, planOf } from './class-plan.ts';
import type { FieldPlan, FieldRule } from './class-plan.ts';
import type { AnyClass } from './nested-class.ts';

/** Whether a value certainly passes. */
type Passes = (value: unknown, object: object) => boolean;

interface Shape {
  readonly fields: ReadonlyMap<string, { readonly passes: Passes; readonly isRequired: boolean }>;
  readonly requiredCount: number;
}

/**
 * What class-validator's rules come to for a value that passes, without the search for a reason. A rule that is not here is asked of
 * class-validator itself.
 */
const SHORT_CUTS: Readonly<Record<string, (argument: unknown) => Passes | undefined>> = {
  isDefined: () => (value) => value !== undefined && value !== null,
  isString: () => (value) => typeof value === 'string',
  maxLength: (max) => (value) => typeof value === 'string' && value.length <= Number(max),
  matches: (pattern) => (pattern instanceof RegExp && !pattern.global && !pattern.sticky ? (value) => typeof value === 'string' && pattern.test(value) : undefined),
  isIn: (values) => (value) => (values as readonly unknown[]).includes(value),
  isBoolean: () => (value) => typeof value === 'boolean',
  isInt: () => Number.isInteger,
  min: (min) => (value) => typeof value === 'number' && value >= Number(min),
  max: (max) => (value) => typeof value === 'number' && value <= Number(max),
  isArray: () => Array.isArray,
  arrayMinSize: (min) => (value) => Array.isArray(value) && value.length >= Number(min),
  arrayMaxSize: (max) => (value) => Array.isArray(value) && value.length <= Number(max),
};

const shapes = new Map<AnyClass, Shape>();

/**
 * Whether `value`, as it comes from JSON, breaks no rule of `type`; the field `besides` is passed over. Made for sound values, which nearly all are: nothing is built, and
 * only the fields that are there are looked at. `false` may be said of an odd object that is sound: {@link checkShape} has the last word.
 */
export function passesShape(type: AnyClass, value: unknown, besides?: string): boolean {
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return false;
  const { fields, requiredCount } = shapes.get(type) ?? compile(type);
  let required = 0;
  for (const name in value) {
    if (name === besides) continue;
    const field = fields.get(name);
    if (field === undefined || !field.passes((value as Record<string, unknown>)[name], value)) return false;
    if (field.isRequired) required += 1;
  }
  return required === requiredCount;
}

function compile(type: AnyClass): Shape {
  const plan = [...planOf(type).values()];
  const fields = new Map(plan.map((field) => [field.name, { passes: compileField(field), isRequired: field.applies(undefined) }]));
  const shape = { fields, requiredCount: [...fields.values()].filter(({ isRequired }) => isRequired).length };
  shapes.set(type, shape);
  return shape;
}

/** Whether the rules apply does not matter to a value that passes all of them. */
function compileField({ name, rules, nested }: FieldPlan): Passes {
  const checks = rules.map((rule) => compileRule(rule, name));
  if (nested !== undefined) checks.push((value) => (Array.isArray(value) ? value.every((entry) => passesShape(nested, entry)) : passesShape(nested, value)));
  return (value, object) => {
    for (const check of checks) if (!check(value, object)) return false;
    return true;
  };
}

function compileRule(rule: FieldRule, name: string): Passes {
  const shortCut = SHORT_CUTS[rule.name]?.(rule.constraints[0]);
  if (shortCut === undefined) return (value, object) => askRule(rule, value, name, object);
  return rule.each ? (value, object) => Array.isArray(value) && value.every((entry) => shortCut(entry, object)) : shortCut;
}
