import { beginLine, endLine, entryLine, GENESIS, rowLine } from '#evidence';
import type { ChainPlace, SealedRange } from '#evidence';
import { readEntries } from '../ledger/evidence-rows.ts';
import type { OpsLedger } from '../ops-api/ops-ledger.ts';
import { pagesOf, rangeOf } from './sealed-ranges.ts';

const PAGE_ENTRIES = 200;

/**
 * Writes out the chain from one entry to another with the rows that it vouches for, a page at a time and only as fast as the reader takes
 * them: each piece is whole lines. What is exported never changes, so pages of different moments agree. The ledger is told as it is, also
 * where it was tampered with: to find that is the verifier's part.
 */
export async function* exportEvidence(ledger: OpsLedger, from: number, to: number): AsyncGenerator<string> {
  let place: ChainPlace = await placeBefore(ledger, from);
  const totals = { entries: 0, rows: 0 };
  yield `${beginLine(from, place.hash)}\n`;
  while (place.seq < to) {
    const next = place.seq + 1;
    const entries = await ledger.read((trx) => readEntries(trx, next, to, PAGE_ENTRIES));
    for (const entry of entries) {
      totals.entries += 1;
      yield `${entryLine(entry)}\n`;
      for await (const { text, rows } of exportRows(ledger, rangeOf(entry))) {
        totals.rows += rows;
        yield text;
      }
    }
    const last = entries.at(-1);
    if (last === undefined) break;
    place = { seq: last.seq, hash: last.hash };
  }
  yield `${endLine(totals, place)}\n`;
}

async function placeBefore(ledger: OpsLedger, from: number): Promise<ChainPlace> {
  const [before] = from === 1 ? [] : await ledger.read((trx) => readEntries(trx, from - 1, from - 1, 1));
  return { seq: from - 1, hash: before?.hash ?? GENESIS.toString('hex') };
}

async function* exportRows(ledger: OpsLedger, range: SealedRange | null): AsyncGenerator<{ text: string; rows: number }> {
  if (range === null) return;
  for await (const rows of pagesOf(ledger, range)) yield { text: rows.map((row) => `${rowLine(range.table, row)}\n`).join(''), rows: rows.length };
}
