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

/**
 * Records dead letters. With `again` their messages may have been recorded before: such a letter is known by its id, its bytes and its
 * headers, but for the broker's count of how often it was handed out. Index: dead_letters_message.
 */
export async function insertDeadLetters(db: Kysely<LedgerTables>, letters: readonly NewDeadLetter[], again = false): Promise<void> {
  if (letters.length === 0) return;
  const unlessThere = again ? sql`
    where not exists (
      select from dead_letters known
      where known.received_at > now() - interval '1 day' and known.message_id = d.message_id and known.raw = d.raw
        and known.headers - 'x-delivery-count' = d.headers - 'x-delivery-count'
    )` : sql``;
  await sql`
    insert into dead_letters (${names(DEAD_LETTER)})
    select ${names(DEAD_LETTER)} from ${rowSet(DEAD_LETTER, letters, 'd')} ${unlessThere}`.execute(db);
}
