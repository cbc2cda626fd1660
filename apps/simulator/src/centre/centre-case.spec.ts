import { describe, expect, it } from '@jest/globals';
import type { AnswerLine, EffectLine } from '../record/record-lines.ts';
import type { FlowName } from '../scenario/flows.ts';
import { scenarioOf } from '../scenario/scenario-of.ts';
import { endOf, nextOf, noteAnswer, noteSending, noteWorkItem, openCase } from './centre-case.ts';
import type { CentreCase } from './centre-case.ts';
import { sendingLine } from './outcomes.ts';

function effect(projectNo: string, kind: string): EffectLine {
  return { k: 'effect', n: 1, key: kind, projectNo, hall: null, kind, updateSequence: null, digest: '', facts: { hall: { code: '410204' }, known: [] }, at: 1 };
}

function caseOf(flow: FlowName, rounds = 1): CentreCase {
  return openCase(effect(`T-${flow}-1`, 'open'), scenarioOf(1, `T-${flow}-1`, rounds));
}

/** Sends what is due until the case is held or over, and tells what was sent. */
function run(one: CentreCase): string[] {
  const sent: string[] = [];
  for (let next = nextOf(one); typeof next !== 'string'; next = nextOf(one)) {
    const line = sendingLine(one, next.step, next.place, 5, 1);
    noteSending(one, line);
    noteAnswer(one, { id: line.id, status: 202 } as AnswerLine);
    sent.push(next.step);
  }
  return sent;
}

describe('a case at the centre', () => {
  it('goes straight to its end where nothing holds it', () => {
    const one = caseOf('straight');
    expect(run(one)).toEqual(['accept', 'recordStep', 'approve', 'complete']);
    expect(endOf(one)).toBe('APPROVED');
  });

  it('is held until the supplement has come, and numbers its outcomes on', () => {
    const one = caseOf('supplement');
    expect([run(one), nextOf(one), endOf(one)]).toEqual([['requireSupplement'], 'hold', null]);
    noteWorkItem(one, effect(one.projectNo, 'supplement'));
    expect(run(one)).toEqual(['accept', 'recordStep', 'approve', 'complete']);
    expect(one.sequence).toBe(5);
  });

  it('never goes on in a case that will be withdrawn, and ends when the withdrawal arrives', () => {
    for (const flow of ['withdrawnEarly', 'withdrawnAccepted', 'withdrawnSupplement'] as const) {
      const one = caseOf(flow);
      run(one);
      expect([nextOf(one), endOf(one)]).toEqual(['hold', null]);
      noteWorkItem(one, effect(one.projectNo, 'withdraw'));
      expect(endOf(one)).toBe('WITHDRAWN');
    }
  });

  it('waits for a correction before it accepts', () => {
    const one = caseOf('hallCorrected');
    expect(run(one)).toEqual([]);
    noteWorkItem(one, effect(one.projectNo, 'correct'));
    expect(run(one)).toEqual(['accept', 'recordStep', 'approve', 'complete']);
  });

  it('stops when the bridge refuses an outcome: the case has failed', () => {
    const one = caseOf('straight');
    const line = sendingLine(one, 'accept', 0, 5, 1);
    noteSending(one, line);
    expect(endOf(one)).toBeNull();
    noteAnswer(one, { id: line.id, status: 422, code: 'contract-broken' } as AnswerLine);
    expect([endOf(one), nextOf(one)]).toEqual(['FAILED', 'over']);
  });

  it('lets a supplement run out before it returns the case', () => {
    const one = caseOf('timeout');
    const line = sendingLine(one, 'requireSupplement', 0, 1000, 1);
    noteSending(one, line);
    expect(one.supplementDueAt).toBeGreaterThan(1000);
    noteAnswer(one, { id: line.id, status: 202 } as AnswerLine);
    expect(nextOf(one)).toEqual({ step: 'returnTimeout', place: 1 });
  });
});
