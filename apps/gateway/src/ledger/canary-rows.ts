import { sql } from 'kysely';
import type { Kysely, RawBuilder, SqlBool } from 'kysely';
import { lockOrderKeys } from './case-rows.ts';
import type { LedgerTables } from './tables.ts';

type Ledger = Kysely<LedgerTables>;

/** Rows of real cases, in tables that know a case by its number only. Rows that belong to no case are real, too. */
export function isReal(column = 'project_no'): RawBuilder<SqlBool> {
  return sql<SqlBool>`(${sql.ref(column)} like 'CANARY-%') is not true`;
}

/** Where a canary has come round: at the hall, or, where the centre has no sandbox, at the centre. */
const CANARY_ENDS = { hall: 'result', centre: 'open' } as const;
export type CanaryEnd = keyof typeof CANARY_ENDS;

/** How the canaries of one hall fare. Times of the ledger's clock. */
export interface CanaryFact {
  readonly hall_code: string;
  /** The first one of the last day. */
  readonly first_at: Date;
  /** The newest. */
  readonly last_at: Date;
  /** Why the newest was refused; `null` when it was not. */
  readonly refused: string | null;
  /** The newest that came round; `null` when none did. */
  readonly round_at: Date | null;
  /** How long that one took from the door to the end, in seconds. */
  readonly round_seconds: number | null;
}

/** The halls that have sent canaries within a day, and how these fared. Index: events_canary. */
export async function loadCanaryFacts(db: Ledger, end: CanaryEnd): Promise<CanaryFact[]> {
  const theirs = sql`project_no like 'CANARY-%' and type = 'case.received'`;
  const { rows } = await sql<CanaryFact>`
    select h.hall_code, h.first_at, last.recorded_at as last_at, case when last.outcome = 'applied' then null else last.outcome_code end as refused,
      round.recorded_at as round_at, round.seconds as round_seconds
    from (select hall_code, min(recorded_at) as first_at from events where ${theirs} and hall_code is not null group by hall_code) h
    cross join lateral (
      select recorded_at, outcome, outcome_code from events where ${theirs} and hall_code = h.hall_code order by recorded_at desc limit 1
    ) last
    left join lateral (
      select e.recorded_at, greatest(0, extract(epoch from t.delivered_at - e.door_at))::float8 as seconds
      from events e join transfers t on t.project_no = e.project_no and t.kind = ${CANARY_ENDS[end]} and t.status = 'delivered'
      where e.project_no like 'CANARY-%' and e.type = 'case.received' and e.hall_code = h.hall_code order by e.recorded_at desc limit 1
    ) round on true
    order by h.hall_code`.execute(db);
  return rows;
}

/**
 * Removes at most `limit` canaries that were recorded longer than `keptMs` ago, with everything that hangs on them, and says how many. The
 * newest of each hall stays: of a long outage it says since when. A case that is not marked as a canary stays, whatever its number.
 */
export async function pruneCanaries(db: Ledger, keptMs: number, limit: number): Promise<number> {
  const { rows } = await sql<{ project_no: string }>`
    select project_no from events where project_no like 'CANARY-%'
      and not exists (select from cases c where c.project_no = events.project_no and not c.canary)
      and project_no <> all(array(
        select newest.project_no from (select distinct hall_code from events where project_no like 'CANARY-%' and type = 'case.received') h
        cross join lateral (
          select project_no from events e where e.project_no like 'CANARY-%' and e.type = 'case.received' and e.hall_code = h.hall_code
          order by recorded_at desc limit 1
        ) newest))
    group by project_no having max(recorded_at) < statement_timestamp() - interval '1 millisecond' * ${keptMs}::float8
    limit ${limit}`.execute(db);
  const numbers = rows.map((row) => row.project_no);
  if (numbers.length === 0) return 0;
  await db.transaction().execute(async (trx) => {
    await lockOrderKeys(trx, numbers);
    const theirs = sql`project_no = any(${numbers}::text[])`;
    await sql`delete from attempts where transfer_id in (select id from transfers where ${theirs})`.execute(trx);
    await sql`delete from transfers where ${theirs}`.execute(trx);
    await sql`delete from suppressed_duplicates where event_seq in (select seq from events where ${theirs})`.execute(trx);
    await sql`delete from events where ${theirs}`.execute(trx);
    await sql`delete from cases where canary and ${theirs}`.execute(trx);
  });
  return numbers.length;
}
