import { SearchProblem } from './search-problem.ts';

/** One value of a condition, and where it stands. */
export interface SearchValue {
  readonly at: number;
  readonly text: string;
}

/** One condition of a search text (检索条件): `-厅:410202,410203`. */
export interface SearchToken {
  readonly at: number;
  readonly negated: boolean;
  /** As it was written; `null` for a word by itself. */
  readonly field: string | null;
  readonly values: readonly SearchValue[];
}

/** What stands between conditions: “或”, or a bracket. */
export interface SearchMark {
  readonly at: number;
  readonly mark: 'or' | 'open' | 'close';
}

/** One part of a search text, in the order in which they are written. */
export type SearchPart = SearchToken | SearchMark;

const MOST_TOKENS = 20;
const MOST_MARKS = 60;
const MOST_VALUES = 50;

const SPACE = /[\s\u3000]*/y;
/** A name begins with no digit: `9:30` is a time of day. */
const FIELD = /([^\s\u3000:：,，、"“”()（）\d-][^\s\u3000:：,，、"“”()（）]*)[:：]/y;
const VALUE = /"([^"]*)"|“([^”]*)”|([^\s\u3000,，、"“”()（）]+)/y;
const COMMA = /[,，、]/y;
const OR = /(?:或者?|or)(?=[\s\u3000()（）]|$)/iy;
const AND = /(?:[且与]|并且|and)(?=[\s\u3000()（）]|$)/iy;
const NOT = /(?:[非不]|not)(?=[\s\u3000()（）]|$)|-[\s\u3000]*[(（]/iy;
const OPEN = /[(（]/y;
const CLOSE = /[)）]/y;

/** Splits a search text into its conditions and what stands between them; what they mean is not looked at. @throws SearchProblem */
export function splitSearch(text: string): SearchPart[] {
  const tokens: SearchToken[] = [];
  const parts: SearchPart[] = [];
  for (let at = skip(SPACE, text, 0); at < text.length; at = skip(SPACE, text, at)) {
    if (tokens.length === MOST_TOKENS || parts.length === MOST_TOKENS + MOST_MARKS) throw new SearchProblem('too-many', at, `条件太多，至多 ${MOST_TOKENS} 个`, `too many conditions; ${MOST_TOKENS} at most`);
    const mark = readMark(text, at);
    if (mark !== null) {
      if (mark.mark !== 'and') parts.push({ at, mark: mark.mark });
      at = mark.end;
      continue;
    }
    const { token, end } = readToken(text, at);
    tokens.push(token);
    parts.push(token);
    at = end;
  }
  return parts;
}

/** What stands between conditions at this place; "and" is what a space says anyway. */
function readMark(text: string, at: number): { readonly mark: SearchMark['mark'] | 'and'; readonly end: number } | null {
  if (match(NOT, text, at) !== null) throw new SearchProblem('not', at, '“不是”写在一个条件前面：-字段:值；括号不能取反，请分别写', '"not" is written before one condition, as -field:value; brackets cannot be negated');
  for (const [mark, form] of [['or', OR], ['and', AND], ['open', OPEN], ['close', CLOSE]] as const) {
    const end = skip(form, text, at);
    if (end > at) return { mark, end };
  }
  return null;
}

function readToken(text: string, at: number): { token: SearchToken; end: number } {
  const negated = text[at] === '-';
  const begin = at + (negated ? 1 : 0);
  const field = match(FIELD, text, begin);
  const { values, end } = readValues(text, begin + (field?.[0].length ?? 0));
  return { token: { at, negated, field: field?.[1] ?? null, values }, end };
}

function readValues(text: string, begin: number): { values: SearchValue[]; end: number } {
  const values: SearchValue[] = [];
  let at = begin;
  for (;;) {
    const found = match(VALUE, text, at);
    if (found === null) throw missing(text, at);
    values.push({ at, text: (found[1] ?? found[2] ?? found[3] ?? '').trim() });
    if (values.length > MOST_VALUES) throw new SearchProblem('too-many', at, `一个条件至多 ${MOST_VALUES} 个值`, `${MOST_VALUES} values of one condition at most`);
    at += found[0].length;
    const comma = skip(COMMA, text, at);
    if (comma === at) break;
    at = comma;
  }
  if (!isEnd(text, at)) throw new SearchProblem('no-space', at, '条件之间须有空格；有空格或括号的值用一对引号括起来', 'a space must stand between conditions; put a value that holds a space or a bracket in quotes');
  return { values, end: at };
}

/** Whether a condition may end here. */
function isEnd(text: string, at: number): boolean {
  return at >= text.length || skip(SPACE, text, at) > at || match(CLOSE, text, at) !== null;
}

function missing(text: string, at: number): SearchProblem {
  if (at < text.length && '"“'.includes(text.charAt(at))) return new SearchProblem('quote', at, '引号没有成对', 'the quote is not closed');
  return new SearchProblem('no-value', at, '这里缺少值，写作 字段:值；几个值用逗号隔开，逗号前后不留空格', 'a value is missing; write field:value, with commas and no spaces between several');
}

/** Where the text goes on after what matches here. */
function skip(pattern: RegExp, text: string, at: number): number {
  return at + (match(pattern, text, at)?.[0].length ?? 0);
}

function match(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}
