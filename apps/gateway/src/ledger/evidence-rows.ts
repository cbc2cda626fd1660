import type { StoredEntry } from '#evidence';
import { sql } from 'kysely';
import type { Insertable, Kysely, Transaction } from 'kysely';
import type { EvidenceTable } from './evidence-tables.ts';
import type { LedgerTables } from './tables.ts';

export type NewEvidence = Insertable<EvidenceTable>;

/** Where the chain ends, and the ledger's clock. */
export interface ChainEnd {
  /** Zero and `null` before the first entry. */
  readonly seq: number;
  readonly hash: Buffer | null;
  /** To the millisecond. */
  readonly now: Date;
}

/** Of all writers: one at a time, until the transaction ends. */
const CHAIN_LOCK = 7_301_640_114;

/** The end of the chain, held until the transaction ends. */
export async function lockChainEnd(trx: Transaction<LedgerTables>): Promise<ChainEnd> {
  await sql`select pg_advisory_xact_lock(${CHAIN_LOCK})`.execute(trx);
  return readChainEnd(trx);
}

/** The end of the chain at this moment. */
export async function readChainEnd(db: Kysely<LedgerTables>): Promise<ChainEnd> {
  const { rows } = await sql<ChainEnd>`
    select coalesce(e.seq, 0) as seq, e.hash, date_trunc('milliseconds', clock_timestamp()) as now
    from (values (1)) always left join lateral (select seq, hash from evidence order by seq desc limit 1) e on true`.execute(db);
  const [end] = rows;
  if (end === undefined) throw new Error('the end of the chain was not told');
  return end;
}

export async function insertEvidence(db: Kysely<LedgerTables>, entry: NewEvidence): Promise<void> {
  await db.insertInto('evidence').values(entry).execute();
}

/** Entries from `from` to `to` as they lie there, at most `limit`, in the order of the chain. */
export async function readEntries(db: Kysely<LedgerTables>, from: number, to: number, limit: number): Promise<StoredEntry[]> {
  const { rows } = await sql<StoredEntry>`select ${STORED} from evidence where seq between ${from} and ${to} order by seq limit ${limit}`.execute(db);
  return rows;
}

/** The entries with these numbers as they lie there, in the order of the chain. */
export async function readEntriesAt(db: Kysely<LedgerTables>, numbers: readonly number[]): Promise<StoredEntry[]> {
  const { rows } = await sql<StoredEntry>`select ${STORED} from evidence where seq = any(${numbers}::bigint[]) order by seq`.execute(db);
  return rows;
}

const STORED = sql`
  seq, to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at, kind, actor, action, subject_kind as "subjectKind", subject,
  encode(previous, 'hex') as previous, encode(hash, 'hex') as hash, entry`;
