import type { Destination, ErrorWord } from '#contracts';
import { sql } from 'kysely';
import type { Kysely, RawBuilder, Selectable } from 'kysely';
import type { ItemState, ItemVerdict, OperationItemsTable } from './operation-tables.ts';
import { mayGoOut } from './paused-channel.ts';
import { rowSet } from './row-set.ts';
import type { Columns } from './row-set.ts';
import type { LedgerTables, TransferStatus } from './tables.ts';

type Ledger = Kysely<LedgerTables>;

export type ItemRow = Selectable<OperationItemsTable>;

/** An item by its number, and its transfer. */
export interface ItemPlace {
  readonly seq: number;
  readonly transfer_id: string;
  readonly project_no: string;
}

/** The items after number `after`, in their order. */
export function listItemsAfter(db: Ledger, operationId: string, after: number, limit: number): Promise<ItemPlace[]> {
  return db.selectFrom('operation_items').select(['seq', 'transfer_id', 'project_no'])
    .where('operation_id', '=', operationId).where('seq', '>', after).orderBy('seq').limit(limit).execute();
}

/** What the preflight says of one item. */
export interface ItemFinding {
  readonly seq: number;
  readonly verdict: ItemVerdict;
  readonly state: Extract<ItemState, 'pending' | 'skipped'>;
  readonly note: string | null;
}

const FINDING: Columns<ItemFinding> = { seq: 'bigint', verdict: 'text', state: 'text', note: 'text' };

export async function writeFindings(db: Ledger, operationId: string, findings: readonly ItemFinding[]): Promise<void> {
  await sql`
    update operation_items i
    set verdict = f.verdict, state = f.state, note = f.note, ended_at = case when f.state = 'skipped' then statement_timestamp() end
    from ${rowSet(FINDING, findings, 'f')}
    where i.operation_id = ${operationId} and i.seq = f.seq`.execute(db);
}

/** Claims transfers for an operation, and says which it has now: never one that another operation has. In the order of the ids, so that two wait instead of clashing. */
export async function claimTransfers(db: Ledger, operationId: string, ids: readonly string[]): Promise<Set<string>> {
  const { rows } = await sql<{ transfer_id: string }>`
    insert into operation_claims (transfer_id, operation_id)
    select id, ${operationId} from unnest(${[...ids].sort()}::text[]) as id
    on conflict (transfer_id) do nothing
    returning transfer_id`.execute(db);
  return new Set(rows.map((row) => row.transfer_id));
}

/** Lets go of transfers whose items have ended. */
export async function releaseClaims(db: Ledger, operationId: string, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await sql`delete from operation_claims where operation_id = ${operationId} and transfer_id = any(${ids}::text[])`.execute(db);
}

/** Which pending items one look takes in: so many after number `after`. Whatever lies before and behind them costs nothing. */
export interface ItemWindow {
  readonly operationId: string;
  readonly after: number;
  readonly size: number;
}

/** Index: operation_items_pending. */
function pendingIn({ operationId, after, size }: ItemWindow): RawBuilder<unknown> {
  return sql`(
    select operation_id, seq, transfer_id, project_no, destination from operation_items
    where operation_id = ${operationId} and state = 'pending' and seq > ${after} order by seq limit ${size}
  )`;
}

/** The transfer of each item `i`, looked up one by one whatever the planner believes of the table: with it a step would cost more the larger the ledger. */
const THEIR_TRANSFER = sql`cross join lateral (select u.project_no, u.destination, u.ordinal from transfers u where u.id = i.transfer_id offset 0) t`;

/** Number of the last item in the window; null when it is not full: nothing is pending behind it. */
export async function endOfWindow(db: Ledger, { operationId, after, size }: ItemWindow): Promise<number | null> {
  const row = await db.selectFrom('operation_items').select('seq').where('operation_id', '=', operationId).where('state', '=', 'pending').where('seq', '>', after)
    .orderBy('seq').offset(size - 1).limit(1).executeTakeFirst();
  return row?.seq ?? null;
}

/**
 * The next items of the window that may go: in their order, none whose lane is not yet its own, whose endpoint is in `shut`, or whose channel is
 * paused. What stands behind an earlier one of this same operation comes when that one has been delivered. Index: transfers_undelivered.
 */
export async function pickItems(db: Ledger, window: ItemWindow, shut: readonly Destination[], limit: number): Promise<ItemPlace[]> {
  const { rows } = await sql<ItemPlace>`
    select i.seq, i.transfer_id, i.project_no from ${pendingIn(window)} i ${THEIR_TRANSFER}
    where i.destination <> all(${shut}::text[]) and ${mayGoOut('t')}
      and not exists (
        select from transfers b
        where b.project_no = t.project_no and b.destination = t.destination and b.ordinal < t.ordinal and b.status in ('held', 'in_flight', 'retry_wait', 'failed')
      )
    order by i.seq limit ${limit}`.execute(db);
  return rows;
}

/** The next items, whatever stands before them: for what need not wait for its turn. */
export async function pickAnyItems(db: Ledger, operationId: string, limit: number): Promise<ItemPlace[]> {
  const { rows } = await sql<ItemPlace>`
    select seq, transfer_id, project_no from operation_items where operation_id = ${operationId} and state = 'pending' order by seq limit ${limit}`.execute(db);
  return rows;
}

/** The items of the window that will never get their turn by this operation: before them stands a failed transfer that it does not send. */
export async function pickBlocked(db: Ledger, window: ItemWindow): Promise<ItemPlace[]> {
  const { rows } = await sql<ItemPlace>`
    select i.seq, i.transfer_id, i.project_no from ${pendingIn(window)} i ${THEIR_TRANSFER}
    cross join lateral (
      select b.id, b.status from transfers b
      where b.project_no = t.project_no and b.destination = t.destination and b.ordinal < t.ordinal and b.status in ('held', 'in_flight', 'retry_wait', 'failed')
      order by b.ordinal limit 1
    ) first
    where first.status = 'failed'
      and not exists (select from operation_items o where o.operation_id = i.operation_id and o.transfer_id = first.id and o.state in ('pending', 'sent'))
    order by i.seq`.execute(db);
  return rows;
}

/** How an item went on. */
export interface ItemStep {
  readonly seq: number;
  readonly state: ItemState;
  readonly note: string | null;
  readonly attempt: number | null;
  readonly troubled: boolean;
  readonly signature: string | null;
}

const STEP: Columns<ItemStep> = { seq: 'bigint', state: 'text', note: 'text', attempt: 'int', troubled: 'boolean', signature: 'text' };

/** Writes how items went on; null leaves the attempt and the signature as they are. */
export async function writeSteps(db: Ledger, operationId: string, steps: readonly ItemStep[]): Promise<void> {
  if (steps.length === 0) return;
  await sql`
    update operation_items i
    set state = s.state, note = coalesce(s.note, i.note), attempt = coalesce(s.attempt, i.attempt), troubled = s.troubled, signature = coalesce(s.signature, i.signature),
        sent_at = case when s.state = 'sent' then coalesce(i.sent_at, statement_timestamp()) else i.sent_at end,
        ended_at = case when s.state in ('pending', 'sent') then null else statement_timestamp() end
    from ${rowSet(STEP, steps, 's')}
    where i.operation_id = ${operationId} and i.seq = s.seq`.execute(db);
}

/** An item that was sent, and where its transfer stands now. */
export interface SentItem extends ItemPlace {
  readonly attempt: number;
  readonly troubled: boolean;
  readonly status: TransferStatus;
  readonly attempts: number;
  readonly destination: Destination;
  readonly kind: string;
  readonly error_word: ErrorWord | null;
  readonly error_code: string | null;
  readonly error_detail: string | null;
  readonly http_status: number | null;
}

/** What an operation has under way: never more than its `max_in_flight`. Index: operation_items_sent. */
export async function listSent(db: Ledger, operationId: string): Promise<SentItem[]> {
  const { rows } = await sql<SentItem>`
    select i.seq, i.transfer_id, i.project_no, i.attempt, i.troubled, t.status, t.attempts, t.destination, t.kind, t.error_word, t.error_code, t.error_detail, t.http_status
    from operation_items i join transfers t on t.id = i.transfer_id
    where i.operation_id = ${operationId} and i.state = 'sent' order by i.seq`.execute(db);
  return rows;
}

/** Whether an operation has anything left to send. */
export async function hasPending(db: Ledger, operationId: string): Promise<boolean> {
  return (await pickAnyItems(db, operationId, 1)).length > 0;
}
