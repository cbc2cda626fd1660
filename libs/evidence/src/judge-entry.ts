import { linkHash } from './chain.ts';
import type { EvidenceEntry } from './chain.ts';
import { columnTime, ENTRY_COLUMNS } from './export-lines.ts';
import type { StoredEntry } from './export-lines.ts';

const HASH = /^[0-9a-f]{64}$/;

/** What an entry says, and what is wrong with it by itself: whether its text has its hash, and whether the columns beside it agree. */
export function judgeEntry(entry: StoredEntry): { readonly said: EvidenceEntry | null; readonly codes: readonly ('hash' | 'columns')[] } {
  const said = readEntry(entry.entry);
  // Whatever is no hexadecimal digit would end the hash before unnoticed.
  const hashed = HASH.test(entry.previous) && linkHash(Buffer.from(entry.previous, 'hex'), entry.entry).toString('hex') === entry.hash;
  return { said, codes: [...(hashed ? [] : ['hash' as const]), ...(said !== null && agree(entry, said) ? [] : ['columns' as const])] };
}

function readEntry(text: string): EvidenceEntry | null {
  try {
    const entry: unknown = JSON.parse(text);
    return typeof entry === 'object' && entry !== null ? entry as EvidenceEntry : null;
  } catch {
    return null;
  }
}

function agree(stored: StoredEntry, said: EvidenceEntry): boolean {
  return stored.seq === said.seq && typeof said.at === 'string' && stored.at === columnTime(said.at) && ENTRY_COLUMNS.every((column) => stored[column] === said[column]);
}
