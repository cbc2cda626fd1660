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

/** What fields are revealed of: a message, or an edit, which is named `<transfer>/<edit>`. */
export interface RevealSubject {
  readonly kind: 'transfer' | 'event' | 'edit';
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

/** The body that a transfer has or had as this revision: what revision `n` took the place of was revision `n - 1`. */
export async function findRevisionBody(db: Ledger, transferId: string, revision: number): Promise<SealedBody | undefined> {
  const { rows: [row] } = await sql<SealedBody>`
    select project_no, sealed, key_version from transfers where id = ${transferId} and revision = ${revision}
    union all
    select t.project_no, r.sealed, r.key_version from transfer_revisions r join transfers t on t.id = r.transfer_id
    where r.transfer_id = ${transferId} and r.revision = ${revision}::int + 1`.execute(db);
  return row;
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
