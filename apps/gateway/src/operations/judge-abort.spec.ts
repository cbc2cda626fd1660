import { describe, expect, it } from '@jest/globals';
import { judgeAbort, remember } from './judge-abort.ts';

const RULES = { ratio: 0.1, onNew: true };
const calm = { canary: false, sent: 1_000, troubled: 0, recentJudged: 100, recentTroubled: 0, newFailure: false };

describe('judging an operation', () => {
  it('stops a canary whose troubled are more than their share of all that was sent', () => {
    expect(judgeAbort({ ...calm, canary: true, sent: 1, troubled: 1 }, RULES)).toBe('failure-ratio');
    expect(judgeAbort({ ...calm, canary: true, sent: 10, troubled: 1 }, RULES)).toBeNull();
    expect(judgeAbort({ ...calm, canary: true, sent: 10, troubled: 2 }, RULES)).toBe('failure-ratio');
  });

  it('afterwards looks at the last ones, once these are enough to say something', () => {
    expect(judgeAbort({ ...calm, recentJudged: 19, recentTroubled: 19 }, RULES)).toBeNull();
    expect(judgeAbort({ ...calm, recentJudged: 20, recentTroubled: 3 }, RULES)).toBe('failure-ratio');
    expect(judgeAbort({ ...calm, recentJudged: 20, recentTroubled: 2 }, RULES)).toBeNull();
  });

  it('stops at a new way to fail, unless told not to', () => {
    expect(judgeAbort({ ...calm, newFailure: true }, RULES)).toBe('new-failure');
    expect(judgeAbort({ ...calm, newFailure: true }, { ...RULES, onNew: false })).toBeNull();
  });

  it('forgets the older ones by halves', () => {
    const before = remember({ judged: 190, troubled: 10 }, 30, 30);
    expect(before).toEqual({ judged: 110, troubled: 20 });
  });
});
