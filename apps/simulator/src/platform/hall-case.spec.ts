import { describe, expect, it } from '@jest/globals';
import type { AnswerLine, SendingLine } from '../record/record-lines.ts';
import type { FlowName } from '../scenario/flows.ts';
import { scenarioOf } from '../scenario/scenario-of.ts';
import { beginCase, isOver, noteAnswer, noteSending, noteUpdate } from './hall-case.ts';
import type { HallCase, HallStep } from './hall-case.ts';

function caseOf(flow: FlowName): HallCase {
  const scenario = { ...scenarioOf(1, `T-${flow}-1`), paper: false };
  return beginCase(`T-${flow}-1`, '410204', scenario, 0);
}

function say(one: HallCase, step: HallStep, status = 202): void {
  const line = { k: 'sending', n: 1, id: step, source: '/halls/410204', type: '', projectNo: one.projectNo, step, sequence: one.sequence + 1, dataVersion: 1, input: {}, facts: {}, at: 5 };
  noteSending(one, line as SendingLine);
  noteAnswer(one, { k: 'answer', id: step, source: '', projectNo: one.projectNo, status, transferId: null, code: null, tries: 1, at: 6 });
}

function show(one: HallCase, kind: string, facts: Record<string, unknown> = {}): void {
  noteUpdate(one, { k: 'effect', n: 1, key: kind, projectNo: one.projectNo, hall: one.hall, kind, updateSequence: 1, digest: '', facts: { cdOperation: 'I', ...facts }, at: 7 });
}

const result = (code: string): Record<string, unknown> => ({ result: { code } });

describe('a case on the platform', () => {
  it('is over when the result is shown and nothing is left to say', () => {
    const one = caseOf('straight');
    say(one, 'receive');
    expect([one.stage, isOver(one)]).toEqual(['RECEIVED', false]);
    show(one, 'acceptance');
    show(one, 'result', result('APPROVED'));
    expect([one.result, isOver(one)]).toEqual(['APPROVED', true]);
  });

  it('answers a supplement notice with the materials the notice asks for', () => {
    const one = caseOf('supplement');
    say(one, 'receive');
    show(one, 'supplement_notice', { supplementNotice: { no: 1, items: [{ materialCode: 'ID_SELF' }] } });
    expect(one.todo).toEqual([{ step: 'submit', input: { no: 1, items: [{ materialCode: 'ID_SELF' }] } }]);
  });

  it.each([['withdrawnSupplement', 'supplement_notice', 'withdraw'], ['withdrawnAccepted', 'acceptance', 'withdraw'], ['voided', 'acceptance', 'void']] as const)(
    'in the flow %s, on %s, has to %s', (flow, kind, step) => {
      const one = caseOf(flow);
      say(one, 'receive');
      show(one, kind);
      expect(one.todo.map((todo) => todo.step)).toEqual([step]);
    });

  it('withdraws and corrects of its own accord right after the receipt', () => {
    expect(caseOf('withdrawnEarly').todo.map((todo) => todo.step)).toEqual(['receive', 'withdraw']);
    expect(caseOf('hallCorrected').todo.map((todo) => todo.step)).toEqual(['receive', 'correct']);
  });

  it('waits for the correction of the result where one will come', () => {
    const one = caseOf('completionCorrected');
    say(one, 'receive');
    show(one, 'result', result('APPROVED'));
    expect(isOver(one)).toBe(false);
    show(one, 'result', { cdOperation: 'U', ...result('APPROVED') });
    expect(isOver(one)).toBe(true);
  });

  it('has failed when the receipt is refused, and keeps in mind what else was refused', () => {
    const one = caseOf('withdrawnAccepted');
    say(one, 'receive', 422);
    expect([one.stage, isOver(one), one.refused]).toEqual(['FAILED', true, '422']);
  });

  it('keeps the news that overtook the answer to its receipt', () => {
    const one = caseOf('straight');
    noteSending(one, { step: 'receive', sequence: 1, dataVersion: 1, at: 1 } as SendingLine);
    show(one, 'acceptance');
    noteAnswer(one, { status: 202 } as AnswerLine);
    expect(one.stage).toBe('ACCEPTED');
  });
});
