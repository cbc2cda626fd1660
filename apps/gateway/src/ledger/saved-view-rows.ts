import { sql } from 'kysely';
import type { Insertable, Kysely, Selectable } from 'kysely';
import type { SavedViewsTable } from './desk-tables.ts';
import type { LedgerTables } from './tables.ts';

type Ledger = Kysely<LedgerTables>;

export type SavedViewRow = Selectable<SavedViewsTable>;
export type NewSavedView = Pick<Insertable<SavedViewsTable>, 'id' | 'person' | 'owner_name' | 'screen' | 'name' | 'query' | 'shared'>;

/** A person's own views and those that others share, of one screen or of all: the own first, by name. */
export function listSavedViews(db: Ledger, person: string, screen: string | undefined, rows: number): Promise<SavedViewRow[]> {
  return db.selectFrom('saved_views').selectAll()
    .where((eb) => eb.or([eb('person', '=', person), eb('shared', '=', true)]))
    .$if(screen !== undefined, (query) => query.where('screen', '=', screen ?? ''))
    .orderBy(sql`person <> ${person}, name, id`).limit(rows).execute();
}

/** Makes two who add views at once wait for each other, so that neither goes beyond the number that may be kept. */
export async function lockSavedViews(trx: Ledger): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtext('jiujin saved views'))`.execute(trx);
}

export async function countSavedViews(db: Ledger, person: string): Promise<{ readonly own: number; readonly shared: number }> {
  const { rows: [row] } = await sql<{ own: number; shared: number }>`
    select count(*) filter (where person = ${person}) as own, count(*) filter (where shared) as shared from saved_views where person = ${person} or shared`.execute(db);
  return row ?? { own: 0, shared: 0 };
}

export function lockSavedView(trx: Ledger, id: string): Promise<SavedViewRow | undefined> {
  return trx.selectFrom('saved_views').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
}

/** Whether another view of this person and screen has the name. */
export async function isNameTaken(db: Ledger, { person, screen, name }: Pick<SavedViewRow, 'person' | 'screen' | 'name'>, but: string | null): Promise<boolean> {
  const taken = await db.selectFrom('saved_views').select('id').where('person', '=', person).where('screen', '=', screen).where('name', '=', name).executeTakeFirst();
  return taken !== undefined && taken.id !== but;
}

export async function insertSavedView(db: Ledger, view: NewSavedView): Promise<SavedViewRow> {
  return db.insertInto('saved_views').values(view).returningAll().executeTakeFirstOrThrow();
}

export async function updateSavedView(db: Ledger, id: string, view: Pick<NewSavedView, 'name' | 'query' | 'shared'>): Promise<SavedViewRow> {
  return db.updateTable('saved_views').set({ ...view, version: sql<number>`version + 1`, updated_at: sql<Date>`clock_timestamp()` })
    .where('id', '=', id).returningAll().executeTakeFirstOrThrow();
}

export async function deleteSavedView(db: Ledger, id: string): Promise<void> {
  await db.deleteFrom('saved_views').where('id', '=', id).execute();
}
