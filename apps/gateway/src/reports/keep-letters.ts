import type { Destination } from '#contracts';
import { sql } from 'kysely';
import type { Kysely, Transaction } from 'kysely';
import { lockOrderKeys } from '../ledger/case-rows.ts';
import { insertDeadLetters } from '../ledger/dead-letter-rows.ts';
import type { NewDeadLetter } from '../ledger/dead-letter-rows.ts';
import { rowSet } from '../ledger/row-set.ts';
import type { Columns } from '../ledger/row-set.ts';
import type { LedgerTables } from '../ledger/tables.ts';
import type { BuriedOrder } from './buried-order.ts';

/** A letter as it is kept. */
export interface KeptLetter {
  readonly letter: NewDeadLetter;
  /** The attempt that ends with it. */
  readonly order: BuriedOrder | null;
  /** Whether it is an event that its adapter will send again as long as it cannot be read: kept the first time only. */
  readonly recurring: boolean;
  /** Whether it may have been recorded before. */
  readonly again: boolean;
}

/** A transfer that failed because its order was buried. */
export interface FailedTransfer {
  readonly id: string;
  readonly project_no: string;
  readonly destination: Destination;
}

const ORDER: Columns<BuriedOrder> = { id: 'text', attempt: 'int', error_code: 'text', error_detail: 'text' };

/**
 * Records letters and fails the transfers whose orders they are, both or neither; gives the transfers that failed now. Whoever records a
 * letter of the same message at the same time waits until this is committed, and then finds it: a lock and not a unique key, because some
 * letters of one message are repetitions and others are not.
 */
export function keepLetters(db: Kysely<LedgerTables>, kept: readonly KeptLetter[]): Promise<FailedTransfer[]> {
  return db.transaction().execute(async (trx) => {
    await lockOrderKeys(trx, kept.flatMap(({ letter }) => (letter.message_id ? [`letter ${letter.message_id}`] : [])));
    const fresh = await withoutKnown(trx, kept);
    for (const again of [false, true]) {
      await insertDeadLetters(trx, fresh.filter((one) => one.again === again).map(({ letter }) => letter), again);
    }
    const orders = kept.flatMap(({ order }) => order ?? []);
    return orders.length === 0 ? [] : failTransfers(trx, orders);
  });
}

/** One row for an event that cannot be read, however often it comes. */
async function withoutKnown(trx: Transaction<LedgerTables>, kept: readonly KeptLetter[]): Promise<KeptLetter[]> {
  const ids = kept.flatMap(({ letter, recurring }) => (recurring && letter.message_id ? [letter.message_id] : []));
  if (ids.length === 0) return [...kept];
  const rows = await trx.selectFrom('dead_letters').select(['queue', 'code', 'message_id']).where('message_id', '=', sql<string>`any(${ids}::text[])`).execute();
  const known = new Set(rows.map(nameOf));
  return kept.filter(({ letter, recurring }) => {
    if (!recurring || !letter.message_id) return true;
    const isNew = !known.has(nameOf(letter));
    known.add(nameOf(letter));
    return isNew;
  });
}

function nameOf({ queue, code, message_id: messageId }: Pick<NewDeadLetter, 'queue' | 'code' | 'message_id'>): string {
  return JSON.stringify([queue, code, messageId]);
}

/** Only the attempt that is out: one that was answered or tried again since has nothing to do with the letter. */
async function failTransfers(trx: Transaction<LedgerTables>, orders: readonly BuriedOrder[]): Promise<FailedTransfer[]> {
  const { rows } = await sql<FailedTransfer>`
    update transfers t
    set status = 'failed', error_word = 'technical', error_code = o.error_code, error_detail = o.error_detail, http_status = null,
        next_attempt_at = null, receipt_due_at = null, finished_at = clock_timestamp()
    from ${rowSet(ORDER, orders, 'o')}
    where t.id = o.id and t.attempts = o.attempt and t.status = 'in_flight'
    returning t.id, t.project_no, t.destination`.execute(trx);
  return rows;
}
