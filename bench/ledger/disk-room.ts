import { statfsSync } from 'node:fs';
import pg from 'pg';

/** What the write-ahead log, sorting and everything else on the disk may take beside the ledger. */
const MARGIN_BYTES = 6e9;
/** Building indexes and rewriting takes room for a while that is given back. */
const FACTOR = 1.1;

/** How many bytes are free where the database keeps its data; `null` when that is another machine's disk or cannot be seen. */
export async function freeBytes(database: string): Promise<number | null> {
  const db = new pg.Client({ connectionString: database });
  await db.connect();
  try {
    const { rows: [row] } = await db.query<{ folder: string }>(`select current_setting('data_directory') as folder`);
    const { bavail, bsize } = statfsSync(row?.folder ?? '/');
    return bavail * bsize;
  } catch {
    return null;
  } finally {
    await db.end();
  }
}

/** The most transfers the ledger can have in so much free room, when each takes so many bytes. */
export function largestThatFits(free: number, present: number, bytesEach: number): number {
  return present + Math.max(0, Math.floor((free - MARGIN_BYTES) / (bytesEach * FACTOR)));
}

/** The same, rounded down to what one would ask for: 8M, not 8,234,567. */
export function roundSize(most: number): number {
  const step = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, most))));
  return Math.floor(most / step) * step;
}
