import { describe, expect, it } from '@jest/globals';
import { OpsProblem } from '../problems/ops-problem.ts';
import { checkedTimes } from './plan-times.ts';

const NOW = new Date('2026-11-23T06:00:00Z');
const inHours = (hours: number): Date => new Date(NOW.getTime() + hours * 3_600_000);

function refusal(from: Date, to: Date, begun = false): string[] {
  try {
    checkedTimes({ from, to }, NOW, begun);
    return [];
  } catch (error) {
    return error instanceof OpsProblem ? error.errors.map(({ field, rule }) => `${field} ${rule}`) : ['?'];
  }
}

describe('the times of a planned downtime', () => {
  it.each([
    ['now', NOW, inHours(1), []], ['a moment ago', inHours(-0.05), inHours(1), []], ['a week long', inHours(24), inHours(24 + 168), []],
    ['begun long ago', inHours(-1), inHours(1), ['from ahead']], ['next year', inHours(24 * 200), inHours(24 * 200 + 1), ['from ahead']],
    ['over already', NOW, NOW, ['to after']], ['the wrong way round', inHours(2), inHours(1), ['to after']], ['longer than a week', inHours(1), inHours(170), ['to length']],
    ['no moments', new Date('x'), new Date('y'), ['from ahead', 'to after']],
  ])('%s', (_what, from, to, problems) => {
    expect(refusal(from, to)).toEqual(problems);
  });

  it('have their begin behind them once it runs', () => {
    expect(refusal(inHours(-30), inHours(1), true)).toEqual([]);
    expect(refusal(inHours(-30), inHours(-1), true)).toEqual(['to after']);
    expect(refusal(inHours(-167), inHours(2), true)).toEqual(['to length']);
  });
});
