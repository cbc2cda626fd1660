import { readRange } from '#evidence';
import type { EvidenceEntry, MessageRow, SealedRange, StoredEntry } from '#evidence';
import { readMessageRows } from '../ledger/evidence-messages.ts';
import type { OpsLedger } from '../ops-api/ops-ledger.ts';

const PAGE_ROWS = 1_000;

/** The range of messages that an entry seals; null for any other entry, and for one that cannot be read: to find that is the verifier's part. */
export function rangeOf({ kind, entry }: StoredEntry): SealedRange | null {
  if (kind !== 'messages') return null;
  try {
    return readRange((JSON.parse(entry) as EvidenceEntry).facts);
  } catch {
    return null;
  }
}

/** The rows of a range, a page at a time; what is sealed never changes, so pages of different moments agree. */
export async function* pagesOf(ledger: OpsLedger, { table, from, to }: SealedRange): AsyncGenerator<MessageRow[]> {
  for (let next = from; next <= to;) {
    const start = next;
    const rows = await ledger.read((trx) => readMessageRows(trx, table, start, to, PAGE_ROWS));
    if (rows.length > 0) yield rows;
    next = rows.length < PAGE_ROWS ? Infinity : (rows.at(-1)?.seq ?? Infinity) + 1;
  }
}
