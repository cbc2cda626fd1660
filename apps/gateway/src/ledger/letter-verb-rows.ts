import { sql } from 'kysely';
import type { Kysely, Selectable, Transaction } from 'kysely';
import type { Caller } from '../access/caller.ts';
import type { DeadLetterRepairsTable } from './letter-verb-tables.ts';
import type { DeadLettersTable, LedgerTables } from './tables.ts';

type Ledger = Kysely<LedgerTables>;

export type LetterRow = Selectable<DeadLettersTable>;
/** What goes out in a letter's place, when it was repaired. */
export type LetterRepair = Pick<Selectable<DeadLetterRepairsTable>, 'sealed' | 'key_version' | 'headers'>;

/** A letter whole, locked until the transaction ends. */
export function lockLetter(trx: Transaction<LedgerTables>, seq: number): Promise<LetterRow | undefined> {
  return trx.selectFrom('dead_letters').selectAll().where('seq', '=', seq).forUpdate().executeTakeFirst();
}

/** Says what a person did about an open letter; the letter as it is then, or undefined when it was not open. */
export function moveLetter(
  trx: Transaction<LedgerTables>, seq: number, to: 'replaying' | 'discarded', by: { caller: Pick<Caller, 'id' | 'name'>; reason: string; ticket: string | null },
): Promise<LetterRow | undefined> {
  return trx.updateTable('dead_letters')
    .set({
      status: to, acted_at: sql<Date>`clock_timestamp()`, acted_by: by.caller.id, acted_name: by.caller.name, acted_why: by.reason, ticket: by.ticket,
      sent_at: to === 'replaying' ? sql<Date>`clock_timestamp()` : null, send_attempts: to === 'replaying' ? 1 : 0, send_problem: null,
    })
    .where('seq', '=', seq).where('status', '=', 'open').returningAll().executeTakeFirst();
}

/** The broker has it: the letter is at its end. */
export async function settleLetter(db: Ledger, seq: number): Promise<void> {
  await sql`
    update dead_letters l set status = case when exists (select from dead_letter_repairs r where r.letter_seq = l.seq and r.withdrawn_at is null) then 'repaired' else 'replayed' end
    where seq = ${seq} and status = 'replaying'`.execute(db);
}

/**
 * Takes the letter that has waited longest of those that were to go out and of which nobody knows whether they did, for who sends it now; it is
 * in one hand at a time for as long as `patienceMs`. Index: dead_letters_replaying.
 */
export async function takeUnsent(db: Ledger, patienceMs: number): Promise<LetterRow | undefined> {
  const { rows } = await sql<LetterRow>`
    update dead_letters l set sent_at = clock_timestamp(), send_attempts = l.send_attempts + 1
    from (
      select seq from dead_letters where status = 'replaying' and sent_at < statement_timestamp() - ${patienceMs}::float8 * interval '1 millisecond'
      order by sent_at, seq limit 1 for update skip locked
    ) unsent
    where l.seq = unsent.seq returning l.*`.execute(db);
  return rows[0];
}

/** The repair that goes out in a letter's place. Index: dead_letter_repairs_current. */
export function findRepair(db: Ledger, seq: number): Promise<LetterRepair | undefined> {
  return db.selectFrom('dead_letter_repairs').select(['sealed', 'key_version', 'headers']).where('letter_seq', '=', seq).where('withdrawn_at', 'is', null).executeTakeFirst();
}

/**
 * Gives a letter that cannot be sent back to the person, by compare-and-set: only while it is on its way and nobody else has taken it since. Whether it was so.
 */
export async function returnLetter(trx: Transaction<LedgerTables>, { seq, send_attempts }: Pick<LetterRow, 'seq' | 'send_attempts'>, problem: string): Promise<boolean> {
  const { numUpdatedRows } = await trx.updateTable('dead_letters').set({ status: 'open', sent_at: null, send_problem: problem })
    .where('seq', '=', seq).where('status', '=', 'replaying').where('send_attempts', '=', send_attempts).executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** Its repair did not go out; the next one stands beside it. */
export async function withdrawRepair(trx: Transaction<LedgerTables>, seq: number): Promise<void> {
  await trx.updateTable('dead_letter_repairs').set({ withdrawn_at: sql<Date>`clock_timestamp()` }).where('letter_seq', '=', seq).where('withdrawn_at', 'is', null).execute();
}
