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

/** Says what a person did about an open letter; whether it was open. */
export async function moveLetter(
  trx: Transaction<LedgerTables>, seq: number, to: 'replaying' | 'discarded', by: { caller: Pick<Caller, 'id' | 'name'>; reason: string; ticket: string | null },
): Promise<boolean> {
  const { numUpdatedRows } = await trx.updateTable('dead_letters')
    .set({
      status: to, acted_at: sql<Date>`clock_timestamp()`, acted_by: by.caller.id, acted_name: by.caller.name, acted_why: by.reason, ticket: by.ticket,
      sent_at: to === 'replaying' ? sql<Date>`clock_timestamp()` : null,
    })
    .where('seq', '=', seq).where('status', '=', 'open').executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** The broker has it: the letter is at its end. */
export async function settleLetter(db: Ledger, seq: number): Promise<void> {
  await sql`
    update dead_letters l set status = case when exists (select from dead_letter_repairs r where r.letter_seq = l.seq) then 'repaired' else 'replayed' end
    where seq = ${seq} and status = 'replaying'`.execute(db);
}

/**
 * Takes up to `limit` letters that were to go out and of which nobody knows whether they did, for who sends them now; a letter is in one
 * hand at a time for as long as `patienceMs`. Index: dead_letters_replaying.
 */
export async function takeUnsent(db: Ledger, patienceMs: number, limit: number): Promise<LetterRow[]> {
  const { rows } = await sql<LetterRow>`
    update dead_letters l set sent_at = clock_timestamp()
    from (
      select seq from dead_letters where status = 'replaying' and sent_at < statement_timestamp() - ${patienceMs}::float8 * interval '1 millisecond'
      order by sent_at, seq limit ${limit} for update skip locked
    ) unsent
    where l.seq = unsent.seq returning l.*`.execute(db);
  return rows;
}

export function findRepair(db: Ledger, seq: number): Promise<LetterRepair | undefined> {
  return db.selectFrom('dead_letter_repairs').select(['sealed', 'key_version', 'headers']).where('letter_seq', '=', seq).executeTakeFirst();
}
