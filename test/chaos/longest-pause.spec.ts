import { describe, expect, it } from '@jest/globals';
import { longestPause } from './longest-pause.ts';

describe('the longest pause', () => {
  it.each([
    ['between two signs', [110, 150, 160], 40],
    ['before the first sign', [170, 190], 70],
    ['after the last sign', [110, 120], 80],
    ['without any sign', [], 100],
    ['whatever the order of the signs', [160, 110, 150], 40],
    ['whatever happened before and after', [10, 110, 150, 160, 900], 40],
  ])('is found %s', (_, moments, pause) => {
    expect(longestPause(moments, 100, 200)).toBe(pause);
  });
});
