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
  const { rows } = await sql<ChainEnd>`
    select coalesce(e.seq, 0) as seq, e.hash, date_trunc('milliseconds', clock_timestamp()) as now
    from (values (1)) always left join lateral (select seq, hash from evidence order by seq desc limit 1) e on true`.execute(trx);
  const [end] = rows;
  if (end === undefined) throw new Error('the end of the chain was not told');
  return end;
}

export async function insertEvidence(db: Kysely<LedgerTables>, entry: NewEvidence): Promise<void> {
  await db.insertInto('evidence').values(entry).execute();
}
