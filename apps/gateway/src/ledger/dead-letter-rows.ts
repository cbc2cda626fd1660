import type { Insertable, Kysely } from 'kysely';
import { sql } from 'kysely';
import { names, rowSet } from './row-set.ts';
import type { Columns } from './row-set.ts';
import type { DeadLettersTable, LedgerTables } from './tables.ts';

export type NewDeadLetter = Omit<Insertable<DeadLettersTable>, 'received_at' | 'headers'> & { headers: Readonly<Record<string, string>> };

const DEAD_LETTER: Columns<NewDeadLetter> = {
  queue: 'text', app: 'text', handler: 'text', reason: 'text', code: 'text', delivery_count: 'int', message_id: 'text', type: 'text',
  project_no: 'text', headers: 'jsonb', raw: 'bytea',
};

/** Records dead letters. A redelivered one is recorded twice: better seen twice than lost. */
export async function insertDeadLetters(db: Kysely<LedgerTables>, letters: readonly NewDeadLetter[]): Promise<void> {
  await sql`
    insert into dead_letters (${names(DEAD_LETTER)})
    select ${names(DEAD_LETTER)} from ${rowSet(DEAD_LETTER, letters, 'd')}`.execute(db);
}
