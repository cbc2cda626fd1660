import { RangeDigest } from './message-rows.ts';
import type { SealedRange } from './message-rows.ts';
import { leafHash, rootFrom } from './row-tree.ts';

/**
 * The rows of one range in the export of a case: a few, each proven by its way to the range's root; or, of a range that was sealed without one, all of them,
 * proven by its digest.
 */
export class RangeRows {
  /** The number of the entry that seals the range. */
  readonly entry: number;
  private readonly range: SealedRange;
  private readonly digest = new RangeDigest();
  private last: number;
  private lastIndex = -1;
  private unproven: string | null = null;
  private sound = true;

  constructor(entry: number, range: SealedRange) {
    this.entry = entry;
    this.range = range;
    this.last = range.from - 1;
  }

  take(text: string, table: string, seq: number): void {
    if (this.unproven !== null || table !== this.range.table || seq <= this.last || seq > this.range.to) this.sound = false;
    this.last = seq;
    if (this.range.root === undefined) this.digest.add(text);
    else this.unproven = text;
  }

  /** Rows come in the order in which they lie in the range. */
  prove(index: number, path: readonly Buffer[]): void {
    const { rows, root } = this.range;
    const row = this.unproven;
    this.unproven = null;
    if (row === null || index <= this.lastIndex || index >= rows || rootFrom(leafHash(row), index, rows, path)?.toString('hex') !== root) this.sound = false;
    this.lastIndex = index;
  }

  /** Whether every row is what was sealed. */
  isSound(): boolean {
    const { rows, digest, root } = this.range;
    if (!this.sound || this.unproven !== null) return false;
    return root === undefined ? this.digest.rows === rows && this.digest.end().digest === digest : this.lastIndex >= 0;
  }
}
