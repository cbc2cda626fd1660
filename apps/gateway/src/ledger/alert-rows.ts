import { sql } from 'kysely';
import type { Kysely, Selectable } from 'kysely';
import { rowSet } from './row-set.ts';
import type { Columns } from './row-set.ts';
import type { AlertsTable, LedgerTables } from './tables.ts';

type Ledger = Kysely<LedgerTables>;

export type OpenAlert = Pick<Selectable<AlertsTable>, 'seq' | 'condition' | 'subject'>;

/** What an alert says now. */
export interface AlertText {
  readonly condition: string;
  readonly subject: string;
  readonly detail_zh: string;
  readonly detail_en: string;
  readonly facts: Readonly<Record<string, unknown>>;
}

const TEXT: Columns<AlertText> = { condition: 'text', subject: 'text', detail_zh: 'text', detail_en: 'text', facts: 'jsonb' };
/** Nobody counts further back than this: what came so often is a nuisance, however often exactly. */
const RECURRENCE_CAP = 1_000;
/** "Last seen" is no more exact than this: an alert that stands is not written anew at every look. */
const SEEN_STEP = sql`interval '15 seconds'`;

/** Whether this transaction is the only one that judges now. Another gateway that judges at this moment sees the same ledger. */
export async function takeJudgement(trx: Ledger): Promise<boolean> {
  const { rows } = await sql<{ taken: boolean }>`select pg_try_advisory_xact_lock(hashtext('jiujin watch'), 0) as taken`.execute(trx);
  return rows[0]?.taken === true;
}

export function loadOpenAlerts(db: Ledger): Promise<OpenAlert[]> {
  return db.selectFrom('alerts').select(['seq', 'condition', 'subject']).where('closed_at', 'is', null).orderBy('seq').execute();
}

/** Opens alerts and says which are new: one that is open already stays as it is. Index: alerts_subject for how often the same has come before. */
export async function openAlerts(db: Ledger, texts: readonly AlertText[]): Promise<OpenAlert[]> {
  const { rows } = await sql<OpenAlert>`
    insert into alerts (condition, subject, detail_zh, detail_en, facts, recurrence)
    select condition, subject, detail_zh, detail_en, facts,
      (select count(*) from (select from alerts a where a.condition = t.condition and a.subject = t.subject limit ${RECURRENCE_CAP}) before)
    from ${rowSet(TEXT, texts, 't')}
    on conflict (condition, subject) where closed_at is null do nothing
    returning seq, condition, subject`.execute(db);
  return rows;
}

/** Says of open alerts that they still stand, and what they say now. */
export async function keepAlerts(db: Ledger, texts: readonly AlertText[]): Promise<void> {
  await sql`
    update alerts a set last_seen_at = now(), detail_zh = t.detail_zh, detail_en = t.detail_en, facts = t.facts
    from ${rowSet(TEXT, texts, 't')}
    where a.condition = t.condition and a.subject = t.subject and a.closed_at is null
      and (a.detail_zh <> t.detail_zh or a.last_seen_at < now() - ${SEEN_STEP})`.execute(db);
}

/** Closes alerts whose condition is over. */
export async function closeAlerts(db: Ledger, seqs: readonly number[]): Promise<void> {
  await sql`update alerts set closed_at = now() where seq = any(${seqs}::bigint[]) and closed_at is null`.execute(db);
}
