import type { ChainPlace, EvidenceEntry } from './chain.ts';

/** What the first line of an export names itself; another form would get another name. */
export const EXPORT_FORMAT = 'jiujin-evidence-1';

/** An entry with the columns that stand beside it in the ledger: lists are made of these, so they must say what the entry says. */
export interface StoredEntry {
  readonly seq: number;
  /** With microseconds. */
  readonly at: string;
  readonly kind: string;
  readonly actor: string;
  readonly action: string;
  readonly subjectKind: string;
  readonly subject: string;
  /** Hexadecimal, as is the hash. */
  readonly previous: string;
  readonly hash: string;
  /** The exact text the hash is made over. */
  readonly entry: string;
}

export const ENTRY_COLUMNS = ['kind', 'actor', 'action', 'subjectKind', 'subject'] as const satisfies readonly (keyof EvidenceEntry & keyof StoredEntry)[];

/** What an export holds. */
export interface ExportTotals {
  readonly entries: number;
  readonly rows: number;
}

/** First line: with which entry the export begins, and the hash of the one before. */
export function beginLine(from: number, previous: string): string {
  return JSON.stringify({ line: 'begin', format: EXPORT_FORMAT, from, previous });
}

/** One entry; the lines of the rows that it covers follow. */
export function entryLine({ seq, at, kind, actor, action, subjectKind, subject, previous, hash, entry }: StoredEntry): string {
  return JSON.stringify({ line: 'entry', seq, at, kind, actor, action, subjectKind, subject, previous, hash, entry });
}

/** Last line: how much there was, and where the export ends. An export without it was cut off. */
export function endLine({ entries, rows }: ExportTotals, { seq, hash }: ChainPlace): string {
  return JSON.stringify({ line: 'end', entries, rows, seq, hash });
}

/** The `at` column of an entry: its own time, as the ledger prints it. */
export function columnTime(at: string): string {
  return at.replace(/Z$/, '000Z');
}
