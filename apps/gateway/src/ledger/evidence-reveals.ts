import { sql } from 'kysely';
import type { Kysely, Selectable } from 'kysely';
import type { RevealsTable } from './evidence-tables.ts';
import type { LedgerTables } from './tables.ts';

type Ledger = Kysely<LedgerTables>;

/** A message whose body can be looked at: a transfer by its id, an event by its number. */
export interface MessageSubject {
  readonly kind: 'transfer' | 'event';
  readonly id: string;
}

export interface SealedBody {
  readonly project_no: string | null;
  /** Null where there never was a body: a transfer whose translation failed. */
  readonly sealed: Buffer | null;
  readonly key_version: number | null;
}

export type RevealRow = Selectable<RevealsTable>;

/** The body of a message as it lies there, or `undefined` when there is no such message. */
export function findBody(db: Ledger, { kind, id }: MessageSubject): Promise<SealedBody | undefined> {
  return kind === 'transfer'
    ? db.selectFrom('transfers').select(['project_no', 'sealed', 'key_version']).where('id', '=', id).executeTakeFirst()
    : db.selectFrom('events').select(['project_no', 'sealed', 'key_version']).where('seq', '=', Number(id)).executeTakeFirst();
}

/** Gives leave for so many milliseconds from now, by the ledger's clock, and says until when. Leaves long over are removed: the chain keeps what was done. */
export async function insertReveal(db: Ledger, reveal: Pick<RevealRow, 'id' | 'person' | 'subject_kind' | 'subject' | 'fields'>, forMs: number): Promise<Date> {
  await db.deleteFrom('reveals').where('expires_at', '<', sql<Date>`now() - interval '1 day'`).execute();
  const { expires_at } = await db.insertInto('reveals')
    .values({ ...reveal, expires_at: sql<Date>`now() + ${forMs}::float8 * interval '1 millisecond'` })
    .returning('expires_at').executeTakeFirstOrThrow();
  return expires_at;
}

export async function findReveal(db: Ledger, id: string): Promise<(RevealRow & { readonly over: boolean }) | undefined> {
  return db.selectFrom('reveals').selectAll().select(sql<boolean>`expires_at <= statement_timestamp()`.as('over')).where('id', '=', id).executeTakeFirst();
}
