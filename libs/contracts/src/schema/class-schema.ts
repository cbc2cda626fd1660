import { planOf } from '../validation/class-plan.ts';
import type { FieldPlan, FieldRule } from '../validation/class-plan.ts';
import { INSTANT_PATTERN } from '../validation/instant.ts';
import type { AnyClass } from '../validation/nested-class.ts';

/** A JSON Schema, draft 2020-12, as plain data. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** How each rule of the decorators reads as JSON Schema; the first constraint is the rule's argument. */
const KEYWORDS: Record<string, (argument: unknown) => JsonSchema> = {
  isDefined: () => ({}),
  isString: () => ({ type: 'string' }),
  maxLength: (max) => ({ minLength: 1, maxLength: max }),
  matches: (pattern) => ({ pattern: (pattern as RegExp).source }),
  isIn: (values) => oneOf(values as readonly string[]),
  isBoolean: () => ({ type: 'boolean' }),
  isInt: () => ({ type: 'integer' }),
  min: (min) => ({ minimum: min }),
  max: (max) => ({ maximum: max }),
  isArray: () => ({ type: 'array' }),
  arrayMinSize: (min) => ({ minItems: min }),
  arrayMaxSize: (max) => ({ maxItems: max }),
  arrayUnique: () => ({ uniqueItems: true }),
  isObject: () => ({ type: 'object' }),
  isInstant: () => ({ type: 'string', format: 'date-time', pattern: INSTANT_PATTERN.source }),
};

function oneOf(values: readonly string[]): JsonSchema {
  return values.length === 1 ? { type: 'string', const: values[0] } : { type: 'string', enum: [...values] };
}

/** A rule that no keyword can say, such as a check character, is said in words. */
function keywordsOf({ name, constraints, text }: FieldRule): JsonSchema {
  return KEYWORDS[name]?.(constraints[0]) ?? { $comment: `${text.rule}: ${text.en}; ${text.zh}` };
}

const merged = (rules: readonly FieldRule[]): JsonSchema => Object.assign({}, ...rules.map(keywordsOf)) as JsonSchema;

function schemaOfField({ rules, nested, applies }: FieldPlan): JsonSchema {
  const schema = { ...merged(rules.filter(({ each }) => !each)) };
  const entries = merged(rules.filter(({ each }) => each));
  const reference = nested === undefined ? undefined : { $ref: `#/$defs/${nested.name}` };
  if (schema['type'] === 'array') return { ...schema, items: reference ?? entries };
  if (reference !== undefined) return reference;
  return applies(null) ? schema : { ...schema, type: [schema['type'], 'null'] };
}

/** The schema of one class; nested classes are referred to in `$defs`. No field but the class's own is allowed. */
export function schemaOfClass(type: AnyClass): JsonSchema & { readonly properties: Readonly<Record<string, JsonSchema>>; readonly required: readonly string[] } {
  const fields = [...planOf(type).values()];
  return {
    type: 'object',
    properties: Object.fromEntries(fields.map((field) => [field.name, schemaOfField(field)])),
    required: fields.filter(({ applies }) => applies(undefined)).map(({ name }) => name),
    additionalProperties: false,
  };
}

/** The classes below `roots`, themselves included, as `$defs` in the order of their names. Throws when two classes share a name. */
export function definitionsOf(roots: readonly AnyClass[]): Record<string, JsonSchema> {
  const found = new Map<string, AnyClass>();
  const visit = (type: AnyClass): void => {
    const known = found.get(type.name);
    if (known !== undefined && known !== type) throw new Error(`Two classes are called ${type.name}: a schema cannot tell them apart`);
    if (known !== undefined) return;
    found.set(type.name, type);
    for (const { nested } of planOf(type).values()) if (nested !== undefined) visit(nested);
  };
  roots.forEach(visit);
  return Object.fromEntries([...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, type]) => [name, schemaOfClass(type)]));
}
