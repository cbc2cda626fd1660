import { EXPORT_FORMAT } from './export-lines.ts';
import type { ExportTotals, StoredEntry } from './export-lines.ts';
import type { ChainPlace } from './chain.ts';

/** A line of an export, by what it is. */
export type ReadLine =
  | { readonly kind: 'begin'; readonly from: number; readonly previous: string }
  | { readonly kind: 'entry'; readonly entry: StoredEntry }
  | { readonly kind: 'row'; readonly table: string; readonly seq: number }
  | { readonly kind: 'end'; readonly totals: ExportTotals; readonly place: ChainPlace };

/** The names of a line's values, in their order, and of which kind each is. */
export type Shape = Readonly<Record<string, 'text' | 'number'>>;

const BEGIN: Shape = { line: 'text', format: 'text', from: 'number', previous: 'text' };
const END: Shape = { line: 'text', entries: 'number', rows: 'number', seq: 'number', hash: 'text' };
const ENTRY: Shape = {
  line: 'text', seq: 'number', at: 'text', kind: 'text', actor: 'text', action: 'text', subjectKind: 'text', subject: 'text', previous: 'text', hash: 'text', entry: 'text',
};

/**
 * Reads one line. `null` for everything that the writer of exports does not write, down to the last blank: what says the same in other
 * bytes is not the same evidence.
 */
export function readLine(line: string): ReadLine | null {
  const value = parsed(line);
  if (value === null || JSON.stringify(value) !== line) return null;
  switch (value['line']) {
    case 'begin':
      return has(value, BEGIN) && value['format'] === EXPORT_FORMAT ? { kind: 'begin', from: Number(value['from']), previous: String(value['previous']) } : null;
    case 'entry':
      return has(value, ENTRY) ? { kind: 'entry', entry: value as unknown as StoredEntry } : null;
    case 'end':
      return has(value, END) ? endOf(value) : null;
    default:
      return rowOf(value);
  }
}

function endOf({ entries, rows, seq, hash }: Record<string, unknown>): ReadLine {
  return { kind: 'end', totals: { entries: Number(entries), rows: Number(rows) }, place: { seq: Number(seq), hash: String(hash) } };
}

/** What a row says is told by the digest of its range; here only where it belongs. */
function rowOf({ row, seq }: Record<string, unknown>): ReadLine | null {
  return typeof row === 'string' && Number.isSafeInteger(seq) ? { kind: 'row', table: row, seq: Number(seq) } : null;
}

/** The object that a line holds, or `null`. */
export function parsed(line: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value as Record<string, unknown> : null;
  } catch {
    return null;
  }
}

/** Exactly these keys, in this order. */
export function has(value: Record<string, unknown>, shape: Shape): boolean {
  const keys = Object.keys(shape);
  if (Object.keys(value).join() !== keys.join()) return false;
  return keys.every((key) => (shape[key] === 'text' ? typeof value[key] === 'string' : Number.isSafeInteger(value[key])));
}
