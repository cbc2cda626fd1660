import type { Destination } from '#contracts';
import { sql } from 'kysely';
import type { Kysely, Transaction } from 'kysely';
import { countFailures, failureGroupOf } from '../failures/count-failures.ts';
import type { TimedFailure } from '../failures/count-failures.ts';
import { lockOrderKeys } from '../ledger/case-rows.ts';
import { insertDeadLetters, loadLetterMarks } from '../ledger/dead-letter-rows.ts';
import type { NewDeadLetter } from '../ledger/dead-letter-rows.ts';
import { setGroups } from '../ledger/failure-rows.ts';
import type { LetterStatus } from '../ledger/letter-verb-tables.ts';
import { rowSet } from '../ledger/row-set.ts';
import type { Columns } from '../ledger/row-set.ts';
import type { LedgerTables } from '../ledger/tables.ts';
import type { BuriedOrder } from './buried-order.ts';
import { copyName, marksOf, sortName } from './letter-names.ts';

/** A letter as it is kept. */
export interface KeptLetter {
  readonly letter: NewDeadLetter;
  /** The attempt that ends with it. */
  readonly order: BuriedOrder | null;
  /** Whether it is an event that its adapter will send again as long as it cannot be read: kept the first time only. */
  readonly recurring: boolean;
  /** Whether it may have been recorded before: it was handed out before, or is part of a bundle, which dies again each time the bundle comes. */
  readonly again: boolean;
}

/** What was new in letters that were kept. */
export interface Kept<Letter extends KeptLetter> {
  /** Those not recorded before. */
  readonly fresh: ReadonlySet<Letter>;
  readonly failed: readonly FailedTransfer[];
}

/** A transfer that failed because its order was buried. */
export interface FailedTransfer {
  readonly id: string;
  readonly project_no: string;
  readonly destination: Destination;
}

const SENT_BACK: ReadonlySet<LetterStatus> = new Set(['replaying', 'replayed', 'repaired']);
const ORDER: Columns<BuriedOrder> = { id: 'text', attempt: 'int', error_code: 'text', error_detail: 'text' };

/**
 * Records letters and fails the transfers whose orders they are, both or neither; gives what is new. Whoever records a
 * letter of the same message at the same time waits until this is committed, and then finds it: a lock and not a unique key, because some
 * letters of one message are repetitions and others are not.
 */
export function keepLetters<Letter extends KeptLetter>(db: Kysely<LedgerTables>, kept: readonly Letter[]): Promise<Kept<Letter>> {
  return db.transaction().execute(async (trx) => {
    await lockOrderKeys(trx, kept.flatMap(({ letter }) => (letter.message_id ? [`letter ${letter.message_id}`] : [])));
    const fresh = await withoutKnown(trx, kept);
    await insertDeadLetters(trx, fresh.map(({ letter }) => letter));
    const orders = kept.flatMap(({ order }) => order ?? []);
    return { fresh: new Set(fresh), failed: orders.length === 0 ? [] : await failTransfers(trx, orders) };
  });
}

/** One row for an event that cannot be read, however often it comes; and one for a letter of which copies come. */
async function withoutKnown<Letter extends KeptLetter>(trx: Transaction<LedgerTables>, kept: readonly Letter[]): Promise<readonly Letter[]> {
  const ids = kept.flatMap(({ letter, recurring, again }) => ((recurring || again) && letter.message_id ? [letter.message_id] : []));
  if (ids.length === 0) return kept;
  // One that a person sent back and that cannot be read still must be seen again.
  const known = new Set((await loadLetterMarks(trx, ids)).flatMap((marks) => [copyName(marks), ...(SENT_BACK.has(marks.status) ? [] : [sortName(marks)])]));
  return kept.filter(({ letter, recurring, again }) => {
    if (!letter.message_id) return true;
    const marks = marksOf(letter);
    const [sort, copy] = [sortName(marks), copyName(marks)];
    const isKnown = recurring ? known.has(sort) : again && known.has(copy);
    known.add(sort).add(copy);
    return !isKnown;
  });
}

/**
 * Only the attempt that is out: one that was answered or tried again since has nothing to do with the letter. Locked in the order of the ids, as
 * everybody locks who locks several.
 */
async function failTransfers(trx: Transaction<LedgerTables>, orders: readonly BuriedOrder[]): Promise<FailedTransfer[]> {
  const { rows } = await sql<BuriedTransfer>`
    with buried as materialized (
      select t.id, o.attempt, o.error_code, o.error_detail from transfers t join ${rowSet(ORDER, orders, 'o')} on o.id = t.id
      where t.attempts = o.attempt and t.status = 'in_flight' order by t.id for no key update of t
    )
    update transfers t
    set status = 'failed', error_word = 'technical', error_code = o.error_code, error_detail = o.error_detail, http_status = null,
        next_attempt_at = null, receipt_due_at = null, finished_at = clock_timestamp()
    from buried o
    where t.id = o.id and t.attempts = o.attempt and t.status = 'in_flight'
    returning t.id, t.project_no, t.destination, t.kind, t.error_code, t.error_detail, statement_timestamp() as at`.execute(trx);
  if (rows.length > 0) await groupFailures(trx, rows);
  return rows;
}

/** A failed transfer with what its group goes by. */
interface BuriedTransfer extends FailedTransfer, Pick<BuriedOrder, 'error_code' | 'error_detail'> {
  readonly kind: string;
  readonly at: Date;
}

async function groupFailures(trx: Transaction<LedgerTables>, rows: readonly BuriedTransfer[]): Promise<void> {
  const failures = rows.map((row): TimedFailure => ({
    projectNo: row.project_no, destination: row.destination, kind: row.kind, errorWord: 'technical', errorCode: row.error_code, httpStatus: null,
    errorDetail: row.error_detail, at: row.at,
  }));
  const groups = failures.map(failureGroupOf);
  await setGroups(trx, rows.flatMap(({ id, at }, index) => (groups[index] ? [{ id, failure_group: groups[index], failed_at: at }] : [])));
  await countFailures(trx, failures);
}
