import { describe, expect, it } from '@jest/globals';
import { FailureCounts } from './failure-counts.ts';

describe('failure counts', () => {
  it('count each message by itself, until it is forgotten', () => {
    const failures = new FailureCounts(10);
    failures.add('a');
    failures.add('a');
    failures.add('b');
    expect([failures.of('a'), failures.of('b'), failures.of('c')]).toEqual([2, 1, 0]);
    failures.forget('a');
    expect(failures.of('a')).toBe(0);
  });

  it('stay bounded: what failed longest ago is forgotten first', () => {
    const failures = new FailureCounts(2);
    failures.add('a');
    failures.add('b');
    failures.add('a');
    failures.add('c');
    expect([failures.of('a'), failures.of('b'), failures.of('c')]).toEqual([2, 0, 1]);
  });
});
