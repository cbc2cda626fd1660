import 'reflect-metadata';
import { getMetadataStorage } from 'class-validator';

const DESCRIPTIONS = Symbol('setting descriptions');
const SECRETS = Symbol('secret settings');

export type SettingKind = 'text' | 'number' | 'boolean' | 'list';

/** One setting of a configuration class, as the reference in the documentation shows it. */
export interface Setting {
  readonly property: string;
  /** Environment variable; with `_FILE` appended, the variable that names a file with the value. */
  readonly variable: string;
  readonly kind: SettingKind;
  readonly required: boolean;
  /** Default as text; `null` when there is none, or it is a secret. */
  readonly defaultValue: string | null;
  readonly secret: boolean;
  /** What values are allowed, in words made from the validation rules. */
  readonly allowed: string;
  readonly description: string;
}

/** Says what a setting is for, in the reference. */
export function Describe(description: string): PropertyDecorator {
  return (target, property) => {
    const known = (Reflect.getMetadata(DESCRIPTIONS, target) ?? {}) as Record<string, string>;
    Reflect.defineMetadata(DESCRIPTIONS, { ...known, [String(property)]: description }, target);
  };
}

/** The value is never shown, not even in an error. */
export function Secret(): PropertyDecorator {
  return (target, property) => {
    const known = (Reflect.getMetadata(SECRETS, target) ?? []) as string[];
    Reflect.defineMetadata(SECRETS, [...known, String(property)], target);
  };
}

/** The reference of a configuration class: every property that carries a validation rule. */
export function describeConfig(configClass: new () => object): Setting[] {
  const rules = getMetadataStorage().getTargetValidationMetadatas(configClass, '', true, false);
  const defaults = new configClass();
  const properties = [...new Set(rules.map(({ propertyName }) => propertyName))];
  return properties.map((property) => settingOf(configClass, property, rules.filter((rule) => rule.propertyName === property), Reflect.get(defaults, property)));
}

interface Rule {
  readonly type: string;
  readonly name?: string;
  readonly constraints?: readonly unknown[];
  readonly each?: boolean;
}

function settingOf(configClass: new () => object, property: string, rules: readonly Rule[], value: unknown): Setting {
  const target = configClass.prototype as object;
  const descriptions = (Reflect.getMetadata(DESCRIPTIONS, target) ?? {}) as Record<string, string>;
  const secret = ((Reflect.getMetadata(SECRETS, target) ?? []) as string[]).includes(property);
  const optional = rules.some(({ type }) => type === 'conditionalValidation');
  // Decorators are applied from the last to the first; the reader expects them as they are written.
  const words = rules.filter(({ type }) => type !== 'conditionalValidation').map(ruleInWords).reverse();
  return {
    property,
    variable: variableOf(property),
    kind: kindOf(target, property),
    required: !optional && value === undefined,
    defaultValue: secret ? null : defaultInWords(value),
    secret,
    allowed: words.join(', '),
    description: descriptions[property] ?? '',
  };
}

function defaultInWords(value: unknown): string | null {
  if (Array.isArray(value)) return value.join(',');
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : null;
}

function variableOf(property: string): string {
  return property.replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2').toUpperCase();
}

function kindOf(target: object, property: string): SettingKind {
  const type: unknown = Reflect.getMetadata('design:type', target, property);
  if (type === Number) return 'number';
  if (type === Boolean) return 'boolean';
  return type === Array ? 'list' : 'text';
}

const WORDS: Record<string, (...constraints: unknown[]) => string> = {
  isInt: () => 'a whole number',
  isNumber: () => 'a number',
  min: (least) => `at least ${String(least)}`,
  max: (most) => `at most ${String(most)}`,
  isBoolean: () => 'true or false',
  isString: () => 'text',
  isNotEmpty: () => 'not empty',
  isIn: (values) => `one of ${(values as unknown[]).join(', ')}`,
  isEnum: (_entity, values) => `one of ${(values as unknown[]).join(', ')}`,
  isUrl: (options) => `a URL${protocolsInWords(options)}`,
  matches: (pattern) => `text that matches ${String(pattern)}`,
  minLength: (least) => `at least ${String(least)} characters`,
  isLength: (least, most) => `${String(least)} to ${String(most)} characters`,
  maxLength: (most) => `at most ${String(most)} characters`,
  isArray: () => 'a list separated by commas',
  arrayNotEmpty: () => 'at least one item',
  arrayMinSize: (least) => `at least ${String(least)} items`,
  arrayMaxSize: (most) => `at most ${String(most)} items`,
};

function ruleInWords(rule: Rule): string {
  const name = rule.name ?? rule.type;
  const words = WORDS[name]?.(...(rule.constraints ?? [])) ?? name;
  return rule.each ? `each ${words}` : words;
}

function protocolsInWords(options: unknown): string {
  const protocols = (options as { protocols?: string[] } | undefined)?.protocols;
  return protocols ? ` (${protocols.map((protocol) => `${protocol}://`).join(', ')})` : '';
}
