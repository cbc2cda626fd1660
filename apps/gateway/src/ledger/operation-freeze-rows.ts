import type { Destination, ErrorWord } from '#contracts';
import { sql } from 'kysely';
import type { Expression, Kysely, RawBuilder, SqlBool } from 'kysely';
import { isReal } from './canary-rows.ts';
import type { FreezePlace, OperationSelection, SelectionFilter } from './operation-tables.ts';
import { rowSet } from './row-set.ts';
import type { Columns } from './row-set.ts';
import type { LedgerTables } from './tables.ts';

type Ledger = Kysely<LedgerTables>;

/** Which transfers are meant; of a search text, what it asks of a row of `transfers` joined with its row of `events`. */
export interface Meaning {
  readonly selection: OperationSelection;
  readonly searched: Expression<SqlBool> | null;
}

/** A transfer that is meant, and how it failed. */
export interface MeantTransfer {
  readonly id: string;
  readonly project_no: string;
  readonly destination: Destination;
  readonly kind: string;
  readonly error_word: ErrorWord | null;
  readonly error_code: string | null;
  readonly error_detail: string | null;
  readonly http_status: number | null;
  /** Its place in the order of the failed, to the microsecond. */
  readonly at: string;
}

/** A transfer to be noted as part of an operation. */
export interface NewItem {
  readonly seq: number;
  readonly transfer_id: string;
  readonly project_no: string;
  readonly destination: Destination;
  readonly signature: string | null;
}

const ITEM: Columns<NewItem> = { seq: 'bigint', transfer_id: 'text', project_no: 'text', destination: 'text', signature: 'text' };

/**
 * The next of the failed transfers that a selection means, after `place`, among those that failed until `cutoff`. What is selected by
 * name is all there is on the one page, failed or not: its preflight says what became of it.
 * Indexes: transfers_failed; transfers_failure_group for a group; the primary keys of cases and events.
 */
export async function listMeant(db: Ledger, { selection, searched }: Meaning, cutoff: Date, place: FreezePlace | null, limit: number): Promise<MeantTransfer[]> {
  if ('transferIds' in selection) return listNamed(db, place === null ? selection.transferIds : []);
  const order = orderOf(selection);
  const rest = place === null ? sql`true` : sql`(t.${order}, t.id) > (${place.at}::timestamptz, ${place.id})`;
  const { rows } = await sql<MeantTransfer>`
    select t.id, t.project_no, t.destination, t.kind, t.error_word, t.error_code, t.error_detail, t.http_status, t.${order}::text as at
    from transfers t
    where t.status = 'failed' and coalesce(t.failed_at, t.finished_at) <= ${cutoff} and ${conditionOf(selection, searched)} and ${rest}
    order by t.${order}, t.id limit ${limit}`.execute(db);
  return rows;
}

/**
 * How many failed after the cutoff that the selection would mean too; counted up to `cap`. They are never joined. Nothing is committed later with a
 * time before the cutoff: that is how it was chosen. Indexes: transfers_failure_group, operation_items_transfer.
 */
export async function countNewSince(db: Ledger, operationId: string, { selection, searched }: Meaning, cutoff: Date, cap: number): Promise<number> {
  if ('transferIds' in selection) return 0;
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from (
      select from transfers t
      where t.status = 'failed' and t.failed_at > ${cutoff} and ${conditionOf(selection, searched)}
        and not exists (select from operation_items i where i.operation_id = ${operationId} and i.transfer_id = t.id)
      limit ${cap}
    ) later`.execute(db);
  return rows[0]?.count ?? 0;
}

/** Notes transfers as parts of an operation, each once, and says how many were new. */
export async function insertItems(db: Ledger, operationId: string, items: readonly NewItem[]): Promise<number> {
  const { numAffectedRows } = await sql`
    insert into operation_items (operation_id, seq, transfer_id, project_no, destination, state, signature)
    select ${operationId}, seq, transfer_id, project_no, destination, 'pending', signature from ${rowSet(ITEM, items, 'i')}
    on conflict (operation_id, transfer_id) do nothing`.execute(db);
  return Number(numAffectedRows ?? 0);
}

/** The number of the last item noted; 0 for none. */
export async function lastItem(db: Ledger, operationId: string): Promise<number> {
  const row = await db.selectFrom('operation_items').select(({ fn }) => fn.max('seq').as('seq')).where('operation_id', '=', operationId).executeTakeFirst();
  return row?.seq ?? 0;
}

async function listNamed(db: Ledger, ids: readonly string[]): Promise<MeantTransfer[]> {
  const { rows } = await sql<MeantTransfer>`
    select t.id, t.project_no, t.destination, t.kind, t.error_word, t.error_code, t.error_detail, t.http_status, t.created_at::text as at
    from transfers t where t.id = any(${ids}::text[]) order by t.project_no, t.ordinal`.execute(db);
  return rows;
}

function orderOf(selection: OperationSelection): RawBuilder<unknown> {
  return sql.raw('failureGroup' in selection ? 'failed_at' : 'finished_at');
}

/** A search is answered for each that failed, as a value, like the cases and events of a filter. */
function conditionOf(selection: OperationSelection, searched: Expression<SqlBool> | null): RawBuilder<SqlBool> {
  if (searched !== null) return sql<SqlBool>`(select true from transfers join events on events.seq = transfers.event_seq where transfers.id = t.id and ${searched})`;
  if ('failureGroup' in selection) return sql<SqlBool>`t.failure_group = ${selection.failureGroup}`;
  return 'filter' in selection ? filterCondition(selection.filter) : sql<SqlBool>`false`;
}

/**
 * Canaries (拨测) are nobody's to replay. The case and the event of a transfer are looked up for each that failed, as a value: a join might begin
 * with all cases of a hall.
 */
function filterCondition(filter: SelectionFilter): RawBuilder<SqlBool> {
  const parts: RawBuilder<unknown>[] = [isReal('t.project_no')];
  const equal = (column: string, value: string | undefined): void => {
    if (value !== undefined) parts.push(sql`${sql.ref(`t.${column}`)} = ${value}`);
  };
  equal('destination', filter.destination);
  equal('kind', filter.kind);
  equal('project_no', filter.projectNo);
  equal('error_word', filter.errorWord);
  equal('error_code', filter.errorCode);
  equal('failure_group', filter.failureGroup);
  if (filter.hall !== undefined) parts.push(sql`(select c.hall_code from cases c where c.project_no = t.project_no) = ${filter.hall}`);
  if (filter.item !== undefined) parts.push(sql`(select c.item_code from cases c where c.project_no = t.project_no) = ${filter.item}`);
  if (filter.event !== undefined) parts.push(sql`(select e.type from events e where e.seq = t.event_seq) = ${filter.event}`);
  if (filter.from !== undefined) parts.push(sql`t.created_at >= ${filter.from}::timestamptz`);
  if (filter.until !== undefined) parts.push(sql`t.created_at < ${filter.until}::timestamptz`);
  return sql<SqlBool>`(${sql.join(parts, sql` and `)})`;
}
