import { GENESIS } from './chain.ts';
import type { ChainPlace } from './chain.ts';
import type { ExportTotals, StoredEntry } from './export-lines.ts';
import { judgeEntry } from './judge-entry.ts';
import { RangeDigest, readRange } from './message-rows.ts';
import type { MessageTable, SealedRange } from './message-rows.ts';
import { ProblemList } from './problem-list.ts';
import type { EvidenceProblemCode } from './problems.ts';
import { readLine } from './read-line.ts';
import type { EvidenceReport, Expectations } from './report.ts';

/** A range whose rows are being read. */
interface OpenRange {
  readonly seq: number;
  readonly range: SealedRange;
  readonly digest: RangeDigest;
  last: number;
}

/** One verification as it goes along: lines in, a report out. */
export class Verification {
  private readonly expectations: Expectations;
  private readonly problems = new ProblemList();
  private readonly nextFrom = new Map<MessageTable, number>();
  private line = 0;
  private entries = 0;
  private rows = 0;
  /** The last entry, or the place before the first; `null` before the first line. */
  private place: ChainPlace | null = null;
  private fromGenesis = false;
  private open: OpenRange | null = null;
  private ended = false;
  private headSeen = false;
  /** Places that must still come by, by their numbers. */
  private readonly awaited: Map<number, ChainPlace>;

  constructor(expectations: Expectations) {
    this.expectations = expectations;
    this.awaited = new Map((expectations.expectedPlaces ?? []).map((place) => [place.seq, place]));
  }

  take(text: string): void {
    this.line += 1;
    const line = readLine(text);
    if (this.ended) this.note('end');
    if (line === null) return this.takeUnreadable(text);
    if (line.kind === 'begin') return this.begin(line.from, line.previous);
    if (this.place === null) this.begin(0, '');
    if (line.kind === 'row') return this.takeRow(text, line.table, line.seq);
    this.closeRange();
    if (line.kind === 'entry') this.takeEntry(line.entry);
    else this.takeEnd(line.totals, line.place);
  }

  end(): EvidenceReport {
    this.line += 1;
    this.closeRange();
    if (!this.ended) this.note('end');
    if (this.expectations.expectedHead !== undefined && !this.headSeen) this.note('head', this.expectations.expectedHead.seq);
    for (const seq of this.awaited.keys()) this.note('place', seq);
    return { entries: this.entries, rows: this.rows, head: this.entries === 0 ? null : this.place, ...this.problems.report() };
  }

  private begin(from: number, previous: string): void {
    if (this.line !== 1 || from < 1) this.note('format');
    if (this.place !== null) return;
    this.place = { seq: from - 1, hash: previous };
    this.fromGenesis = from === 1;
    if (this.fromGenesis && previous !== GENESIS.toString('hex')) this.note('link');
    const { expectedStart, expectedHead } = this.expectations;
    if (expectedStart !== undefined && !same(expectedStart, this.place)) this.note('start', from);
    if (expectedHead !== undefined && same(expectedHead, this.place)) this.headSeen = true;
  }

  /** It still counts where it stands: a row that was made unreadable is missing from its range. */
  private takeUnreadable(text: string): void {
    this.note(this.line === 1 ? 'format' : 'unreadable', this.open?.seq ?? null);
    this.open?.digest.add(text);
  }

  private takeEntry(entry: StoredEntry): void {
    const before = this.place ?? { seq: 0, hash: '' };
    this.entries += 1;
    if (entry.seq <= before.seq) this.note('order', entry.seq);
    else if (entry.seq !== before.seq + 1) this.note('gap', entry.seq);
    if (entry.previous !== before.hash) this.note('link', entry.seq);
    const { said, codes } = judgeEntry(entry);
    for (const code of codes) this.note(code, entry.seq);
    if (said?.kind === 'messages') this.openRange(entry.seq, said.facts);
    this.place = { seq: entry.seq, hash: entry.hash };
    this.compareHead(this.place);
    const awaited = this.awaited.get(entry.seq);
    if (awaited !== undefined && same(awaited, this.place)) this.awaited.delete(entry.seq);
  }

  private compareHead(place: ChainPlace): void {
    const { expectedHead } = this.expectations;
    if (expectedHead?.seq !== place.seq) return;
    if (!same(expectedHead, place)) this.note('head', place.seq);
    this.headSeen = true;
  }

  /** Every number belongs to one range: what lay between two of them could have been anything. */
  private openRange(seq: number, facts: unknown): void {
    const range = readRange(facts);
    if (range === null) return this.note('range', seq);
    const expected = this.nextFrom.get(range.table) ?? (this.fromGenesis ? 1 : range.from);
    if (range.from !== expected) this.note('range', seq);
    this.nextFrom.set(range.table, range.to + 1);
    this.open = { seq, range, digest: new RangeDigest(), last: range.from - 1 };
  }

  private takeRow(text: string, table: string, seq: number): void {
    this.rows += 1;
    if (this.open === null) return this.note('rows');
    this.open.digest.add(text);
    if (table !== this.open.range.table || seq > this.open.range.to) this.note('rows', this.open.seq);
    if (seq <= this.open.last) this.note('order', this.open.seq);
    this.open.last = seq;
  }

  private closeRange(): void {
    if (this.open === null) return;
    const { seq, range, digest } = this.open;
    this.open = null;
    const { rows } = digest;
    const found = digest.end();
    if (rows !== range.rows || found.digest !== range.digest || found.root !== (range.root ?? found.root)) this.note('rows', seq);
  }

  private takeEnd(totals: ExportTotals, place: ChainPlace): void {
    const told = totals.entries === this.entries && totals.rows === this.rows && this.place !== null && same(place, this.place);
    if (!told) this.note('end');
    this.ended = true;
  }

  private note(code: EvidenceProblemCode, seq: number | null = null): void {
    this.problems.note(code, this.line, seq);
  }
}

/** Whether both are the same entry. */
export function same(one: ChainPlace, other: ChainPlace): boolean {
  return one.seq === other.seq && one.hash === other.hash;
}
