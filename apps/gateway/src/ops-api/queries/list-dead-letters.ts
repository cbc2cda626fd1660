import type { Selectable } from 'kysely';
import { sql } from 'kysely';
import type { LetterStatus } from '../../ledger/letter-verb-tables.ts';
import type { DeadLettersTable } from '../../ledger/tables.ts';
import type { Reading } from '../ops-ledger.ts';
import { given } from './sql-forms.ts';

const COLUMNS = [
  'seq', 'queue', 'app', 'handler', 'reason', 'code', 'delivery_count', 'message_id', 'type', 'project_no', 'received_at', 'status', 'acted_at', 'acted_name', 'acted_why', 'ticket', 'send_attempts', 'send_problem',
] as const satisfies readonly (keyof DeadLettersTable)[];

/** What a list of dead letters is narrowed to; every part is optional. */
export interface DeadLetterFilter {
  readonly app?: string;
  readonly status?: LetterStatus;
  readonly queue?: string;
  readonly code?: string;
  readonly projectNo?: string;
  readonly from?: Date;
  readonly until?: Date;
}

export type DeadLetterRow = Pick<Selectable<DeadLettersTable>, (typeof COLUMNS)[number]> & { readonly body_bytes: number };

/** Dead letters, last received first, below a row number: what and why, never the raw bytes or headers. Index: the primary key. */
export function listDeadLetters(trx: Reading, filter: DeadLetterFilter, below: number | null, rows: number): Promise<DeadLetterRow[]> {
  return trx.selectFrom('dead_letters')
    .select([...COLUMNS, sql<number>`octet_length(raw)`.as('body_bytes')])
    .where((eb) => eb.and([
      ...given(filter.status, (status) => eb('status', '=', status)),
      ...given(filter.app, (app) => eb('app', '=', app)),
      ...given(filter.queue, (queue) => eb('queue', '=', queue)),
      ...given(filter.code, (code) => eb('code', '=', code)),
      ...given(filter.projectNo, (projectNo) => eb('project_no', '=', projectNo)),
      ...given(filter.from, (from) => eb('received_at', '>=', from)),
      ...given(filter.until, (until) => eb('received_at', '<', until)),
      ...given(below, (seq) => eb('seq', '<', seq)),
    ]))
    .orderBy('seq', 'desc')
    .limit(rows)
    .execute();
}

/** One letter, what and why; undefined when there is none. */
export function findDeadLetter(trx: Reading, seq: number): Promise<DeadLetterRow | undefined> {
  return trx.selectFrom('dead_letters').select([...COLUMNS, sql<number>`octet_length(raw)`.as('body_bytes')]).where('seq', '=', seq).executeTakeFirst();
}

/** Other letters of the same message: what it was before, and what it became when it died again. Index: dead_letters_message. */
export function lettersOfMessage(trx: Reading, { seq, message_id }: Pick<DeadLetterRow, 'seq' | 'message_id'>): Promise<Pick<DeadLetterRow, 'seq' | 'status' | 'received_at'>[]> {
  return trx.selectFrom('dead_letters').select(['seq', 'status', 'received_at'])
    .where('message_id', '=', message_id).where('message_id', 'is not', null).where('seq', '!=', seq).orderBy('seq', 'desc').limit(50).execute();
}
