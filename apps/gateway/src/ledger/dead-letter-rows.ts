import type { Insertable, Kysely } from 'kysely';
import { sql } from 'kysely';
import type { LetterStatus, LetterVerbColumns } from './letter-verb-tables.ts';
import { names, rowSet } from './row-set.ts';
import type { Columns } from './row-set.ts';
import type { DeadLettersTable, LedgerTables } from './tables.ts';

export type NewDeadLetter = Omit<Insertable<DeadLettersTable>, 'received_at' | 'headers' | keyof LetterVerbColumns> & { headers: Readonly<Record<string, string>> };

const DEAD_LETTER: Columns<NewDeadLetter> = {
  queue: 'text', app: 'text', handler: 'text', reason: 'text', code: 'text', delivery_count: 'int', message_id: 'text', type: 'text',
  project_no: 'text', headers: 'jsonb', raw: 'bytea',
};

/** What tells one letter from another; `digest` is that of its bytes. */
export type LetterMarks = Pick<NewDeadLetter, 'queue' | 'code' | 'message_id' | 'headers'> & { readonly digest: string };

/** The marks of a recorded letter, and what became of it. */
export interface RecordedMarks extends LetterMarks {
  readonly status: LetterStatus;
}

/** Records dead letters. */
export async function insertDeadLetters(db: Kysely<LedgerTables>, letters: readonly NewDeadLetter[]): Promise<void> {
  if (letters.length === 0) return;
  await sql`insert into dead_letters (${names(DEAD_LETTER)}) select ${names(DEAD_LETTER)} from ${rowSet(DEAD_LETTER, letters, 'd')}`.execute(db);
}

/** The recorded letters of these messages. Index: dead_letters_message. */
export async function loadLetterMarks(db: Kysely<LedgerTables>, messageIds: readonly string[]): Promise<RecordedMarks[]> {
  if (messageIds.length === 0) return [];
  const { rows } = await sql<RecordedMarks>`
    select queue, code, message_id, headers, status, encode(sha256(raw), 'hex') as digest
    from dead_letters where message_id = any(${messageIds}::text[])`.execute(db);
  return rows;
}
