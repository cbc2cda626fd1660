import { readRange } from '#evidence';
import type { EvidenceEntry, MessageRow, MessageTable } from '#evidence';
import { sql } from 'kysely';
import type { Kysely, RawBuilder } from 'kysely';
import { isReal } from './canary-rows.ts';
import type { LedgerTables } from './tables.ts';

type Ledger = Kysely<LedgerTables>;

/** In the order in which they are sealed. */
export const SEALED_TABLES = ['events', 'attempts', 'later-reports', 'revisions'] as const satisfies readonly MessageTable[];

/** The tables' names in the ledger. */
const LEDGER_NAMES: Readonly<Record<MessageTable, string>> = { events: 'events', attempts: 'attempts', 'later-reports': 'attempt_first_reports', revisions: 'transfer_revisions' };
const WRITTEN = sql`array['events', 'attempts', 'attempt_first_reports', 'transfer_revisions']::regclass[]`;

/** Up to which number rows have been begun, and who could still be writing one of them. */
export interface Watermark {
  /** By the ledger's clock: every row recorded before lies below it. */
  readonly at: Date;
  readonly last: Readonly<Record<MessageTable, number>>;
  /** Transactions that were open then and had written to one of the tables. */
  readonly writers: readonly string[];
}

/**
 * Takes a watermark. A number is drawn before its row is committed, so rows can appear below the highest number for as long as a
 * transaction that drew one is open. Whoever draws one holds the table's write lock from before the draw to the end of its transaction:
 * so the numbers are read first and the holders of that lock after them, and none who drew a number that was read can be missed.
 * (Transaction ids would not do: the first number of a transaction is drawn before it has an id.)
 */
export async function takeWatermark(db: Ledger): Promise<Watermark> {
  const { rows: [row] } = await sql<{ at: Date } & Watermark['last']>`
    select clock_timestamp() as at, ${sql.join(SEALED_TABLES.map((table) => sql`${lastNumber(table)} as ${sql.ref(table)}`))}`.execute(db);
  if (row === undefined) throw new Error('the ledger did not tell its numbers');
  const { rows: writers } = await sql<{ id: string }>`select distinct virtualtransaction as id from ${WRITE_LOCKS}`.execute(db);
  const { at, ...last } = row;
  return { at, last, writers: writers.map(({ id }) => id) };
}

/** Whether every row at or below the watermark is committed or never will be. What is read after this sees them all. */
export async function isSettled(db: Ledger, { writers }: Watermark): Promise<boolean> {
  if (writers.length === 0) return true;
  const { rows } = await sql`select from ${WRITE_LOCKS} where virtualtransaction = any(${writers}::text[]) limit 1`.execute(db);
  return rows.length === 0;
}

const WRITE_LOCKS = sql`(
  select virtualtransaction from pg_locks
  where locktype = 'relation' and database = (select oid from pg_database where datname = current_database()) and relation = any(${WRITTEN})
    and mode = 'RowExclusiveLock' and granted
) as write_locks`;

function lastNumber(table: MessageTable): RawBuilder<number> {
  return sql<number>`coalesce(pg_sequence_last_value(pg_get_serial_sequence(${LEDGER_NAMES[table]}, 'seq')::regclass), 0)`;
}

/** Whether this transaction is the only one that seals now, until it ends. */
export async function takeSealing(trx: Ledger): Promise<boolean> {
  const { rows } = await sql<{ taken: boolean }>`select pg_try_advisory_xact_lock(hashtext('jiujin sealing'), 0) as taken`.execute(trx);
  return rows[0]?.taken === true;
}

/** The last number of a table that the chain covers; zero when none is. Index: evidence_ranges. */
export async function lastSealed(db: Ledger, table: MessageTable): Promise<number> {
  const row = await db.selectFrom('evidence').select('entry').where('kind', '=', 'messages').where('subject_kind', '=', table)
    .orderBy('seq', 'desc').limit(1).executeTakeFirst();
  if (row === undefined) return 0;
  const range = readRange((JSON.parse(row.entry) as EvidenceEntry).facts);
  if (range === null) throw new Error(`the last entry of ${table} in the chain of evidence names no range`);
  return range.to;
}

/** Rows of real cases with numbers from `from` to `to`, as they are vouched for, in ascending order and at most `limit`. */
export async function readMessageRows(db: Ledger, table: MessageTable, from: number, to: number, limit: number): Promise<MessageRow[]> {
  const { rows } = await sql<MessageRow>`${SELECTS[table]} and s.seq between ${from} and ${to} order by s.seq limit ${limit}`.execute(db);
  return rows;
}

const attemptColumns = (one: (column: string) => RawBuilder<unknown>): RawBuilder<unknown> => sql`
  ${one('outcome')} as outcome, ${one('http_status')} as "httpStatus", ${one('error_code')} as "errorCode", ${one('response_digest')} as "responseDigest",
  ${utc(one('started_at'))} as "startedAt", ${utc(one('finished_at'))} as "finishedAt"`;

/** Canaries (拨测) are removed after a day, so nothing is vouched for of them. */
const SELECTS: Readonly<Record<MessageTable, RawBuilder<MessageRow>>> = {
  events: sql`
    select s.seq, s.source, s.event_id as "eventId", s.type, s.party, s.project_no as "projectNo", s.data_version as "dataVersion", s.digest,
      ${utc(sql`s.occurred_at`)} as "occurredAt", ${utc(sql`s.door_at`)} as "doorAt", ${utc(sql`s.recorded_at`)} as "recordedAt"
    from events s where ${isReal('s.project_no')}`,
  attempts: sql`
    select s.seq, s.transfer_id as "transferId", s.attempt,
      ${attemptColumns((column) => sql`case when f.seq is null then ${sql.ref(`s.${column}`)} else ${sql.ref(`f.${column}`)} end`)}
    from attempts s join transfers t on t.id = s.transfer_id left join attempt_first_reports f on f.attempt_seq = s.seq where ${isReal('t.project_no')}`,
  'later-reports': sql`
    select s.seq, s.attempt_seq as "attemptSeq", a.transfer_id as "transferId", a.attempt, ${attemptColumns((column) => sql.ref(`a.${column}`))}
    from attempt_first_reports s join attempts a on a.seq = s.attempt_seq join transfers t on t.id = a.transfer_id where ${isReal('t.project_no')}`,
  revisions: sql`
    select s.seq, s.transfer_id as "transferId", s.revision, s.cause, s.author, s.approver, s.changed_paths::text as "changedPaths", s.attempts_before as "attemptsBefore",
      s.digest_before as "digestBefore", s.digest_after as "digestAfter", ${utc(sql`s.made_at`)} as "madeAt"
    from transfer_revisions s join transfers t on t.id = s.transfer_id where ${isReal('t.project_no')}`,
};

function utc(instant: RawBuilder<unknown>): RawBuilder<string> {
  return sql<string>`to_char(${instant} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;
}

/** Says until when everything recorded is vouched for. Another gateway may have come further. */
export async function noteCaughtUp(db: Ledger, at: Date): Promise<void> {
  await db.updateTable('sealing').set({ caught_up_at: at }).where('caught_up_at', '<', at).execute();
}

export async function loadCaughtUp(db: Ledger): Promise<Date> {
  const { caught_up_at } = await db.selectFrom('sealing').select('caught_up_at').executeTakeFirstOrThrow();
  return caught_up_at;
}
