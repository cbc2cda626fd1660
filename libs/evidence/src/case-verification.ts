import { CASE_EXPORTED, CaseLines } from './case-lines.ts';
import type { ChainPlace, EvidenceEntry } from './chain.ts';
import type { ExportTotals, StoredEntry } from './export-lines.ts';
import { judgeEntry } from './judge-entry.ts';
import { readRange } from './message-rows.ts';
import { ProblemList } from './problem-list.ts';
import type { EvidenceProblemCode } from './problems.ts';
import { RangeRows } from './range-rows.ts';
import { readCaseLine } from './read-case-line.ts';
import type { ReadCaseLine } from './read-case-line.ts';
import type { CaseEvidenceReport, Expectations } from './report.ts';
import { same } from './verification.ts';

/** The verification of an export of one case as it goes along: lines in, a report out. */
export class CaseVerification {
  private readonly problems = new ProblemList();
  private readonly places: ChainPlace[] = [];
  private readonly lines = new CaseLines();
  private readonly expectations: Expectations;
  private line = 0;
  private rows = 0;
  private projectNo: string | null = null;
  private unsealed = 0;
  private open: RangeRows | null = null;
  /** What the last entry says, and what the lines before it come to. */
  private last: { readonly said: EvidenceEntry | null; readonly before: ReturnType<CaseLines['told']> } | null = null;
  private ended = false;

  constructor(expectations: Expectations) {
    this.expectations = expectations;
  }

  take(text: string): void {
    this.line += 1;
    const line = readCaseLine(text);
    if (this.ended) this.note('end');
    if (this.line === 1 && line?.kind !== 'begin') this.note('format');
    const before = this.lines.told();
    this.lines.add(text, line?.kind);
    if (line === null) this.note('unreadable');
    else if (line.kind === 'row') this.takeRow(text, line.table, line.seq);
    else if (line.kind === 'proof') this.takeProof(line.index, line.path);
    else this.takeOther(line, before);
  }

  end(): CaseEvidenceReport {
    this.line += 1;
    this.closeRange();
    if (!this.ended) this.note('end');
    if (!this.isWhole()) this.note('whole', this.places.at(-1)?.seq ?? null);
    const { expectedHead } = this.expectations;
    if (expectedHead !== undefined && !this.places.some((place) => same(place, expectedHead))) this.note('head', expectedHead.seq);
    return {
      projectNo: this.projectNo ?? '', unsealed: this.unsealed, places: this.places,
      entries: this.places.length, rows: this.rows, head: this.places.at(-1) ?? null, ...this.problems.report(),
    };
  }

  private takeOther(line: Exclude<ReadCaseLine, { readonly kind: 'row' | 'proof' }>, before: ReturnType<CaseLines['told']>): void {
    this.closeRange();
    if (line.kind === 'begin') this.begin(line.projectNo, line.unsealed);
    else if (line.kind === 'entry') this.takeEntry(line.entry, before);
    else this.takeEnd(line.totals, line.place);
  }

  private begin(projectNo: string, unsealed: number): void {
    if (this.line !== 1) return this.note('format');
    this.projectNo = projectNo;
    this.unsealed = unsealed;
  }

  private takeEntry(entry: StoredEntry, before: ReturnType<CaseLines['told']>): void {
    const previous = this.places.at(-1);
    if (previous !== undefined && entry.seq <= previous.seq) this.note('order', entry.seq);
    if (previous?.seq === entry.seq - 1 && previous.hash !== entry.previous) this.note('link', entry.seq);
    const { said, codes } = judgeEntry(entry);
    for (const code of codes) this.note(code, entry.seq);
    this.last = { said, before };
    this.places.push({ seq: entry.seq, hash: entry.hash });
    if (said?.kind !== 'messages') return;
    const range = readRange(said.facts);
    if (range === null) return this.note('range', entry.seq);
    this.open = new RangeRows(entry.seq, range);
  }

  private takeRow(text: string, table: string, seq: number): void {
    this.rows += 1;
    if (this.open === null) return this.note('rows');
    this.open.take(text, table, seq);
  }

  private takeProof(index: number, path: readonly Buffer[]): void {
    if (this.open === null) return this.note('rows');
    this.open.prove(index, path);
  }

  private closeRange(): void {
    if (this.open !== null && !this.open.isSound()) this.note('rows', this.open.entry);
    this.open = null;
  }

  private takeEnd(totals: ExportTotals, place: ChainPlace): void {
    const head = this.places.at(-1);
    if (totals.entries !== this.places.length || totals.rows !== this.rows || head === undefined || !same(place, head)) this.note('end');
    this.ended = true;
  }

  /** The last entry is that of the export itself: it vouches for every line before. */
  private isWhole(): boolean {
    if (this.last === null || this.last.said?.action !== CASE_EXPORTED || this.last.said.subject !== this.projectNo) return false;
    const { entries, rows, digest } = this.last.before;
    const facts: unknown = this.last.said.facts;
    return JSON.stringify(facts) === JSON.stringify({ entries, rows, digest });
  }

  private note(code: EvidenceProblemCode, seq: number | null = null): void {
    this.problems.note(code, this.line, seq);
  }
}
