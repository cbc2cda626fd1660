import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodeNumberPlaces } from './cursor.ts';
import { mergeStrands } from './merge-pages.ts';
import type { StrandRow } from './merge-pages.ts';

type Row = StrandRow<string>;

/** A list as the database would give it: newest first, below a place, one more than the page shows. */
function read(list: readonly Row[], below: number | null, limit: number): Row[] {
  return list.filter(({ seq }) => below === null || seq < below).sort((one, other) => other.seq - one.seq).slice(0, limit + 1);
}

function walk(lists: readonly (readonly Row[])[], limit: number): string[] {
  const seen: string[] = [];
  let places: number[] | null = null;
  do {
    const page: { items: string[]; nextCursor: string | null } = mergeStrands(
      lists.map((list, index) => ({ place: places?.[index] ?? null, rows: read(list, places?.[index] ?? null, limit) })), limit);
    seen.push(...page.items);
    places = decodeNumberPlaces(page.nextCursor ?? undefined, lists.length);
  } while (places !== null);
  return seen;
}

const list = (name: string): fc.Arbitrary<Row[]> => fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 12 })
  .map((times) => times.sort((one, other) => one - other).map((time, index) => ({ seq: index + 1, at: new Date(time), item: `${name}${index + 1}` })));

describe('several lists shown as one', () => {
  it('come to every row once, whatever the page size and however their times interleave', () => {
    fc.assert(fc.property(list('a'), list('b'), fc.integer({ min: 1, max: 7 }), (one, other, limit) => {
      const seen = walk([one, other], limit);
      expect([...seen].sort()).toEqual([...one, ...other].map(({ item }) => item).sort());
    }));
  });

  it('come newest first', () => {
    fc.assert(fc.property(list('a'), list('b'), fc.integer({ min: 1, max: 7 }), (one, other, limit) => {
      const times = new Map([...one, ...other].map(({ item, at }) => [item, at.getTime()]));
      const seen = walk([one, other], limit).map((item) => times.get(item) ?? 0);
      expect(seen).toEqual([...seen].sort((left, right) => right - left));
    }));
  });

  it('leave out of the walk what comes in after its first page', () => {
    const old: Row[] = [{ seq: 5, at: new Date(5), item: 'a5' }, { seq: 4, at: new Date(4), item: 'a4' }];
    const first = mergeStrands([{ place: null, rows: old }, { place: null, rows: [] }], 1);
    expect(decodeNumberPlaces(first.nextCursor ?? '', 2)).toEqual([5, 0]);
  });
});
