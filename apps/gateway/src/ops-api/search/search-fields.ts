import { CASE_STATUSES, ERROR_WORDS, EVENT_TYPES, RECORD_KINDS, WORK_ITEM_KINDS } from '#contracts';
import { ATTEMPT_OUTCOMES, DELIVERY_STATUSES, TRANSFER_STATUSES } from '../words.ts';
import { codeLike, hallsZh, listed, readDestination, readHall, readItem, wordFrom } from './search-words.ts';
import type { ReadWord } from './search-words.ts';

/** One field that a search text may name (检索字段). */
export interface SearchField {
  /** The part of the filter it narrows. */
  readonly key: string;
  /** How it may be called; the first is how messages call it. */
  readonly names: readonly string[];
  readonly read: ReadWord<string>;
  /** All there is, where that is a fixed set: what is not wanted is then asked for as all the rest, which an index answers. */
  readonly all?: readonly string[];
  readonly allowedZh: () => string;
  readonly allowedEn: string;
}

/** What a list can be searched by. `word` is the field of a word by itself. */
export interface SearchScreen {
  readonly fields: readonly SearchField[];
  readonly word: string;
}

const zhOf = <Word extends string>(table: Readonly<Record<Word, { readonly zh: string }>>): Record<Word, string> =>
  Object.fromEntries(Object.entries<{ readonly zh: string }>(table).map(([word, { zh }]) => [word, zh])) as Record<Word, string>;

function wordField(key: string, names: readonly string[], words: Readonly<Record<string, string>>): SearchField {
  return { key, names, read: wordFrom(words), all: Object.keys(words), allowedZh: () => listed(words), allowedEn: `one of ${Object.keys(words).join(', ')}` };
}

const ERROR_WORDS_ZH = Object.fromEntries(ERROR_WORDS.map((word) => [word, ATTEMPT_OUTCOMES[word]]));

const HALL: SearchField = { key: 'hall', names: ['厅', '大厅', 'hall'], read: readHall, allowedZh: () => `六位大厅代码，或大厅名称的一部分：${hallsZh()}`, allowedEn: 'a hall code of six digits, or a part of a name that only one hall has' };
const ITEM: SearchField = {
  key: 'item', names: ['事项', 'item'], read: readItem, allowedZh: () => '事项序号（1–28）、业务办理项编码，或名称的一部分（如 提取）', allowedEn: 'the number of an item, its code, or a part of its Chinese name',
};
const EVENT = wordField('event', ['事件', 'event'], zhOf(EVENT_TYPES));

/** Fields of `GET /api/cases?q=`. */
export const CASE_SEARCH: SearchScreen = {
  word: 'projectNoPrefix',
  fields: [
    HALL, ITEM, EVENT,
    wordField('status', ['状态', 'status'], zhOf(CASE_STATUSES)),
    wordField('deliveryStatus', ['投递', '投递状态', 'delivery'], DELIVERY_STATUSES),
    { key: 'projectNoPrefix', names: ['编号', '办件', 'no', 'case'], read: codeLike(/^[A-Za-z0-9-]{1,50}$/), allowedZh: () => '办件编号的开头：1–50 位字母、数字或连字符（不能按姓名检索）', allowedEn: 'the beginning of a project number: 1 to 50 letters, digits or hyphens' },
  ],
};

/** Fields of `GET /api/transfers?q=`. */
export const TRANSFER_SEARCH: SearchScreen = {
  word: 'projectNo',
  fields: [
    HALL, ITEM, EVENT,
    wordField('status', ['状态', 'status'], TRANSFER_STATUSES),
    { key: 'destination', names: ['目的地', '投往', 'to', 'destination'], read: readDestination, allowedZh: () => `中心（centre），或大厅：${hallsZh()}`, allowedEn: 'centre, or a hall by its code or name' },
    wordField('kind', ['内容', '种类', 'kind'], { ...zhOf(RECORD_KINDS), ...zhOf(WORK_ITEM_KINDS) }),
    wordField('errorWord', ['错误类别', 'class'], ERROR_WORDS_ZH),
    { key: 'errorCode', names: ['错误', '错误代码', 'error'], read: codeLike(/^[A-Za-z0-9._-]{1,100}$/), allowedZh: () => '错误代码，如 http-503', allowedEn: 'an error code such as http-503' },
    { key: 'projectNo', names: ['编号', '办件', 'no', 'case'], read: codeLike(/^[A-Za-z0-9-]{1,50}$/), allowedZh: () => '完整的办件编号：1–50 位字母、数字或连字符（不能按姓名检索）', allowedEn: 'a whole project number: 1 to 50 letters, digits or hyphens' },
    { key: 'transferId', names: ['投递号', 'transfer'], read: codeLike(/^tr_[A-Za-z0-9_-]{1,100}$/), allowedZh: () => '投递编号（tr_…）', allowedEn: 'the id of a transfer (tr_…)' },
    { key: 'failureGroup', names: ['组', '失败分组', 'group'], read: codeLike(/^fg_[0-9a-f]{24}$/), allowedZh: () => '失败分组编号（fg_ 加 24 位）', allowedEn: 'the id of a failure group (fg_ and 24 digits)' },
  ],
};
