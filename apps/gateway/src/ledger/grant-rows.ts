import { sql } from 'kysely';
import type { Insertable, Kysely, Selectable } from 'kysely';
import { names, rowSet } from './row-set.ts';
import type { Columns } from './row-set.ts';
import type { GrantItemsTable, GrantsTable, LedgerTables } from './tables.ts';

type Ledger = Kysely<LedgerTables>;

export type NewGrant = Required<Omit<Insertable<GrantsTable>, 'updated_at'>>;
export type GrantRow = Omit<Selectable<GrantsTable>, 'sealed' | 'key_version' | 'recorded_at' | 'updated_at'> & { readonly item_codes: string[] };

/** When a permission ended before its time, and why. */
export interface Revocation {
  readonly grant_id: string;
  readonly revoked_at: Date | string;
  readonly revoke_reason: string;
  readonly updated_at: Date;
}

const GRANT: Columns<NewGrant> = {
  grant_id: 'text', user_id: 'text', hall_code: 'text', org_name: 'text', window_no: 'text', valid_from: 'timestamptz', valid_to: 'timestamptz',
  revoked_at: 'timestamptz', revoke_reason: 'text', roster_version: 'int', recorded_at: 'timestamptz', sealed: 'bytea', key_version: 'int',
};
const GRANT_ITEM: Columns<GrantItemsTable> = { grant_id: 'text', item_code: 'text' };
const REVOCATION: Columns<Revocation> = { grant_id: 'text', revoked_at: 'timestamptz', revoke_reason: 'text', updated_at: 'timestamptz' };

/** The grants of these users, and those of these ids, with their items. */
export async function loadGrants(db: Ledger, userIds: readonly string[], grantIds: readonly string[]): Promise<GrantRow[]> {
  const { rows } = await sql<GrantRow>`
    select g.grant_id, g.user_id, g.hall_code, g.org_name, g.window_no, g.valid_from, g.valid_to, g.revoked_at, g.revoke_reason, g.roster_version,
           array(select i.item_code from grant_items i where i.grant_id = g.grant_id) as item_codes
    from grants g
    where g.user_id = any(${userIds}::text[]) or g.grant_id = any(${grantIds}::text[])`.execute(db);
  return rows;
}

export async function insertGrants(db: Ledger, grants: readonly NewGrant[], items: readonly GrantItemsTable[]): Promise<void> {
  await sql`insert into grants (${names(GRANT)}, updated_at) select ${names(GRANT)}, recorded_at from ${rowSet(GRANT, grants, 'g')}`.execute(db);
  await sql`insert into grant_items (${names(GRANT_ITEM)}) select ${names(GRANT_ITEM)} from ${rowSet(GRANT_ITEM, items, 'i')}`.execute(db);
}

/** Ends grants at their moment of revocation. */
export async function revokeGrants(db: Ledger, revocations: readonly Revocation[]): Promise<void> {
  await sql`
    update grants g set revoked_at = r.revoked_at, revoke_reason = r.revoke_reason, updated_at = r.updated_at
    from ${rowSet(REVOCATION, revocations, 'r')}
    where g.grant_id = r.grant_id`.execute(db);
}
