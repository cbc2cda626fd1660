import { describe, expect, it } from '@jest/globals';
import { rungTarget } from './canary-ladder.ts';

describe('the canary ladder', () => {
  it('climbs by counts and by shares of all there is, never beyond it', () => {
    const targets = (total: number): (number | null)[] => [0, 1, 2, 3].map((rung) => rungTarget([1, 10, '10%'], rung, total));
    expect(targets(1_000)).toEqual([1, 10, 100, null]);
    expect(targets(105)).toEqual([1, 10, 11, null]);
    expect(targets(4)).toEqual([1, 4, 1, null]);
  });
});
