import { brokenQuery } from '../problems/ops-problem.ts';
import { readAlternatives } from './read-alternatives.ts';
import { refusePersonal } from './refuse-personal.ts';
import type { SearchField, SearchScreen } from './search-fields.ts';
import { HOURS, readPeriod } from './search-period.ts';
import type { Period } from './search-period.ts';
import { SearchProblem } from './search-problem.ts';
import { splitSearch } from './split-search.ts';
import type { SearchToken, SearchValue } from './split-search.ts';

/** Any of a few, or none of a few. */
export type Wanted = readonly string[] | { readonly not: readonly string[] };

/** One alternative of what a search text asks for: by the keys of the screen's fields, and when. All of it must hold. */
export interface Search extends Period {
  readonly fields: Readonly<Record<string, Wanted>>;
}

const TIME_NAMES = ['时间', 'time', 'when'];
const PERSON_NAMES = ['证件', '证件号', '证件号码', '身份证', '姓名', '手机', '手机号', '申请人', 'id', 'name', 'mobile'];

/**
 * Reads a search text (检索式) such as `厅:410204 状态:失败 -事项:12 时间:今天 9-11`. Conditions side by side must all hold; between “或” stand alternatives, which
 * brackets hold together. The values of one condition are alternatives too; a `-` in front means "not". What stands for a person is refused: it must not be in a URL.
 * Answers with the alternatives: one of them must hold.
 * @throws OpsProblem `query-broken` that says where, what is wrong and what is allowed, without repeating what was written
 */
export function parseSearch(text: string, screen: SearchScreen, now: Date): Search[] {
  try {
    refusePersonal(text);
    return readAlternatives(splitSearch(text), text.length).map((tokens) => joined(withHours(tokens), screen, now));
  } catch (error) {
    throw error instanceof SearchProblem ? brokenQuery([error.problem]) : error;
  }
}

/** `时间:今天 9-11` is one condition, though a space stands in it. */
function withHours(tokens: readonly SearchToken[]): SearchToken[] {
  const whole: SearchToken[] = [];
  for (const token of tokens) {
    const before = whole.at(-1);
    if (before === undefined || !isTime(before) || !isHours(token)) whole.push(token);
    else whole[whole.length - 1] = { ...before, values: joinedValues(before, token) };
  }
  return whole;
}

function isHours({ field, negated, values }: SearchToken): boolean {
  return field === null && !negated && HOURS.test(values[0]?.text ?? '');
}

function joinedValues({ values: [day, ...others] }: SearchToken, { values: [hours] }: SearchToken): SearchValue[] {
  return day === undefined ? others : [{ at: day.at, text: `${day.text} ${hours?.text ?? ''}` }, ...others];
}

const isTime = ({ field }: SearchToken): boolean => field !== null && TIME_NAMES.includes(field.toLowerCase());

function joined(tokens: readonly SearchToken[], screen: SearchScreen, now: Date): Search {
  let period: Period = {};
  const fields = new Map<SearchField, { wanted?: readonly string[]; unwanted?: readonly string[] }>();
  for (const token of tokens) {
    if (isTime(token)) {
      period = periodOf(token, period, now);
      continue;
    }
    const field = fieldOf(token, screen);
    const words = token.values.flatMap((value) => readValue(field, value));
    const side = token.negated ? 'unwanted' : 'wanted';
    const sofar = fields.get(field) ?? {};
    if (sofar[side] !== undefined) throw new SearchProblem('twice', token.at, `字段“${field.names[0] ?? ''}”已经写过；几个值写在一起，用逗号隔开，要其中一个条件的用“或”`, `"${field.key}" was given already; write its values together, with commas, or "or" between conditions`);
    fields.set(field, { ...sofar, [side]: words });
  }
  return { ...period, fields: Object.fromEntries([...fields].map(([field, { wanted, unwanted }]) => [field.key, wantedOf(field, wanted, unwanted)])) };
}

function periodOf({ at, negated, values: [value, another] }: SearchToken, sofar: Period, now: Date): Period {
  if (negated) throw new SearchProblem('time-not', at, '时间不能取反；请写出要的时间', 'a time cannot be excluded; write the one you want');
  if (another !== undefined || sofar.from !== undefined || sofar.until !== undefined) throw new SearchProblem('time-twice', at, '时间只能写一个', 'one time only');
  return value === undefined ? {} : readPeriod(value, now);
}

function fieldOf(token: SearchToken, { fields, word }: SearchScreen): SearchField {
  const name = token.field?.toLowerCase();
  if (name !== undefined && PERSON_NAMES.includes(name)) throw personal(token.at);
  const own = fields.find((field) => (name === undefined ? field.key === aloneKey(token, word) : field.names.includes(name)));
  if (own === undefined) throw new SearchProblem('field', token.at, `没有这个字段；可用：${[...fields.map(({ names }) => names[0]), '时间'].join('、')}`, `no such field; there are: ${[...fields.map(({ names }) => names.at(-1)), 'time'].join(', ')}`);
  if (name === undefined && token.negated) throw new SearchProblem('word-not', token.at, '单独的编号不能取反', 'a number by itself cannot be excluded');
  return meantBy(own, token, fields);
}

/** A transfer's own id, by itself, is known by its beginning. */
function aloneKey({ values: [value] }: SearchToken, word: string): string {
  return word === 'projectNo' && value?.text.startsWith('tr_') === true ? 'transferId' : word;
}

/** People say "状态:失败" of a case whose delivery failed. */
function meantBy(own: SearchField, { values }: SearchToken, fields: readonly SearchField[]): SearchField {
  const delivery = fields.find(({ key }) => key === 'deliveryStatus');
  const isDelivery = own.key === 'status' && delivery !== undefined && values.every(({ text }) => own.read(text) === null && delivery.read(text) !== null);
  return isDelivery ? delivery : own;
}

function readValue(field: SearchField, { text, at }: SearchValue): readonly string[] {
  const words = field.read(text);
  if (words === null) throw new SearchProblem('value', at, `字段“${field.names[0] ?? ''}”没有这个值（或不止一个符合）；可用：${field.allowedZh()}`, `"${field.key}" has no such value, or more than one fits; it takes ${field.allowedEn}`);
  return words;
}

function wantedOf(field: SearchField, wanted: readonly string[] | undefined, unwanted: readonly string[] | undefined): Wanted {
  const pool = wanted ?? field.all;
  if (pool === undefined) return { not: unwanted ?? [] };
  const left = [...new Set(pool.filter((word) => unwanted?.includes(word) !== true))];
  if (left.length === 0) throw new SearchProblem('contradiction', 0, `字段“${field.names[0] ?? ''}”的条件互相矛盾，什么也不会有`, `what is asked of "${field.key}" contradicts itself`);
  return left;
}

/** Names and numbers of people are looked for elsewhere, in a request that leaves no trace in addresses. */
function personal(at: number): SearchProblem {
  return new SearchProblem('notPersonal', at, '不得写入姓名、证件号码或手机号（会留在网址和日志里）；按证件号码查询请用 POST /api/cases/search-by-identity', 'names, certificate and phone numbers must not be in a URL; use POST /api/cases/search-by-identity');
}
