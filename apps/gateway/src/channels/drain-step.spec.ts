import { describe, expect, it } from '@jest/globals';
import { drainStep } from './drain-step.ts';

describe('the step of a drain', () => {
  it('is small at first, doubles each second, and stays bounded', () => {
    expect([0, 0.9, 1, 2, 5].map((seconds) => drainStep(seconds, 4_000))).toEqual([25, 25, 50, 100, 800]);
    expect([60, 1e9].map((seconds) => drainStep(seconds, 4_000))).toEqual([4_000, 4_000]);
    expect(drainStep(-5, 4_000)).toBe(25);
  });
});
