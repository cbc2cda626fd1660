import { describe, expect, it } from '@jest/globals';
import { allowance, estimatedSeconds, troubleMs, usedAfter, waitingMs } from './pace.ts';

describe('the pace of an operation', () => {
  it('lets as many go as the time since the last ones allows', () => {
    expect(allowance(10_000, 9_000, 50)).toBe(50);
    expect(allowance(10_000, 9_900, 50)).toBe(5);
    expect(allowance(10_000, 9_990, 50)).toBe(0);
  });

  it('does not make up for the time it stood still', () => {
    expect(allowance(100_000, 0, 50)).toBe(50);
    expect(usedAfter(100_000, 0, 50, 25)).toBe(99_500);
  });

  it('carries what is left of a fraction over, so that a rate is kept exactly', () => {
    let used = 0;
    let sent = 0;
    for (let now = 1_000; now <= 11_000; now += 130) {
      const count = allowance(now, used, 7);
      used = usedAfter(now, used, 7, count);
      sent += count;
    }
    expect(sent).toBeGreaterThanOrEqual(75);
    expect(sent).toBeLessThanOrEqual(77);
  });

  it('lets a clock that was put back cost nothing but the wait', () => {
    expect(allowance(5_000, 9_000, 50)).toBe(0);
    expect(allowance(5_500, usedAfter(5_000, 9_000, 50, 0), 50)).toBe(25);
  });

  it('tells the time by the rate, or by what may be under way', () => {
    expect(estimatedSeconds(1_000, 50, 32, 20)).toBe(20);
    expect(estimatedSeconds(1_000, 500, 1, 900)).toBe(1_000);
    expect(estimatedSeconds(0, 50, 32, null)).toBe(0);
  });

  it('looks again later the more there is to look at, and after each failure twice as late, both up to a bound', () => {
    expect([0, 10_000, 50_000, 1_000_000].map(waitingMs)).toEqual([2_000, 2_000, 10_000, 30_000]);
    expect([1, 2, 5, 6, 1_000].map(troubleMs)).toEqual([2_000, 4_000, 32_000, 60_000, 60_000]);
  });
});
