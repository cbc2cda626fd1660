import { describe, expect, it } from '@jest/globals';
import { TokenBuckets } from './token-bucket.ts';

describe('the rate per party', () => {
  it('lets a burst through, then the rate, and says how long to wait', () => {
    const buckets = new TokenBuckets({ perSecond: 10, burst: 20 });
    expect(buckets.take('hall:410204', 20, 0)).toBe(0);
    expect(buckets.take('hall:410204', 1, 0)).toBe(100);
    expect(buckets.take('hall:410204', 5, 0)).toBe(500);
    expect(buckets.take('hall:410204', 5, 500)).toBe(0);
    expect(buckets.take('hall:410204', 1, 500)).toBe(100);
  });

  it('never saves more than the burst', () => {
    const buckets = new TokenBuckets({ perSecond: 10, burst: 20 });
    buckets.take('centre', 1, 0);
    expect(buckets.take('centre', 20, 3_600_000)).toBe(0);
    expect(buckets.take('centre', 1, 3_600_000)).toBe(100);
  });

  it('spends nothing of another party', () => {
    const buckets = new TokenBuckets({ perSecond: 1, burst: 1 });
    expect(buckets.take('hall:410204', 1, 0)).toBe(0);
    expect(buckets.take('hall:410203', 1, 0)).toBe(0);
  });
});
