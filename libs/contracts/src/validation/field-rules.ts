import {
  ArrayMaxSize, ArrayMinSize, ArrayUnique, IsArray, IsBoolean, IsDefined, IsIn, IsInt, IsObject, IsString, Matches, Max, MaxLength, Min,
  ValidateBy, ValidateIf, ValidateNested,
} from 'class-validator';
import type { ValidationOptions } from 'class-validator';
import { isInstant } from './instant.ts';
import { NestedClass } from './nested-class.ts';
import type { ClassOf } from './nested-class.ts';

/** What a broken rule is called and how it is explained; it travels as the class-validator context of the rule. */
export interface RuleText {
  readonly rule: string;
  readonly zh: string;
  readonly en: string;
}

/**
 * One line of readable text: no control characters, no lone surrogates (PostgreSQL and UTF-8 cannot hold them), not only blanks. No overrides
 * of the writing direction either (Unicode UAX #9, U+202A–202E and U+2066–2069): with them a name reads otherwise on a screen than it is stored.
 */
const LINE = /^(?=.*\S)[^\p{Cc}\p{Cs}\u202A-\u202E\u2066-\u2069]+$/u;
/** The same over several lines. */
const LINES = /^(?=[\s\S]*\S)(?:[^\p{Cc}\p{Cs}\u202A-\u202E\u2066-\u2069]|[\t\n\r])+$/u;

/** Options of a class-validator rule that carry how a break of it is explained. */
export const said = (rule: string, zh: string, en: string, more: ValidationOptions = {}): ValidationOptions => ({ ...more, context: { rule, zh, en } satisfies RuleText });

const READABLE = said('readable-text', '不能为空白，不能含控制字符（包括文字方向控制符）', 'must not be blank or contain control characters, those of the writing direction included');
const ALL: ValidationOptions = { each: true };

/** Several decorators as one; the first rule that is broken is the one that is named. */
export function all(...decorators: PropertyDecorator[]): PropertyDecorator {
  return (target, property) => decorators.forEach((decorate) => decorate(target, property));
}

const required = (): PropertyDecorator => IsDefined(said('required', '必填', 'is required'));
const isText = (more?: ValidationOptions): PropertyDecorator => IsString(said('string', '应为字符串', 'must be a string', more));

/** The field may be absent. `null` is not absence: it is checked, and refused, like any other value. */
export function Optional(): PropertyDecorator {
  return ValidateIf((_object, value) => value !== undefined);
}

/** The field is always there, and may be `null`: of data files, where an empty column should be seen. */
export function Nullable(): PropertyDecorator {
  return ValidateIf((_object, value) => value !== null);
}

/** One line of 1 to `max` characters. */
export function Line(max: number): PropertyDecorator {
  return all(required(), isText(), atMost(max), Matches(LINE, READABLE));
}

/** Text of 1 to `max` characters that may have line breaks. */
export function Prose(max: number): PropertyDecorator {
  return all(required(), isText(), atMost(max), Matches(LINES, READABLE));
}

function atMost(max: number, more?: ValidationOptions): PropertyDecorator {
  return MaxLength(max, said('max-length', `最多 ${max} 个字符`, `must have at most ${max} characters`, more));
}

/** Text of a fixed form; `zh` and `en` say which. The pattern must bound the length. */
export function Form(rule: string, pattern: RegExp, zh: string, en: string): PropertyDecorator {
  return all(required(), isText(), Matches(pattern, said(rule, zh, en)));
}

/** A list of `min` to `max` different texts of a fixed form. */
export function Texts(min: number, max: number, rule: string, pattern: RegExp, zh: string, en: string): PropertyDecorator {
  return all(...listOf(min, max), unique(), isText(ALL), Matches(pattern, said(rule, zh, en, ALL)));
}

/** A list of different words of a closed set. */
export function Words(values: readonly string[], min: number): PropertyDecorator {
  return all(...listOf(min, values.length), unique(), oneOf(values, ALL));
}

const unique = (): PropertyDecorator => ArrayUnique(said('unique', '不能重复', 'must not repeat'));

/** One of a closed set of words. */
export function OneOf(values: readonly string[]): PropertyDecorator {
  return all(required(), oneOf(values));
}

function oneOf(values: readonly string[], more?: ValidationOptions): PropertyDecorator {
  return IsIn(values, said('one-of', `只能是：${values.join('、')}`, `must be one of: ${values.join(', ')}`, more));
}

export function Flag(): PropertyDecorator {
  return all(required(), IsBoolean(said('boolean', '应为 true 或 false', 'must be true or false')));
}

/** A whole number within bounds, both included. */
export function Whole(min: number, max: number): PropertyDecorator {
  const text = (rule: string): ValidationOptions => said(rule, `应为 ${min} 到 ${max} 的整数`, `must be a whole number from ${min} to ${max}`);
  return all(required(), IsInt(text('integer')), Min(min, text('range')), Max(max, text('range')));
}

/** A moment by RFC 3339 with its offset, such as `2026-11-23T09:30:00+08:00`, that exists in the calendar. */
export function Instant(): PropertyDecorator {
  const text = said('instant', '应为带时区的 RFC 3339 时间，且日期真实存在', 'must be an RFC 3339 time with an offset, on a real date');
  return all(required(), ValidateBy({ name: 'isInstant', validator: { validate: isInstant } }, text));
}

/** A nested object of the given class. */
export function Part(of: ClassOf): PropertyDecorator {
  return all(required(), IsObject(said('object', '应为对象', 'must be an object')), ValidateNested(), NestedClass(of));
}

/** A list of nested objects of the given class. */
export function Parts(of: ClassOf, min: number, max: number): PropertyDecorator {
  return all(...listOf(min, max), ValidateNested(ALL), NestedClass(of));
}

function listOf(min: number, max: number): PropertyDecorator[] {
  return [
    required(),
    IsArray(said('array', '应为数组', 'must be an array')),
    ArrayMinSize(min, said('min-entries', `至少 ${min} 项`, `must have at least ${min} entries`)),
    ArrayMaxSize(max, said('max-entries', `最多 ${max} 项`, `must have at most ${max} entries`)),
  ];
}
