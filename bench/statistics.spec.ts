import { describe, expect, it } from '@jest/globals';
import { quantile, ratioOf, rounded, spreadOf } from './statistics.ts';

describe('the figures of several rounds', () => {
  it.each<[number[], number]>([[[3, 1, 2], 2], [[4, 1, 3, 2], 2.5], [[7], 7]])('have the median of %j: %d', (values, median) => {
    expect(spreadOf(values)).toEqual({ median, min: Math.min(...values), max: Math.max(...values) });
  });

  it('are nothing when nothing was measured', () => {
    expect([spreadOf([]), ratioOf([], []), ratioOf([1], [])]).toEqual([null, null, null]);
  });

  it('leave the rounds as they were', () => {
    const rounds = [3, 1, 2];
    spreadOf(rounds);
    quantile(rounds, 0.5);
    expect(rounds).toEqual([3, 1, 2]);
  });

  it('are compared round by round, so that a slow minute of the machine hits both', () => {
    expect(ratioOf([100, 50], [200, 100])).toEqual({ median: 0.5, min: 0.5, max: 0.5 });
  });

  it('are compared only where both have a round', () => {
    expect(ratioOf([100, 50, 30], [200, 0])).toEqual({ median: 0.5, min: 0.5, max: 0.5 });
  });

  it('are rounded to what anybody reads', () => {
    expect([rounded(1234.5), rounded(1.2345), rounded(99.999)]).toEqual([1235, 1.23, 100]);
  });
});

describe('a quantile', () => {
  const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);

  it.each([[0.5, 50], [0.99, 99], [1, 100], [0, 1]])('of a share of %d of the numbers from 1 to 100 is %d', (share, expected) => {
    expect(quantile(hundred, share)).toBe(expected);
  });

  it('takes the slowest of a few for the 99th', () => {
    expect(quantile([1, 2, 3], 0.99)).toBe(3);
    expect(quantile([], 0.99)).toBeNaN();
  });
});
