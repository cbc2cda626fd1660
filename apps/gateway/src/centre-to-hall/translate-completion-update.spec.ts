import { describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { RECORD_GROUPS, RESULT_CODES } from '#contracts';
import type { Acceptance, CompletionUpdate, JiujinEvent, RecordKind, ReviewStep } from '#contracts';
import schema from '../../../../libs/contracts/schemas/completion-update.schema.json' with { type: 'json' };
import { OPERATOR, eventOf, intakeOf } from '../hall-to-centre/intake.fixture.ts';
import { PLATFORM_ACTIONS, PLATFORM_RESULTS, PROMISE_UNITS } from './platform-codes.ts';
import { translateCompletionUpdate } from './translate-completion-update.ts';

const fitsContract = new Ajv2020({ allErrors: true, strict: false }).compile(schema);
const intake = intakeOf('725849853QT48863001');
const AT = '2026-11-25T02:00:00.900Z';
const SHOWN = '2026-11-25 10:00:00';

function translate(kind: RecordKind, event: JiujinEvent, sequence = 7): CompletionUpdate {
  const answer = translateCompletionUpdate({ to: 'hall', kind }, intake, event, sequence);
  if (!answer.ok) throw new Error(`not translated: ${answer.field}`);
  expect([fitsContract(answer.payload), fitsContract.errors]).toEqual([true, null]);
  expect(answer.payload[RECORD_GROUPS[kind]]).toBeDefined();
  return answer.payload;
}

function brokenField(kind: RecordKind, event: JiujinEvent): string {
  const answer = translateCompletionUpdate({ to: 'hall', kind }, intake, event, 1);
  return answer.ok ? 'none' : answer.field;
}

const acceptance = (more: Partial<Acceptance> = {}): Acceptance =>
  ({ acceptedAt: AT, promise: { value: 3, unit: 'workday', dueAt: '2026-11-30T17:30:00+08:00' }, ...more });
const step = (more: Partial<ReviewStep> = {}): ReviewStep => ({ name: '初审', action: 'pass', handler: '测试审核', startedAt: AT, state: '2', ...more });
const decision = (approved: boolean) => ({ approved, reason: '审核意见', decidedAt: AT, decidedBy: '测试审批' });
const completed = (code: 'APPROVED' | 'REJECTED', description?: string) =>
  eventOf('case.completed', { result: { code, description, docName: '办理结果告知单', docNo: 'D-1', completedAt: AT, completedBy: '测试办结' } });
const returned = (code: 'RETURNED' | 'NOT_ACCEPTED' | 'SUPPLEMENT_TIMEOUT') => eventOf('case.returned', { code, reason: '说明', returnedAt: AT });

describe('the results', () => {
  /** Written down from the list of canonical result codes: platform code, platform word, what it means to the applicant. */
  const EXPECTED: Record<string, [JiujinEvent, string, string, string]> = {
    APPROVED: [completed('APPROVED'), '10', '办结', '准予办结'],
    REJECTED: [completed('REJECTED'), '10', '办结', '不予批准'],
    NOT_ACCEPTED: [returned('NOT_ACCEPTED'), '07', '不予受理', '不予受理：说明'],
    RETURNED: [returned('RETURNED'), '13', '退件', '退件：说明'],
    SUPPLEMENT_TIMEOUT: [returned('SUPPLEMENT_TIMEOUT'), '13', '退件', '补正超期：说明'],
    WITHDRAWN: [eventOf('case.withdrawn', { reason: '说明', withdrawnAt: AT }), '13', '退件', '申请人撤回：说明'],
    VOIDED: [eventOf('case.voided', { code: 'VOIDED', reason: '说明', voidedAt: AT }), '09', '作废办结', '作废：说明'],
    DELETED: [eventOf('case.voided', { code: 'DELETED', reason: '说明', voidedAt: AT }), '09', '作废办结', '录入错误：说明'],
  };

  test('are all mapped', () => {
    expect(Object.keys(PLATFORM_RESULTS).sort()).toEqual(Object.keys(EXPECTED).sort());
    expect([...RESULT_CODES].sort()).toEqual(Object.keys(EXPECTED).sort());
  });

  test.each(Object.entries(EXPECTED))('%s reaches the platform in its own words', (code, [event, platformCode, platformResult, description]) => {
    const update = translate('result', event);
    expect(update.result).toMatchObject({ code, platformCode, platformResult, description, completedAt: SHOWN });
    expect(update.cdOperation).toBe(code === 'DELETED' ? 'D' : 'I');
  });

  test('keep their document and who completed them', () => {
    expect(translate('result', completed('APPROVED', '已划款')).result).toEqual({
      code: 'APPROVED', platformCode: '10', platformResult: '办结', description: '准予办结：已划款', docName: '办理结果告知单', docNo: 'D-1',
      completedAt: SHOWN, completedBy: '测试办结',
    });
    expect(translate('result', returned('RETURNED')).result?.completedBy).toBe(OPERATOR.name);
  });

  test('do not say the same thing twice, and stay within what the platform holds', () => {
    expect(translate('result', completed('REJECTED', '不予批准：材料不实')).result?.description).toBe('不予批准：材料不实');
    expect(translate('result', completed('REJECTED', '长'.repeat(1000))).result?.description).toHaveLength(1000);
  });

  test('of an immediate case bring the decision as a step', () => {
    const update = translate('result', eventOf('case.completed', { result: { code: 'REJECTED', completedAt: AT, completedBy: '测试办结' }, decision: decision(false) }));
    expect(update.step).toEqual({ name: '审核决定', action: '退回', handler: '测试审批', opinion: '审核意见', startedAt: SHOWN, endedAt: SHOWN, state: '2' });
    expect(translate('result', completed('APPROVED'))).not.toHaveProperty('step');
  });
});

describe('every update', () => {
  test('is headed by case, item, hall, its number and its version', () => {
    const { step: _step, ...head } = translate('step', eventOf('case.step.recorded', { step: step() }, 5), 42);
    expect(head).toEqual({
      recordKind: 'step', projectNo: '410204-20261123-000001', updateSequence: 42, dataVersion: 5, cdOperation: 'I', occurredAt: '2026-11-24 09:02:03',
      itemCode: '725849853QT48863001', itemName: '退休提取住房公积金', hall: { code: '410204', name: '鼓楼区政务服务大厅' },
    });
  });

  test('carries nothing of the applicant', () => {
    for (const event of [completed('APPROVED'), returned('RETURNED')]) {
      expect(JSON.stringify(translate('result', event))).not.toMatch(/测试甲|410204199001010015|13800000001/);
    }
  });

  test('that corrects says so', () => {
    const correct = (corrects: 'case.accepted' | 'case.step.recorded' | 'case.completed', body: object) =>
      eventOf('case.corrected', { reason: '更正', corrects, ...body }, 2);
    expect(translate('acceptance', correct('case.accepted', { acceptance: acceptance() }))).toMatchObject({ cdOperation: 'U', dataVersion: 2, acceptance: { acceptedAt: SHOWN } });
    expect(translate('step', correct('case.step.recorded', { step: step({ name: '复审' }) }))).toMatchObject({ cdOperation: 'U', step: { name: '复审' } });
    expect(translate('result', correct('case.completed', { completion: { code: 'APPROVED', completedAt: AT, completedBy: '测试办结' } })))
      .toMatchObject({ cdOperation: 'U', result: { code: 'APPROVED', platformCode: '10' } });
  });
});

describe('acceptance', () => {
  const accepted = (more: Partial<Acceptance> = {}) => translate('acceptance', eventOf('case.accepted', acceptance(more))).acceptance;

  test('names who accepted, the promise and the centre\'s number', () => {
    expect(accepted({ acceptDocNo: 'S-1', acceptOrgCode: '12410200XX00000027', acceptOrgName: '受理单位', fundBusinessNo: 'YW-1' })).toEqual({
      acceptedAt: SHOWN, acceptedBy: OPERATOR.name, acceptDocNo: 'S-1', orgCode: '12410200XX00000027', orgName: '受理单位',
      promise: { value: 3, unitCode: '1', dueAt: '2026-11-30 17:30:00' }, fundBusinessNo: 'YW-1',
    });
  });

  test('is of the operator\'s organisation where no other is named', () => {
    expect(accepted()).toMatchObject({ orgCode: OPERATOR.orgCode, orgName: OPERATOR.orgName });
  });

  test('counts the promise in the platform\'s units', () => {
    const units = { workday: '1', day: '2', hour: '3' } as const;
    expect(Object.keys(PROMISE_UNITS).sort()).toEqual(Object.keys(units).sort());
    for (const unit of ['workday', 'day', 'hour'] as const) {
      expect([unit, accepted({ promise: { value: 1, unit, dueAt: AT } })?.promise.unitCode]).toEqual([unit, units[unit]]);
    }
  });
});

describe('steps', () => {
  const shown = (more: Partial<ReviewStep> = {}) => translate('step', eventOf('case.step.recorded', { step: step(more) })).step;

  test('speak of their action in the words of the standard', () => {
    const words = { pass: '通过', return: '退回', other: '其他' } as const;
    expect(Object.keys(PLATFORM_ACTIONS).sort()).toEqual(Object.keys(words).sort());
    for (const action of ['pass', 'return', 'other'] as const) expect([action, shown({ action })?.action]).toEqual([action, words[action]]);
  });

  test('without an end get their start as end', () => {
    expect(shown()).toMatchObject({ startedAt: SHOWN, endedAt: SHOWN });
    expect(shown({ endedAt: '2026-11-25T03:00:00Z', opinion: '同意' })).toMatchObject({ endedAt: '2026-11-25 11:00:00', opinion: '同意' });
  });

  test.each([[true, '通过'], [false, '退回']])('show a decision (approved: %s) as %s', (approved, action) => {
    expect(translate('step', eventOf('case.decided', { decision: decision(approved) })).step)
      .toEqual({ name: '审核决定', action, handler: '测试审批', opinion: '审核意见', startedAt: SHOWN, endedAt: SHOWN, state: '2' });
  });
});

describe('special procedures and supplement notices', () => {
  const special = { type: '2' as const, name: '实地核查', reason: '需核实房屋', startedAt: AT };

  test('a special procedure begins, and ends with its result', () => {
    expect(translate('special_procedure', eventOf('case.suspended', { special })).specialProcedure)
      .toEqual({ type: '2', name: '实地核查', reason: '需核实房屋', startedAt: SHOWN, handler: OPERATOR.name });
    expect(translate('special_procedure', eventOf('case.resumed', { special: { ...special, endedAt: '2026-11-26T02:00:00Z', result: '属实' } })).specialProcedure)
      .toEqual({ type: '2', name: '实地核查', reason: '需核实房屋', startedAt: SHOWN, handler: OPERATOR.name, endedAt: '2026-11-26 10:00:00', result: '属实' });
  });

  test('a supplement notice lists everything at once', () => {
    const items = [{ materialCode: 'RETIRE_CERT', name: '退休证', problem: '缺页' }, { materialCode: 'BANK_CARD', name: '银行卡', problem: '非本人' }];
    expect(translate('supplement_notice', eventOf('case.supplement.required', { no: 1, reason: '材料不全', items, notifiedAt: AT, dueAt: '2026-12-01T17:00:00+08:00', noticeDocNo: 'B-1' })).supplementNotice)
      .toEqual({ no: 1, reason: '材料不全', items, notifiedAt: SHOWN, notifiedBy: OPERATOR.name, dueAt: '2026-12-01 17:00:00', noticeDocNo: 'B-1' });
  });
});

describe('what cannot be mapped', () => {
  test('is named by its field', () => {
    expect(brokenField('acceptance', eventOf('case.accepted', acceptance({ promise: { value: 1, unit: 'month' as 'day', dueAt: AT } })))).toBe('promise.unit');
    expect(brokenField('step', eventOf('case.step.recorded', { step: step({ action: 'toString' as 'pass' }) }))).toBe('step.action');
    expect(brokenField('result', eventOf('case.returned', { code: 'LOST' as 'RETURNED', reason: '说明', returnedAt: AT }))).toBe('result.code');
    expect(brokenField('acceptance', eventOf('case.corrected', { reason: '更正', corrects: 'case.accepted' }))).toBe('acceptance');
    expect(brokenField('step', eventOf('case.corrected', { reason: '更正', corrects: 'case.step.recorded' }))).toBe('step');
    expect(brokenField('result', eventOf('case.corrected', { reason: '更正', corrects: 'case.completed' }))).toBe('completion');
  });

  test('includes an event that writes no such record', () => {
    for (const kind of Object.keys(RECORD_GROUPS) as RecordKind[]) {
      expect([kind, brokenField(kind, eventOf('paper.received', { sheetCount: 1, at: AT }))]).toEqual([kind, 'type']);
    }
  });
});
