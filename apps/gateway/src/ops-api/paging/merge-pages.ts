import type { Page } from './page.ts';
import { encodeCursor } from './cursor.ts';

/** One of several lists that are shown as one. `rows` are newest first, at most one more than the page shows. */
export interface Strand<Item> {
  /** Where this strand stood before the page; `null` at its beginning. */
  readonly place: number | null;
  readonly rows: readonly StrandRow<Item>[];
}

export interface StrandRow<Item> {
  readonly seq: number;
  readonly at: Date;
  readonly item: Item;
}

/**
 * Merges strands newest first into one page. Each strand keeps its own order and its own place in the cursor, so no strand can make
 * another skip or repeat a row.
 */
export function mergeStrands<Item>(strands: readonly Strand<Item>[], limit: number): Page<Item> {
  const taken = strands.map(() => 0);
  const items: Item[] = [];
  for (let next = newest(strands, taken); next !== null && items.length < limit; next = newest(strands, taken)) {
    items.push(next.row.item);
    taken[next.strand] = (taken[next.strand] ?? 0) + 1;
  }
  const more = newest(strands, taken) !== null;
  return { items, nextCursor: more ? encodeCursor(strands.map((strand, index) => placeAfter(strand, taken[index] ?? 0))) : null };
}

/** A strand of which nothing was shown yet is pinned just above its newest row: what arrives later is not part of this walk. */
function placeAfter<Item>({ place, rows }: Strand<Item>, taken: number): number {
  const above = (rows[0]?.seq ?? -1) + 1;
  return rows[taken - 1]?.seq ?? place ?? above;
}

function newest<Item>(strands: readonly Strand<Item>[], taken: readonly number[]): { strand: number; row: StrandRow<Item> } | null {
  let best: { strand: number; row: StrandRow<Item> } | null = null;
  strands.forEach(({ rows }, strand) => {
    const row = rows[taken[strand] ?? 0];
    if (row !== undefined && (best === null || row.at > best.row.at)) best = { strand, row };
  });
  return best;
}
