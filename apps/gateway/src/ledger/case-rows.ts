import { sql } from 'kysely';
import type { Insertable, Kysely, Selectable } from 'kysely';
import { changes, names, namesIn, rowSet } from './row-set.ts';
import type { Columns } from './row-set.ts';
import type { CasesTable, LedgerTables } from './tables.ts';

type Ledger = Kysely<LedgerTables>;

export type CaseRow = Selectable<CasesTable>;
export type NewCase = Required<Omit<Insertable<CasesTable>, 'created_at' | 'facts'>> & { readonly facts: object };

/** What applying events must know of a case; without the intake data (`sealed`) where nothing needs them. */
export type CaseState = Pick<CaseRow, Exclude<(typeof STATE)[number], 'key_version'>> & { readonly sealed: Buffer | null; readonly key_version: number };

/** What events change of a case without touching its intake data. */
export type CaseProgress = Pick<NewCase,
  'project_no' | 'status' | 'paper_status' | 'paper_discrepancy_at' | 'supplement_rounds' | 'hall_version' | 'centre_version' | 'hall_sequence'
  | 'centre_sequence' | 'update_sequence' | 'transfer_count' | 'approved' | 'result_code' | 'promise_due_at' | 'accepted_at' | 'completed_at' | 'updated_at' | 'facts'>;

const STATE = [
  'project_no', 'item_code', 'paper_status', 'paper_discrepancy_at', 'update_sequence', 'transfer_count', 'result_code', 'promise_due_at', 'accepted_at',
  'completed_at', 'facts', 'key_version',
] as const satisfies readonly (keyof CaseRow)[];

const PROGRESS: Columns<CaseProgress> = {
  project_no: 'text', status: 'text', paper_status: 'text', paper_discrepancy_at: 'timestamptz', supplement_rounds: 'int', hall_version: 'int',
  centre_version: 'int', hall_sequence: 'int', centre_sequence: 'int', update_sequence: 'int', transfer_count: 'int', approved: 'boolean',
  result_code: 'text', promise_due_at: 'timestamptz', accepted_at: 'timestamptz', completed_at: 'timestamptz', updated_at: 'timestamptz', facts: 'jsonb',
};

const CASE: Columns<NewCase> = {
  ...PROGRESS, hall_code: 'text', item_code: 'text', item_name: 'text', paper_due_at: 'timestamptz', project_type: 'text', applicant_masked: 'text',
  applicant_index: 'text', received_at: 'timestamptz', canary: 'boolean', sealed: 'bytea', key_version: 'int',
};

/**
 * Takes the locks of these order keys until the end of the transaction, and says what PostgreSQL's clock read once it had them all: the
 * one time that everything the batch writes carries. (The time the transaction began would not do: a batch that waited for its locks
 * would stamp its rows earlier than the batch it waited for.) Whoever changes a case, or may create one, takes its lock first: it works
 * for a case that does not exist yet, and writes no row. All locks are taken in the order of their numbers, so two batches over the same
 * cases queue instead of blocking each other for ever.
 */
export async function lockOrderKeys(db: Ledger, orderKeys: readonly string[]): Promise<Date> {
  const { rows } = await sql<{ at: Date }>`
    with locked as materialized (
      select pg_advisory_xact_lock(lock) from (
        select distinct hashtextextended(key, 0) as lock from unnest(${orderKeys}::text[]) as key
        where (select true from (select pg_advisory_xact_lock_shared(hashtext('jiujin channels'), 0)) deciding)
        order by lock
      ) ordered
    )
    select clock_timestamp() as at, taken.count from (select count(*) from locked) taken`.execute(db);
  const [row] = rows;
  if (row === undefined) throw new Error('the locks were not answered for');
  return row.at;
}

/** The cases of these project numbers, those that exist. */
export function loadCases(db: Ledger, projectNos: readonly string[]): Promise<CaseRow[]> {
  return db.selectFrom('cases').selectAll().where('project_no', '=', sql<string>`any(${projectNos}::text[])`).execute();
}

/**
 * Where the cases stand that exist under these order keys. Their intake data, by far the largest part of them, come along `withIntake`, and with
 * cases in which an event waits: for what that one will need.
 */
export async function loadCaseStates(db: Ledger, orderKeys: readonly string[], withIntake: boolean): Promise<CaseState[]> {
  const { rows } = await sql<CaseState>`
    select ${namesIn('c', STATE)},
      case when ${withIntake}::boolean or exists (select from events e where e.outcome = 'parked' and e.order_key = c.project_no) then c.sealed end as sealed
    from cases c where c.project_no = any(${orderKeys}::text[])`.execute(db);
  return rows;
}

/** Creates cases, or replaces all of them that can change: for new intake data. A new case was created when it was updated. The caller holds their locks. */
export async function upsertCases(db: Ledger, cases: readonly NewCase[]): Promise<void> {
  await sql`
    insert into cases (${names(CASE)}, created_at) select ${names(CASE)}, updated_at from ${rowSet(CASE, cases, 'c')}
    on conflict (project_no) do update set ${changes(CASE, ['project_no'], 'excluded')}`.execute(db);
}

/**
 * Brings cases up to date whose intake data stay as they are: most events. The sealed bytes, by far the largest part of the row, are
 * then neither sealed nor written again. The caller holds their locks.
 */
export async function updateCases(db: Ledger, cases: readonly CaseProgress[]): Promise<void> {
  await sql`
    update cases c set ${changes(PROGRESS, ['project_no'], 'p')}
    from ${rowSet(PROGRESS, cases, 'p')}
    where c.project_no = p.project_no`.execute(db);
}
