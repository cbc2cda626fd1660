import { describe, expect, it } from '@jest/globals';
import { binaryArray } from './binary-array.ts';
import type { ColumnKind } from './binary-array.ts';

describe('an array in binary form', () => {
  it.each<[ColumnKind, unknown]>([
    ['text', 7], ['text', ['a']], ['int', '7'], ['int', 1.5], ['int', Number.NaN], ['int', 2 ** 31], ['int', -(2 ** 31) - 1], ['bigint', 2 ** 53], ['bigint', 7n],
    ['boolean', 'true'], ['boolean', 1], ['bytea', 'bytes'], ['bytea', new Uint8Array(2)], ['timestamptz', new Date(Number.NaN)], ['timestamptz', 0],
    ['timestamptz', '2026-11-24'], ['timestamptz', '2026-11-24T09:00:00'], ['timestamptz', '2026-13-24T09:00:00Z'], ['jsonb', () => 0],
  ])('has no %s made of %p', (kind, value) => {
    expect(() => binaryArray([value], kind)).toThrow(TypeError);
  });

  it('never quotes what it refuses', () => {
    expect(() => binaryArray(['张三的证件号码'], 'int')).toThrow(/^a column of whole numbers was given something else, or a number that it cannot hold$/);
  });
});
