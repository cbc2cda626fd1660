import type { BatchResult, IncomingMessage, Settlement } from '#bus';
import { isLedgerAway, isLedgerClash, isLedgerSlow, reasonOf } from './ledger-error.ts';

const CLASH_TRIES = 3;
/** A message that has failed alone so often before is given up with our own words: the same input would only fail once more. */
const GIVE_UP_AFTER_FAILURES = 3;

type Work<T> = (items: readonly T[]) => Promise<void>;

/**
 * Messages that were worked on before and are still in hand. When the connection breaks at the commit, nobody can say whether it
 * happened: then they come again as if for the first time, and the work must look for what it may have done already.
 */
const TRIED = new WeakSet<IncomingMessage>();

/** A message with what was read from it, or the settlement it gets because it cannot be read. */
export type Read<T> = { readonly item: T } | { readonly settlement: Settlement };

/**
 * Works on a batch in one transaction; when that fails, on each message in one of its own, in the same order. So one bad message is
 * settled alone and never fails its batch. While PostgreSQL is away, too slow or locked, the whole batch waits, no failure is counted and
 * nothing becomes a dead letter: the trouble says nothing about a message.
 */
export async function settleBatch<T>(
  batch: readonly IncomingMessage[], read: (message: IncomingMessage, tried: boolean) => Read<T>, work: Work<T>,
): Promise<BatchResult> {
  const reads = batch.map((message) => read(message, TRIED.has(message)));
  const readable = reads.flatMap((one) => ('item' in one ? [one.item] : []));
  try {
    if (readable.length > 0) await withoutClash(() => work(readable));
    return reads.map((one) => ('item' in one ? 'done' : one.settlement));
  } catch (error) {
    for (const message of batch) TRIED.add(message);
    // A batch too large for a slow server may get through in pieces.
    if (isLedgerAway(error) && !(isLedgerSlow(error) && readable.length > 1)) return notNow(error);
    return settleSingly(batch, batch.map((message) => read(message, true)), work);
  }
}

async function settleSingly<T>(batch: readonly IncomingMessage[], reads: readonly Read<T>[], work: Work<T>): Promise<BatchResult> {
  const settlements: Settlement[] = [];
  for (const [index, one] of reads.entries()) {
    if (!('item' in one)) {
      settlements.push(one.settlement);
      continue;
    }
    try {
      await withoutClash(() => work([one.item]));
      settlements.push('done');
    } catch (error) {
      // What was done singly before is found done when the batch comes again.
      if (isLedgerAway(error) || isLedgerClash(error)) return notNow(error);
      settlements.push(failed(error, batch[index]?.failures ?? 0));
    }
  }
  return settlements;
}

function notNow(error: unknown): BatchResult {
  return { kind: 'not-now', reason: reasonOf(error) };
}

function failed(error: unknown, failures: number): Settlement {
  const reason = reasonOf(error);
  return failures >= GIVE_UP_AFTER_FAILURES ? { kind: 'dead', reason, code: 'apply-failed' } : { kind: 'again', reason };
}

async function withoutClash<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (attempt >= CLASH_TRIES || !isLedgerClash(error)) throw error;
    }
  }
}
