import type { Destination, ErrorWord } from '#contracts';
import { sql } from 'kysely';
import type { Insertable, Kysely, Selectable } from 'kysely';
import type { EventKey } from './event-rows.ts';
import { names, namesIn, rowSet } from './row-set.ts';
import type { Columns } from './row-set.ts';
import { isReal } from './canary-rows.ts';
import { mayGoOut, PAUSED_NOW, pausedChannelNow } from './paused-channel.ts';
import type { LedgerTables, TransfersTable, TransferStatus } from './tables.ts';

type Ledger = Kysely<LedgerTables>;

export type TransferRow = Selectable<TransfersTable>;
/** Where a transfer stands, without what it carries. */
export type TransferState = Omit<TransferRow, 'sealed' | 'key_version' | 'failure_group' | 'failed_at' | 'discard_code' | 'discard_reason' | 'revision' | 'returned_at' | 'delivered_late_at'>;
export type NewTransfer = Required<Omit<Insertable<TransfersTable>, 'next_attempt_at' | 'delivered_at' | 'redispatches' | 'unpublished_since' | 'paused_channel' | 'attempts_base' | 'discard_code' | 'discard_reason' | 'revision' | 'returned_at' | 'delivered_late_at'>>;

/** A new transfer whose cause is named as its sender names it: its number in the inbox may not be known yet. */
export type CausedTransfer = Omit<NewTransfer, 'event_seq'> & EventKey;
/** What an order is made of. */
export type OrderRow = Pick<TransferRow, (typeof ORDER)[number]>;

/** One case towards one destination: where order is kept. */
export interface Lane {
  readonly project_no: string;
  readonly destination: Destination;
}

/** What one delivery attempt made of its transfer. */
export interface TransferVerdict {
  readonly id: string;
  readonly status: TransferStatus;
  readonly next_attempt_at: Date | null;
  readonly error_word: ErrorWord | null;
  readonly error_code: string | null;
  readonly error_detail: string | null;
  readonly http_status: number | null;
  readonly delivered_at: string | null;
  readonly finished_at: string | null;
  /** When it failed: the group of this failure, and the ledger's time. What was noted of an earlier failure stays otherwise. */
  readonly failure_group: string | null;
  readonly failed_at: Date | null;
}

const TRANSFER: Columns<NewTransfer> = {
  id: 'text', project_no: 'text', destination: 'text', kind: 'text', ordinal: 'bigint', event_seq: 'bigint', trace_id: 'text', status: 'text',
  attempts: 'int', receipt_due_at: 'timestamptz', error_word: 'text', error_code: 'text', error_detail: 'text', http_status: 'int',
  created_at: 'timestamptz', dispatched_at: 'timestamptz', finished_at: 'timestamptz', failure_group: 'text', failed_at: 'timestamptz', sealed: 'bytea', key_version: 'int',
};
const GIVEN = { ...TRANSFER, source: 'text', event_id: 'text' } as const;
const ORDER = ['id', 'project_no', 'destination', 'kind', 'trace_id', 'status', 'attempts', 'redispatches', 'sealed', 'key_version'] as const satisfies readonly (keyof TransferRow)[];
const LANE: Columns<Lane> = { project_no: 'text', destination: 'text' };
const VERDICT: Columns<TransferVerdict> = {
  id: 'text', status: 'text', next_attempt_at: 'timestamptz', error_word: 'text', error_code: 'text', error_detail: 'text', http_status: 'int',
  delivered_at: 'timestamptz', finished_at: 'timestamptz', failure_group: 'text', failed_at: 'timestamptz',
};

/** The lanes of these cases in which something is not yet delivered: a new transfer there must wait. */
export async function loadBusyLanes(db: Ledger, projectNos: readonly string[]): Promise<Lane[]> {
  const { rows } = await sql<Lane>`
    select distinct project_no, destination from transfers
    where project_no = any(${projectNos}::text[]) and status in ('held', 'in_flight', 'retry_wait', 'failed')`.execute(db);
  return rows;
}

/** What the columns of a new transfer hold where that is not simply what was given: while its channel holds it, and of its cause. */
const INSTEAD: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Object.entries({ status: `'held'`, attempts: '0', receipt_due_at: 'null', dispatched_at: 'null' })
    .map(([name, held]) => [name, `case when paused_channel is null then ${name} else ${held} end`])),
  event_seq: 'coalesce(event_seq, (select e.seq from events e where e.source = placed.source and e.event_id = placed.event_id))',
};

const PLACED = sql.raw(Object.keys(TRANSFER).map((name) => INSTEAD[name] ?? name).join(', '));

/**
 * Writes new transfers. Of those that were to go out it names the ones whose channel is paused, limited or outside its hours: they are held instead.
 * `placed` is materialized because several columns ask for its channel: the question would else be planned and answered for each of them.
 */
export async function insertTransfers(db: Ledger, transfers: readonly (NewTransfer | CausedTransfer)[]): Promise<ReadonlySet<string>> {
  const given = transfers.map((transfer) => ({ event_seq: null, source: null, event_id: null, ...transfer }));
  const { rows } = await sql<{ id: string }>`
    with ${PAUSED_NOW},
    placed as materialized (
      select ${names(GIVEN)}, case when t.status = 'in_flight' then ${pausedChannelNow('t')} end as paused_channel from ${rowSet(GIVEN, given, 't')}
    ),
    made as (
      insert into transfers (${names(TRANSFER)}, paused_channel) select ${PLACED}, paused_channel from placed
      returning id, paused_channel
    )
    select id from made where paused_channel is not null`.execute(db);
  return new Set(rows.map(({ id }) => id));
}

const STATE = [
  'id', 'project_no', 'destination', 'kind', 'ordinal', 'event_seq', 'trace_id', 'status', 'attempts', 'attempts_base', 'next_attempt_at', 'receipt_due_at', 'unpublished_since',
  'redispatches', 'paused_channel', 'error_word', 'error_code', 'error_detail', 'http_status', 'created_at', 'dispatched_at', 'delivered_at', 'finished_at',
] as const satisfies readonly (keyof TransferState)[];

/** The transfers of these ids, locked in the order of their ids against the clocks that also move them; not against whoever only refers to them. */
export function loadTransfers(db: Ledger, ids: readonly string[]): Promise<TransferState[]> {
  return db.selectFrom('transfers').select(STATE).where('id', '=', sql<string>`any(${ids}::text[])`).orderBy('id').forNoKeyUpdate().execute();
}

/** What these cases have under way, ordered and not answered yet: at most one per destination. What may not go out now is left out. */
export function loadUnanswered(db: Ledger, projectNos: readonly string[]): Promise<TransferRow[]> {
  return db.selectFrom('transfers').selectAll()
    .where('project_no', '=', sql<string>`any(${projectNos}::text[])`)
    .where('status', '=', 'in_flight').where(mayGoOut('transfers')).execute();
}

/** Writes what attempts made of their transfers. The caller holds the rows. */
export async function settleTransfers(db: Ledger, verdicts: readonly TransferVerdict[]): Promise<void> {
  await sql`
    update transfers t
    set status = v.status, next_attempt_at = v.next_attempt_at, error_word = v.error_word, error_code = v.error_code, error_detail = v.error_detail,
        http_status = v.http_status, delivered_at = v.delivered_at, finished_at = v.finished_at, receipt_due_at = null,
        failure_group = coalesce(v.failure_group, t.failure_group), failed_at = coalesce(v.failed_at, t.failed_at)
    from ${rowSet(VERDICT, verdicts, 'v')}
    where t.id = v.id`.execute(db);
}

/** Notes that these discarded transfers were delivered all the same, and says of which nobody knew. The caller holds the rows. */
export async function markDeliveredLate(db: Ledger, ids: readonly string[], at: Date): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    update transfers set delivered_late_at = ${at} where id = any(${ids}::text[]) and status = 'discarded' and delivered_late_at is null returning id`.execute(db);
  return rows.map(({ id }) => id);
}

/**
 * Sets the first attempt of the next transfer of each lane under way, if nothing before it is undelivered. The caller holds the cases. Where
 * the channel holds it, it stays held, and says by what.
 * The lateral join looks into one lane at a time, whatever the planner believes of the table; `attempts = 0` (and not `status`) keeps
 * it from walking every held transfer of the ledger instead.
 */
export async function releaseNext(db: Ledger, lanes: readonly Lane[], at: Date, receiptDueAt: Date): Promise<OrderRow[]> {
  const { rows } = await sql<OrderRow>`
    with ${PAUSED_NOW}
    update transfers t
    set status = case when first.paused is null then 'in_flight' else 'held' end, paused_channel = first.paused, redispatches = 0, next_attempt_at = null,
        attempts = case when first.paused is null then 1 else 0 end, dispatched_at = case when first.paused is null then ${at}::timestamptz end,
        receipt_due_at = case when first.paused is null then ${receiptDueAt}::timestamptz end
    from ${rowSet(LANE, lanes, 'lane')}
    cross join lateral (
      select u.id, u.status, ${pausedChannelNow('lane')} as paused from transfers u
      where u.project_no = lane.project_no and u.destination = lane.destination and u.status in ('held', 'in_flight', 'retry_wait', 'failed')
      order by u.ordinal limit 1
    ) first
    where t.id = first.id and first.status = 'held' and t.attempts = 0
    returning ${namesIn('t', ORDER)}`.execute(db);
  return rows.filter(({ status }) => status === 'in_flight');
}

/** An order that did not reach the broker; `since`: when that began, null for now. */
export interface Unpublished {
  readonly id: string;
  readonly since: Date | null;
}

const UNPUBLISHED: Columns<Unpublished> = { id: 'text', since: 'timestamptz' };

/** Says that the orders of these transfers did not reach the broker: the next sweep takes them without waiting for a receipt. */
export async function markUnpublished(db: Ledger, orders: readonly Unpublished[]): Promise<void> {
  await sql`
    with locked as materialized (
      select t.id, v.since from transfers t join ${rowSet(UNPUBLISHED, orders, 'v')} on v.id = t.id where t.status = 'in_flight' order by t.id for no key update of t
    )
    update transfers t set receipt_due_at = statement_timestamp(), unpublished_since = coalesce(locked.since, statement_timestamp())
    from locked
    where t.id = locked.id and t.status = 'in_flight'`.execute(db);
}

/** Transfers of real cases by destination and status. */
export async function countTransfers(db: Ledger): Promise<{ destination: string; status: TransferStatus; count: number }[]> {
  return db.selectFrom('transfers').select((eb) => ['destination', 'status', eb.fn.countAll<number>().as('count')])
    .where('status', 'in', ['held', 'in_flight', 'retry_wait', 'failed']).where(isReal()).groupBy(['destination', 'status']).execute();
}
