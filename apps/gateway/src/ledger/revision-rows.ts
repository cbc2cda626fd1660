import type { Destination } from '#contracts';
import { sql } from 'kysely';
import type { Insertable, Kysely, RawBuilder, Selectable } from 'kysely';
import type { MendProblem, ReturnEnd, TransferEditsTable, TransferReturnsTable, TransferRevisionsTable } from './revision-tables.ts';
import type { Sealed } from './sealed-json.ts';
import type { LedgerTables, TransferStatus } from './tables.ts';

type Ledger = Kysely<LedgerTables>;

export type RevisionRow = Omit<Selectable<TransferRevisionsTable>, 'seq' | 'sealed' | 'key_version'>;
export type EditRow = Selectable<TransferEditsTable>;
/** With whether it has waited too long. */
export type LockedEdit = EditRow & { readonly expired: boolean };

/** What of a transfer an edit has to know beside what a replay does. */
export interface Editable {
  readonly id: string;
  readonly project_no: string;
  readonly destination: Destination;
  readonly kind: string;
  readonly ordinal: number;
  readonly event_seq: number;
  readonly status: TransferStatus;
  readonly attempts: number;
  readonly revision: number;
  readonly error_word: string | null;
  readonly error_code: string | null;
  readonly error_detail: string | null;
  readonly returned_at: Date | null;
  readonly sealed: Buffer | null;
  readonly key_version: number | null;
}

/** How long an edit waits for a second person: what was right a week ago need not be right today, and nobody else may wait for ever. */
export const EDIT_PATIENCE_DAYS = 7;

/** Whether an edit has waited too long, by the ledger's clock. */
export function isExpired(edit: string): RawBuilder<boolean> {
  return sql<boolean>`${sql.ref(`${edit}.created_at`)} < statement_timestamp() - interval '1 day' * ${EDIT_PATIENCE_DAYS}`;
}

const EDITABLE = [
  'id', 'project_no', 'destination', 'kind', 'ordinal', 'event_seq', 'status', 'attempts', 'revision', 'error_word', 'error_code', 'error_detail', 'returned_at', 'sealed', 'key_version',
] as const satisfies readonly (keyof Editable)[];

/** A transfer as an edit sees it. */
export function findEditable(db: Ledger, id: string): Promise<Editable | undefined> {
  return db.selectFrom('transfers').select(EDITABLE).where('id', '=', id).executeTakeFirst();
}

/** The same of several, in no order. */
export function listEditables(db: Ledger, ids: readonly string[]): Promise<Editable[]> {
  return db.selectFrom('transfers').select(EDITABLE).where('id', '=', sql<string>`any(${ids}::text[])`).execute();
}

/** Replaces the payload of a failed transfer that is still at this revision; false when it has moved on. The caller holds the case. */
export async function replacePayload(db: Ledger, id: string, revision: number, { sealed, key_version }: Sealed): Promise<boolean> {
  const { numUpdatedRows } = await db.updateTable('transfers')
    .set({ sealed, key_version, revision: revision + 1 })
    .where('id', '=', id).where('revision', '=', revision).where('status', '=', 'failed').executeTakeFirst();
  return numUpdatedRows === 1n;
}

export async function insertRevision(db: Ledger, row: Omit<Insertable<TransferRevisionsTable>, 'made_at'>): Promise<void> {
  await db.insertInto('transfer_revisions').values(row).execute();
}

/** The revisions of a transfer, the newest first, without what they replaced. */
export function listRevisions(db: Ledger, id: string): Promise<RevisionRow[]> {
  return db.selectFrom('transfer_revisions').select([
    'transfer_id', 'revision', 'cause', 'author', 'author_name', 'approver', 'approver_name', 'reason', 'ticket', 'changed_paths', 'attempts_before', 'digest_before', 'digest_after', 'made_at',
  ]).where('transfer_id', '=', id).orderBy('revision', 'desc').execute();
}

/** The attempts of a transfer that its receiver answered with success; `told` where it said that it had it before. Index: attempts_transfer_attempt. */
export async function listDeliveries(db: Ledger, id: string): Promise<{ attempt: number; told: boolean }[]> {
  const rows = await db.selectFrom('attempts').select(['attempt', 'error_detail']).where('transfer_id', '=', id).where('outcome', '=', 'delivered').orderBy('attempt').execute();
  return rows.map(({ attempt, error_detail: detail }) => ({ attempt, told: detail !== null }));
}

export async function insertEdit(db: Ledger, row: Omit<Insertable<TransferEditsTable>, 'state' | 'created_at'>): Promise<void> {
  await db.insertInto('transfer_edits').values({ ...row, state: 'awaiting-approval' }).execute();
}

/** An edit by its id and transfer, locked against everybody who decides about it. */
export function lockEdit(db: Ledger, transferId: string, id: string): Promise<LockedEdit | undefined> {
  return db.selectFrom('transfer_edits').selectAll().select(isExpired('transfer_edits').as('expired')).where('id', '=', id).where('transfer_id', '=', transferId).forUpdate().executeTakeFirst();
}

export function findEdit(db: Ledger, transferId: string, id: string): Promise<EditRow | undefined> {
  return db.selectFrom('transfer_edits').selectAll().where('id', '=', id).where('transfer_id', '=', transferId).executeTakeFirst();
}

/** The edit of a transfer that waits for a second person, if one does. */
export function findOpenEdit(db: Ledger, transferId: string): Promise<EditRow | undefined> {
  return db.selectFrom('transfer_edits').selectAll().where('transfer_id', '=', transferId).where('state', '=', 'awaiting-approval').executeTakeFirst();
}

/** Ends the waiting of an edit. */
export async function settleEdit(db: Ledger, id: string, decided: Pick<EditRow, 'state' | 'decided_by' | 'decided_name' | 'decision_reason'>): Promise<void> {
  await db.updateTable('transfer_edits').set({ ...decided, decided_at: sql<Date>`clock_timestamp()` }).where('id', '=', id).where('state', '=', 'awaiting-approval').execute();
}

/** What waits for a second person and can be agreed to, the oldest first, with the case it belongs to. Of what has moved on nobody needs to decide. Index: transfer_edits_open. */
export async function listOpenEdits(db: Ledger, after: { readonly at: string; readonly key: string } | null, limit: number): Promise<(EditRow & { readonly project_no: string; readonly created_micros: string })[]> {
  return db.selectFrom('transfer_edits as e').innerJoin('transfers as t', 't.id', 'e.transfer_id').selectAll('e')
    .select(['t.project_no', sql<string>`to_char(e.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`.as('created_micros')])
    .where('e.state', '=', 'awaiting-approval').where(sql<boolean>`not ${isExpired('e')}`)
    .where('t.status', '=', 'failed').whereRef('t.revision', '=', 'e.revision').whereRef('t.attempts', '=', 'e.attempts')
    .$if(after !== null, (query) => query.where(sql<boolean>`(e.created_at, e.id) > (${after?.at}::timestamptz, ${after?.key})`))
    .orderBy('e.created_at').orderBy('e.id').limit(limit).execute();
}

export async function insertReturn(db: Ledger, row: Omit<Insertable<TransferReturnsTable>, 'ended_as' | 'mend_problem' | 'mend_fields'>): Promise<void> {
  await db.insertInto('transfer_returns').values(row).execute();
}

/** How many notices the bridge itself has sent in a case. */
export async function countReturns(db: Ledger, projectNo: string): Promise<number> {
  const { count } = await db.selectFrom('transfer_returns').select((eb) => eb.fn.countAll<number>().as('count')).where('project_no', '=', projectNo).executeTakeFirstOrThrow();
  return Number(count);
}

/** The same for several cases; those without any are not among them. */
export async function countReturnsOf(db: Ledger, projectNos: readonly string[]): Promise<Map<string, number>> {
  const rows = await db.selectFrom('transfer_returns').select((eb) => ['project_no', eb.fn.countAll<number>().as('count')] as const)
    .where('project_no', '=', sql<string>`any(${projectNos}::text[])`).groupBy('project_no').execute();
  return new Map(rows.map(({ project_no: projectNo, count }) => [projectNo, Number(count)]));
}

export async function markReturned(db: Ledger, id: string, at: Date): Promise<void> {
  await db.updateTable('transfers').set({ returned_at: at }).where('id', '=', id).execute();
}

/** What was returned in these cases and waits for its correction, in the order in which it goes. Index: transfer_returns_open. */
export async function findOpenReturns(db: Ledger, projectNos: readonly string[]): Promise<{ id: string; transfer_id: string; project_no: string }[]> {
  return db.selectFrom('transfer_returns as r').innerJoin('transfers as t', 't.id', 'r.transfer_id').select(['r.id', 'r.transfer_id', 'r.project_no'])
    .where('r.project_no', '=', sql<string>`any(${projectNos}::text[])`).where('r.corrected_at', 'is', null).orderBy('r.project_no').orderBy('t.ordinal').execute();
}

/** A return that waits for its hall. */
export type OpenReturn = Pick<Selectable<TransferReturnsTable>, 'id' | 'notice_id' | 'mend_problem' | 'mend_fields'>;

/** Keeps why a correction did not mend what was returned: the return stays open. */
export async function noteMendProblem(db: Ledger, id: string, problem: MendProblem, fields: readonly string[]): Promise<void> {
  await db.updateTable('transfer_returns').set({ mend_problem: problem, mend_fields: JSON.stringify(fields) }).where('id', '=', id).where('corrected_at', 'is', null).execute();
}

/** The return of a transfer that waits for its hall, if one does. Index: transfer_returns_one_open. */
export function findOpenReturn(db: Ledger, transferId: string): Promise<OpenReturn | undefined> {
  return db.selectFrom('transfer_returns').select(['id', 'notice_id', 'mend_problem', 'mend_fields']).where('transfer_id', '=', transferId).where('corrected_at', 'is', null).executeTakeFirst();
}

/** Ends the waiting for a hall, and the transfer's mark of it. The caller holds the transfer. */
export async function closeReturn(db: Ledger, id: string, end: { readonly at: Date; readonly endedAs: ReturnEnd; readonly eventSeq: number | null }): Promise<void> {
  await sql`
    with closed as (
      update transfer_returns set corrected_at = ${end.at}, corrected_by_seq = ${end.eventSeq}, ended_as = ${end.endedAs}
      where id = ${id} and corrected_at is null returning transfer_id
    )
    update transfers t set returned_at = null from closed where t.id = closed.transfer_id`.execute(db);
}

/** Counts one more transfer of a case, towards its hall, and gives it its numbers. The caller holds the case. */
export async function numberHallTransfer(db: Ledger, projectNo: string): Promise<{ transfer_count: number; update_sequence: number }> {
  return db.updateTable('cases').set((eb) => ({ transfer_count: eb('transfer_count', '+', 1), update_sequence: eb('update_sequence', '+', 1) }))
    .where('project_no', '=', projectNo).returning(['transfer_count', 'update_sequence']).executeTakeFirstOrThrow();
}

/** The number that the update carries which this transfer is: the how-manieth it is of its case towards the hall. Index: transfers_case. */
export async function updateNumberOf(db: Ledger, { project_no: projectNo, destination, ordinal }: Pick<Editable, 'project_no' | 'destination' | 'ordinal'>): Promise<number> {
  const { count } = await db.selectFrom('transfers').select((eb) => eb.fn.countAll<number>().as('count'))
    .where('project_no', '=', projectNo).where('destination', '=', destination).where('ordinal', '<=', ordinal).executeTakeFirstOrThrow();
  return Number(count);
}
