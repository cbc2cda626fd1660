import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { CANARY_OPERATOR, canaryNumber } from '../canary.ts';
import { EVENT_TYPES } from '../event-types.ts';
import type { EventType } from '../event-types.ts';
import { change, example, namesOf, problemsOf } from './example.fixture.ts';
import { MAX_PROBLEMS, validateEvent } from './validate-event.ts';

const types = Object.keys(EVENT_TYPES) as EventType[];
const LONG = (length: number): string => '长'.repeat(length);

/** One broken field each: event, path of the change, its value, and what must be said of it. */
const BROKEN: [EventType, string, unknown, string][] = [
  ['case.accepted', 'id', 'a b', 'id: event-id'],
  ['case.accepted', 'id', 'x'.repeat(65), 'id: event-id'],
  ['case.accepted', 'source', '/elsewhere', 'source: source'],
  ['case.accepted', 'type', 'case.unheard', 'type: one-of'],
  ['case.accepted', 'type', 'constructor', 'type: one-of'],
  ['case.accepted', 'subject', 'a/b', 'subject: project-no'],
  ['case.accepted', 'subject', undefined, 'subject: required'],
  ['case.accepted', 'time', 'yesterday', 'time: instant'],
  ['case.accepted', 'datacontenttype', 'text/plain', 'datacontenttype: one-of'],
  ['case.accepted', 'schemaversion', '2.0', 'schemaversion: one-of'],
  ['case.accepted', 'dataversion', 0, 'dataversion: range'],
  ['case.accepted', 'dataversion', 1000, 'dataversion: range'],
  ['case.accepted', 'sequence', 1.5, 'sequence: integer'],
  ['case.accepted', 'traceparent', '00-00000000000000000000000000000000-00f067aa0ba902b7-01', 'traceparent: traceparent'],
  ['case.accepted', 'extra', 1, 'extra: unknown-field'],
  ['case.accepted', '姓名', 1, '?: unknown-field'],
  ['case.accepted', 'data', undefined, 'data: object'],
  ['case.accepted', 'data', [], 'data: object'],
  ['case.accepted', 'data.extra', {}, 'data.extra: unknown-field'],
  ['case.accepted', 'data.operator', undefined, 'data.operator: required'],
  ['case.accepted', 'data.operator', null, 'data.operator: required'],
  ['case.accepted', 'data.operator', 'x', 'data.operator: object'],
  ['case.accepted', 'data.operator.id', LONG(51), 'data.operator.id: max-length'],
  ['case.accepted', 'data.operator.name', '  ', 'data.operator.name: readable-text'],
  ['case.accepted', 'data.operator.name', 'a\u0000b', 'data.operator.name: readable-text'],
  ['case.accepted', 'data.operator.name', 'a\ud800b', 'data.operator.name: readable-text'],
  ...['\u202a', '\u202e', '\u2066', '\u2069'].flatMap((control): [EventType, string, string, string][] => [
    ['case.accepted', 'data.operator.name', `测${control}试`, 'data.operator.name: readable-text'],
    ['case.returned', 'data.reason', `退${control}件\n退件`, 'data.reason: readable-text'],
  ]),
  ['case.accepted', 'data.operator.orgCode', '91350100M000100Y44', 'data.operator.orgCode: organisation-code-check'],
  ['case.accepted', 'data.operator.orgName', null, 'data.operator.orgName: required'],
  ['case.accepted', 'data.promise.value', 0, 'data.promise.value: range'],
  ['case.accepted', 'data.promise.unit', 'month', 'data.promise.unit: one-of'],
  ['case.accepted', 'data.promise.dueAt', '2026-11-01T00:00:00+08:00', 'data.promise.dueAt: time-order'],
  ['case.accepted', 'data.acceptDocNo', LONG(31), 'data.acceptDocNo: max-length'],
  ['case.accepted', 'data.fundBusinessNo', '有空格', 'data.fundBusinessNo: reference'],
  ['case.returned', 'data.code', 'APPROVED', 'data.code: one-of'],
  ['case.returned', 'data.reason', undefined, 'data.reason: required'],
  ['case.supplement.required', 'data.no', 0, 'data.no: range'],
  ['case.supplement.required', 'data.items', [], 'data.items: min-entries'],
  ['case.supplement.required', 'data.items', {}, 'data.items: array'],
  ['case.supplement.required', 'data.items.0', 7, 'data.items[0]: object'],
  ['case.supplement.required', 'data.items.0.problem', LONG(501), 'data.items[0].problem: max-length'],
  ['case.supplement.required', 'data.dueAt', '2026-11-01T00:00:00+08:00', 'data.dueAt: time-order'],
  ['case.supplement.submitted', 'data.materials.0.taken', false, 'data.materials: something-taken'],
  ['case.step.recorded', 'data.step.action', 'accept', 'data.step.action: one-of'],
  ['case.step.recorded', 'data.step.opinion', LONG(1001), 'data.step.opinion: max-length'],
  ['case.step.recorded', 'data.step.endedAt', '2026-11-01T00:00:00+08:00', 'data.step.endedAt: time-order'],
  ['case.suspended', 'data.special.type', '3', 'data.special.type: one-of'],
  ['case.resumed', 'data.special.endedAt', '2026-11-01T00:00:00+08:00', 'data.special.endedAt: time-order'],
  ['case.decided', 'data.decision.approved', 'yes', 'data.decision.approved: boolean'],
  ['case.decided', 'data.decision.approved', false, 'data.decision.reason: required-when-refused'],
  ['case.completed', 'data.result.code', 'RETURNED', 'data.result.code: one-of'],
  ['case.completed', 'data.decision', { approved: false, reason: '不符合条件', decidedAt: '2026-11-26T11:00:00+08:00', decidedBy: '测试审批丁' }, 'data.result.code: result-follows-decision'],
  ['case.completed', 'data.decision', { approved: false, decidedAt: '2026-11-26T11:00:00+08:00', decidedBy: '测试审批丁' }, 'data.decision.reason: required-when-refused'],
  ['case.voided', 'data.code', 'WITHDRAWN', 'data.code: one-of'],
  ['case.corrected', 'data.step', undefined, 'data.step: required-by-corrects'],
  ['case.corrected', 'data.completion', { code: 'APPROVED', completedAt: '2026-11-26T16:00:00+08:00', completedBy: '测试审批丁' }, 'data.completion: only-what-corrects-names'],
  ['case.corrected', 'data.step.endedAt', '2026-11-01T00:00:00+08:00', 'data.step.endedAt: time-order'],
  ['case.corrected', 'data.corrects', 'case.received', 'data.corrects: own-event'],
  ['paper.handedOver', 'data.handoverTo', undefined, 'data.handoverTo: required'],
  ['paper.discrepancy', 'data.note', undefined, 'data.note: required'],
  ['paper.received', 'data.sheetCount', -1, 'data.sheetCount: range'],
  ['permission.granted', 'data.hallCode', '410212', 'data.hallCode: known-hall'],
  ['permission.granted', 'data.itemCodes', [], 'data.itemCodes: min-entries'],
  ['permission.granted', 'data.itemCodes', ['725849853QT04922001', '725849853QT04922001'], 'data.itemCodes: unique'],
  ['permission.granted', 'data.itemCodes', ['725849853QT04922001', '725849853QT99999001'], 'data.itemCodes[1]: known-item'],
  ['permission.granted', 'data.itemCodes', ['汇缴'], 'data.itemCodes: item-code'],
  ['permission.granted', 'data.validTo', '2026-11-01T00:00:00+08:00', 'data.validTo: time-order'],
  ['permission.revoked', 'data.grantId', '', 'data.grantId: reference'],
];

describe('an event that breaks one rule', () => {
  test.each(BROKEN)('%s with %s = %j is refused: %s', (type, path, value, expected) => {
    expect(namesOf(problemsOf(change(example(type), path, value)))).toContain(expected);
  });

  test('is told in Chinese and in English', () => {
    for (const [type, path, value] of BROKEN) {
      for (const { zh, en } of problemsOf(change(example(type), path, value))) {
        expect(zh).toMatch(/\p{Script=Han}/u);
        expect(en).toMatch(/^[\x20-\x7e]+$/);
      }
    }
  });
});

describe('an event that breaks several rules', () => {
  test('has every broken field named in one answer', () => {
    let event = change(example('case.accepted'), 'time', 'now');
    event = change(event, 'data.operator.name', '');
    event = change(event, 'data.promise.value', 'three');
    event = change(event, 'data.acceptedAt', undefined);
    event = change(event, 'data.surprise', true);
    expect(namesOf(problemsOf(event)).sort()).toEqual([
      'data.acceptedAt: required', 'data.operator.name: readable-text', 'data.promise.value: integer', 'data.surprise: unknown-field', 'time: instant',
    ]);
  });

  test(`gets at most ${MAX_PROBLEMS} problems listed`, () => {
    const event = example('case.accepted');
    for (let n = 0; n < 500; n += 1) event.data[`extra${n}`] = n;
    expect(problemsOf(event)).toHaveLength(MAX_PROBLEMS);
  });
});

describe('what is no CloudEvent', () => {
  test.each([[null], ['text'], [[]], [7], [{}]])('%j is told from an event that breaks the contract', (input) => {
    expect(validateEvent(input, { party: 'centre' })).toMatchObject({ ok: false, kind: 'not-a-cloudevent' });
  });

  test.each(['specversion', 'id', 'source', 'type'])('lacks %s', (attribute) => {
    const judged = validateEvent(change(example('case.accepted'), attribute, undefined), { party: 'centre' });
    expect(judged).toMatchObject({ ok: false, kind: 'not-a-cloudevent', problems: [{ field: attribute, rule: 'cloudevents' }] });
  });

  test('is of another version', () => {
    expect(validateEvent(change(example('case.accepted'), 'specversion', '0.3'), { party: 'centre' })).toMatchObject({ ok: false, kind: 'not-a-cloudevent' });
  });
});

describe('whatever is sent', () => {
  const MARK = 'secret 410204';

  test('no problem repeats a value of it', () => {
    fc.assert(fc.property(fc.constantFrom(...types), fc.infiniteStream(fc.constantFrom(MARK, [MARK], { a: MARK }, [[MARK]])), (type, values) => {
      const event = example(type);
      const spoil = (object: Record<string, unknown>): void => Object.keys(object).forEach((key) => { object[key] = values.next().value; });
      spoil(event.data['operator'] as Record<string, unknown>);
      Object.keys(event.data).filter((key) => key !== 'operator').forEach((key) => { event.data[key] = values.next().value; });
      const problems = problemsOf(event);
      return problems.length > 0 && !JSON.stringify(problems).includes('secret');
    }));
  });

  test('it is judged, never thrown upon', () => {
    fc.assert(fc.property(fc.constantFrom(...types), fc.jsonValue(), fc.jsonValue(), (type, data, operator) => {
      const event = example(type);
      validateEvent({ ...event, data }, { party: 'centre' });
      validateEvent({ ...event, data: { ...event.data, operator, materials: [operator, data], applicant: data } }, { party: 'centre' });
      return true;
    }));
  });

  test('deep nesting and odd names below an unknown field cost nothing', () => {
    const event = JSON.parse(JSON.stringify(example('case.accepted')).replace('"data":{', `"data":{"__proto__":{"polluted":1},"deep":${'['.repeat(200_000)}${']'.repeat(200_000)},`)) as never;
    expect(namesOf(problemsOf(event))).toEqual(['data.?: unknown-field', 'data.deep: unknown-field']);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});

describe('a canary', () => {
  const canary = (type: EventType, changes: Record<string, unknown> = {}): string[] => namesOf(problemsOf(Object.entries({
    subject: canaryNumber('410204', 1), canary: true, ...(type === 'case.received' ? { 'data.operator.id': CANARY_OPERATOR } : {}), ...changes,
  }).reduce((event, [path, value]) => change(event, path, value), example(type))));

  test.each<EventType>(['case.received', 'case.accepted', 'case.completed'])('passes as %s with all its parts', (type) => {
    expect(canary(type)).toEqual([]);
  });

  test.each<EventType>(['case.received', 'case.accepted', 'paper.received', 'case.withdrawn'])('never has the number of a real case, and never hides its own (%s)', (type) => {
    expect(canary(type, { subject: '410204-20261123-000001' })).toContain('canary: canary-number');
    expect(canary(type, { canary: undefined })).toContain('canary: canary-number');
    expect(canary(type, { canary: false })).toContain('canary: canary-number');
    expect(canary(type, { subject: 'canary-410204-1' })).toContain('canary: canary-number');
  });

  test('is received by its own operator, who receives nothing else', () => {
    expect(canary('case.received', { 'data.operator.id': 'gl-window-03' })).toEqual(['data.operator.id: canary-operator']);
    expect(canary('case.received', { subject: 'A-1', canary: undefined })).toEqual(['data.operator.id: canary-operator']);
    expect(canary('case.received', { subject: 'A-1', canary: false, 'data.operator.id': 'gl-window-03' })).toEqual([]);
  });

  test('is a case: nothing that belongs to no case is one', () => {
    expect(namesOf(problemsOf(change(example('permission.granted'), 'canary', true)))).toEqual(['canary: canary-number']);
  });

  test('has a number of its own for every moment of every hall, which is a project number', () => {
    expect([canaryNumber('410204', 1_790_000_000_000), canaryNumber('410204', 1)]).toEqual(['CANARY-410204-mubbs7i8', 'CANARY-410204-1']);
  });
});
