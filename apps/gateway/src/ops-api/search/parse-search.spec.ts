import { describe, expect, it } from '@jest/globals';
import { OpsProblem } from '../problems/ops-problem.ts';
import { parseSearch } from './parse-search.ts';
import type { Search } from './parse-search.ts';
import { CASE_SEARCH, TRANSFER_SEARCH } from './search-fields.ts';

/** A Monday, half past ten in Beijing. */
const NOW = new Date('2026-11-23T02:30:00Z');
const cases = (text: string): Search => only(parseSearch(text, CASE_SEARCH, NOW));
const transfers = (text: string): Search => only(parseSearch(text, TRANSFER_SEARCH, NOW));
const at = (time: string): Date => new Date(`${time}+08:00`);

function only(alternatives: readonly Search[]): Search {
  expect(alternatives).toHaveLength(1);
  return alternatives[0] ?? { fields: {} };
}

/** Alternatives in short: the values of each, field by field. */
function inShort(text: string): string[] {
  return parseSearch(text, CASE_SEARCH, NOW).map(({ fields, from }) => [...Object.values(fields).flatMap((wanted) => ('not' in wanted ? wanted.not : wanted)), ...(from === undefined ? [] : ['time'])].join(' '));
}

function refused(text: string, screen = CASE_SEARCH): { rule: string; zh: string; en: string } | undefined {
  try {
    parseSearch(text, screen, NOW);
  } catch (error) {
    if (error instanceof OpsProblem) return error.errors[0];
    throw error;
  }
  return undefined;
}

describe('a search text', () => {
  it('is read as conditions that must all hold, the hours behind a day with it', () => {
    expect(cases('厅:410204 状态:失败 事件:办结 事项:12 时间:今天 9-11 KF2026')).toEqual({
      fields: { hall: ['410204'], deliveryStatus: ['FAILED'], event: ['case.completed'], item: [expect.stringMatching(/^725849853/)], projectNoPrefix: ['KF2026'] },
      from: at('2026-11-23T09:00'), until: at('2026-11-23T11:00'),
    });
  });

  it.each([
    ['hall:410204 status:completed', { hall: ['410204'], status: ['COMPLETED'] }],
    ['厅：鼓楼', { hall: ['410204'] }],
    ['厅:410202，410203', { hall: ['410202', '410203'] }],
    ['厅:"410202","410203"', { hall: ['410202', '410203'] }],
    ['厅:“鼓楼区”', { hall: ['410204'] }],
    ['-厅:410202', { hall: { not: ['410202'] } }],
    ['状态:待受理,已受理', { status: ['PENDING_ACCEPTANCE', 'ACCEPTED'] }],
    ['-状态:已办结,已退件,已撤回,已作废', { status: ['RECEIVED', 'PENDING_ACCEPTANCE', 'SUPPLEMENT_REQUIRED', 'ACCEPTED', 'IN_REVIEW', 'SUSPENDED', 'DECIDED'] }],
    ['状态:已收件,已受理 -状态:已受理', { status: ['RECEIVED'] }],
    ['-投递:已送达', { deliveryStatus: ['NONE', 'QUEUED', 'SENT', 'FAILED', 'DEAD'] }],
    ['事件:收件', { event: ['case.received'] }],
    ['F-', { projectNoPrefix: ['F-'] }],
    ['', {}],
  ])('%j asks for %j', (text, fields) => {
    expect(cases(text)).toEqual({ fields });
  });

  it('finds every item by a part of its name', () => {
    const { item } = cases('事项:提取').fields;
    expect(Array.isArray(item) && item.length > 3).toBe(true);
  });

  it.each([
    ['tr_abc', { transferId: ['tr_abc'] }],
    ['KF-1', { projectNo: ['KF-1'] }],
    ['目的地:中心 -状态:已送达', { destination: ['centre'], status: ['held', 'in_flight', 'retry_wait', 'failed', 'discarded'] }],
    ['to:hall:410204 错误:http-503,timeout-after-send', { destination: ['hall:410204'], errorCode: ['http-503', 'timeout-after-send'] }],
    ['组:fg_ed1be26d32a3e2a581efca03', { failureGroup: ['fg_ed1be26d32a3e2a581efca03'] }],
  ])('of transfers: %j asks for %j', (text, fields) => {
    expect(transfers(text)).toEqual({ fields });
  });

  it.each([
    ['今天', '2026-11-23T00:00', '2026-11-24T00:00'],
    ['昨天', '2026-11-22T00:00', '2026-11-23T00:00'],
    ['2026-11-20', '2026-11-20T00:00', '2026-11-21T00:00'],
    ['11-20', '2026-11-20T00:00', '2026-11-21T00:00'],
    ['2026-11-20..2026-11-22', '2026-11-20T00:00', '2026-11-23T00:00'],
    ['今天9:30-11', '2026-11-23T09:30', '2026-11-23T11:00'],
    ['2026-11-22 12-13:15', '2026-11-22T12:00', '2026-11-22T13:15'],
    ['"昨天 22-24"', '2026-11-22T22:00', '2026-11-23T00:00'],
    ['本周', '2026-11-23T00:00', undefined],
    ['本月', '2026-11-01T00:00', undefined],
    ['最近3小时', '2026-11-23T07:30', undefined],
    ['..2026-11-22', undefined, '2026-11-23T00:00'],
  ])('时间:%s is from %s until %s, in Beijing', (text, from, until) => {
    const { fields: _none, ...period } = cases(`时间:${text}`);
    expect(period).toEqual({ ...(from === undefined ? {} : { from: at(from) }), ...(until === undefined ? {} : { until: at(until) }) });
  });

  it.each([
    ['状态:受理', 'value', '第 4 个字起', '已受理（ACCEPTED）'],
    ['状态:已完成', 'value', '没有这个值', '已办结（COMPLETED）'],
    ['厅:410204 颜色:红', 'field', '第 10 个字起', '没有这个字段；可用：厅、事项'],
    ['厅:', 'no-value', '第 3 个字起', '缺少值'],
    ['厅:410202, 410203', 'no-value', '第 10 个字起', '逗号前后不留空格'],
    ['厅:"410202', 'quote', '第 3 个字起', '引号没有成对'],
    ['厅:"410202"x', 'no-space', '第 11 个字起', '须有空格'],
    ['厅:410202 厅:410203', 'twice', '第 10 个字起', '用逗号隔开'],
    ['-时间:今天', 'time-not', '第 1 个字起', '不能取反'],
    ['时间:今天 时间:昨天', 'time-twice', '第 7 个字起', '只能写一个'],
    ['时间:明天', 'time', '第 4 个字起', '今天、昨天'],
    ['时间:今天 11-9', 'time', '第 4 个字起', '起点须早于终点'],
    ['时间:2026-02-30', 'time', '第 4 个字起', '看不懂'],
    ['-KF1', 'word-not', '第 1 个字起', '不能取反'],
    ['状态:已收件 -状态:已收件', 'contradiction', '第 1 个字起', '互相矛盾'],
    ['测试甲', 'value', '第 1 个字起', '不能按姓名检索'],
    ['a b', 'twice', '第 3 个字起', '已经写过'],
    [Array.from({ length: 21 }, (_, index) => `x${index}:1`).join(' '), 'too-many', '第 ', '至多 20 个'],
  ])('%j is refused (%s), with where and what is allowed', (text, rule, where, allowed) => {
    const problem = refused(text);
    expect([problem?.rule, problem?.zh]).toEqual([rule, expect.stringContaining(where)]);
    expect(problem?.zh).toContain(allowed);
    expect(problem?.en).toMatch(/^from character \d+: /);
  });

  it.each([
    ['厅:410204 或 投递:投递失败', ['410204', 'FAILED']],
    ['厅:410204 状态:已收件 或 投递:投递失败 KF', ['410204 RECEIVED', 'FAILED KF']],
    ['厅:410204 (状态:已收件 或 投递:投递失败)', ['410204 RECEIVED', '410204 FAILED']],
    ['（厅:410204 OR 厅:410202）（状态:已收件 or KF）', ['410204 RECEIVED', '410204 KF', '410202 RECEIVED', '410202 KF']],
    ['(厅:410204 且 (状态:已收件 或 (KF 或 投递:失败))) 或 时间:今天 9-11', ['410204 RECEIVED', '410204 KF', '410204 FAILED', 'time']],
    ['((厅:410204))', ['410204']],
    ['"OR-1" 或 ORX', ['OR-1', 'ORX']],
  ])('asks in %j for one of %j', (text, alternatives) => {
    expect(inShort(text)).toEqual(alternatives);
  });

  it.each([
    ['厅:410204 或', 'no-condition', '第 11 个字起', '这里缺少条件'],
    ['或 厅:410204', 'no-condition', '第 1 个字起', '这里缺少条件'],
    ['厅:410204 ()', 'no-condition', '第 11 个字起', '这里缺少条件'],
    ['厅:410204 或 或 KF', 'no-condition', '第 12 个字起', '这里缺少条件'],
    ['厅:410204 (状态:已收件 或 KF', 'bracket', '第 10 个字起', '没有对应的右括号'],
    ['厅:410204) 或 KF', 'bracket', '第 9 个字起', '没有对应的左括号'],
    ['((((KF))))', 'too-deep', '第 4 个字起', '至多套 3 层'],
    ['厅:410204 -(状态:已收件 或 KF)', 'not', '第 10 个字起', '-字段:值'],
    ['厅:410204 NOT 状态:已收件', 'not', '第 10 个字起', '-字段:值'],
    ['(a 或 b 或 c) (厅:410204 或 厅:410202 或 厅:410203)', 'too-many', '第 ', '至多 8 组'],
    ['厅:410204 (厅:410202 或 KF)', 'twice', '第 11 个字起', '用“或”'],
    ['KF 或 颜色:红', 'field', '第 6 个字起', '没有这个字段'],
    ['状态:已收件 (41020419900307151X)', 'notPersonal', '第 1 个字起', 'search-by-identity'],
    ['(410204)19900307151X', 'notPersonal', '第 1 个字起', 'search-by-identity'],
  ])('refuses in %j what cannot be (%s), with where and what to do', (text, rule, where, what) => {
    const problem = refused(text);
    expect([problem?.rule, problem?.zh]).toEqual([rule, expect.stringContaining(where)]);
    expect(problem?.zh).toContain(what);
  });

  it.each(['41020419900307151X', '编号:41020419900307151X', '厅:410204,41020419900307151x', '410204 19900307 151X', '410204-19900307-1518', '-13800001234', '138 0000 1234', '证件:H12345678', '姓名:测试甲', 'mobile:x'])(
    'refuses what stands for a person (%s), says where to ask instead and repeats nothing', (text) => {
      const problem = refused(text);
      expect(problem).toMatchObject({ rule: 'notPersonal', zh: expect.stringContaining('POST /api/cases/search-by-identity') as unknown });
      expect(JSON.stringify(problem)).not.toMatch(/4102041990|19900307|1380000|H12345678|测试甲/);
      expect(refused(text, TRANSFER_SEARCH)?.rule).toBe('notPersonal');
    });
});
