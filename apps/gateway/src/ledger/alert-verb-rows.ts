import { sql } from 'kysely';
import type { Kysely, Selectable } from 'kysely';
import type { AlertMutesTable } from './duty-tables.ts';
import type { AlertsTable, LedgerTables } from './tables.ts';

type Ledger = Kysely<LedgerTables>;

export type AlertMute = Selectable<AlertMutesTable>;

/** One alert, locked for what somebody does about it. */
export function lockAlert(trx: Ledger, seq: number): Promise<Selectable<AlertsTable> | undefined> {
  return trx.selectFrom('alerts').selectAll().where('seq', '=', seq).forUpdate().executeTakeFirst();
}

/** Somebody has seen an alert and says what they make of it. */
export async function acknowledgeAlert(trx: Ledger, seq: number, by: { readonly id: string; readonly name: string; readonly note: string }): Promise<void> {
  await sql`
    update alerts set acknowledged_at = clock_timestamp(), acknowledged_by = ${by.id}, acknowledged_name = ${by.name}, acknowledged_note = ${by.note}, version = version + 1
    where seq = ${seq}`.execute(trx);
}

/** Counts a change of what is said about an alert beside its row. */
export async function countAlertChange(trx: Ledger, seq: number): Promise<void> {
  await sql`update alerts set version = version + 1 where seq = ${seq}`.execute(trx);
}

/** Mutes a condition of a subject, or mutes it anew. */
export async function upsertMute(trx: Ledger, { condition, subject, until, reason, ticket, by_id, by_name }: Omit<AlertMute, 'muted_at'>): Promise<void> {
  await sql`
    insert into alert_mutes (condition, subject, until, reason, ticket, by_id, by_name)
    values (${condition}, ${subject}, ${until}, ${reason}, ${ticket}, ${by_id}, ${by_name})
    on conflict (condition, subject) do update set muted_at = clock_timestamp(), until = excluded.until, reason = excluded.reason, ticket = excluded.ticket,
      by_id = excluded.by_id, by_name = excluded.by_name`.execute(trx);
}

/** Ends a mute before its time; false when none was in force. */
export async function endMute(trx: Ledger, condition: string, subject: string): Promise<boolean> {
  const { rows } = await sql`
    delete from alert_mutes where condition = ${condition} and subject = ${subject} and until > statement_timestamp() returning 1`.execute(trx);
  return rows.length > 0;
}

/** The mutes that are in force. */
export function loadMutes(db: Ledger): Promise<AlertMute[]> {
  return db.selectFrom('alert_mutes').selectAll().where('until', '>', sql<Date>`statement_timestamp()`).orderBy('condition').orderBy('subject').execute();
}
