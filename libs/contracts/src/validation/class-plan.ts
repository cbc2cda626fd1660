import { getMetadataStorage, ValidationTypes } from 'class-validator';
import type { ValidationArguments } from 'class-validator';
import type { RuleText } from './field-rules.ts';
import { nestedClassOf } from './nested-class.ts';
import type { AnyClass } from './nested-class.ts';

type Metadata = ReturnType<ReturnType<typeof getMetadataStorage>['getTargetValidationMetadatas']>[number];

/** One rule of a field: class-validator's own constraint, ready to be asked. */
export interface FieldRule {
  /** class-validator's name, such as `maxLength`. */
  readonly name: string;
  readonly constraints: readonly unknown[];
  /** Asked of every entry of a list. */
  readonly each: boolean;
  readonly text: RuleText;
  readonly holds: (value: unknown, args: ValidationArguments) => boolean;
}

/** Everything that is known of a field. */
export interface FieldPlan {
  readonly name: string;
  /** Whether the rules apply to this value at all; absent or `null` may be allowed. */
  readonly applies: (value: unknown) => boolean;
  readonly rules: readonly FieldRule[];
  readonly nested: AnyClass | undefined;
}

/** The kinds of metadata that are asked of a value; the others say when to ask, or where to go on. */
const RULES: readonly string[] = [ValidationTypes.CUSTOM_VALIDATION, ValidationTypes.IS_DEFINED];

const plans = new Map<AnyClass, ReadonlyMap<string, FieldPlan>>();

/**
 * The fields of a class with their rules, read once from class-validator's metadata. Looking the metadata up again for every object, as
 * `validateSync` does, costs about thirty times what the rules themselves cost, and this is asked of every event.
 */
export function planOf(type: AnyClass): ReadonlyMap<string, FieldPlan> {
  const known = plans.get(type);
  if (known !== undefined) return known;
  const metadata = Map.groupBy(getMetadataStorage().getTargetValidationMetadatas(type, '', true, false), ({ propertyName }) => propertyName);
  const plan = new Map([...metadata].map(([name, rules]) => [name, planField(type, name, rules)]));
  plans.set(type, plan);
  return plan;
}

function planField(type: AnyClass, name: string, metadata: readonly Metadata[]): FieldPlan {
  const conditions = metadata
    .filter((each) => each.type === ValidationTypes.CONDITIONAL_VALIDATION)
    .map((each) => each.constraints[0] as (object: unknown, value: unknown) => boolean);
  return {
    name,
    applies: (value) => conditions.every((condition) => condition(undefined, value)),
    rules: metadata.filter((each) => RULES.includes(each.type)).map(planRule),
    nested: nestedClassOf(type, name),
  };
}

function planRule(metadata: Metadata): FieldRule {
  const constraint = getMetadataStorage().getTargetValidatorConstraints(metadata.constraintCls)[0]?.instance;
  const text = metadata.context as RuleText | undefined;
  if (constraint === undefined || text === undefined) {
    throw new Error(`The rule "${metadata.name ?? metadata.type}" of ${metadata.propertyName} says nothing to who breaks it: use the decorators of field-rules.ts`);
  }
  return {
    name: metadata.name ?? '',
    constraints: metadata.constraints ?? [],
    each: metadata.each,
    text,
    holds: (value, args) => constraint.validate(value, args) === true,
  };
}

/** Whether a value of the field `property` of `object` passes the rule, by class-validator. */
export function askRule(rule: FieldRule, value: unknown, property: string, object: object): boolean {
  const args = { value, property, object, targetName: '', constraints: rule.constraints as unknown[] };
  if (!rule.each) return rule.holds(value, args);
  return Array.isArray(value) && value.every((entry) => rule.holds(entry, args));
}
