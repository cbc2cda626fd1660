import type { CaseStatus } from '#contracts';
import { sql } from 'kysely';
import type { Insertable, Kysely, Selectable } from 'kysely';
import { names, rowSet } from './row-set.ts';
import type { Columns } from './row-set.ts';
import type { EventOutcome, EventsTable, LedgerTables, SuppressedDuplicatesTable } from './tables.ts';

type Ledger = Kysely<LedgerTables>;

/** What makes an event one and the same: who said it, under which id. */
export interface EventKey {
  readonly source: string;
  readonly event_id: string;
}

export type NewEvent = Omit<Insertable<EventsTable>, 'recorded_at' | 'outcome_at'>;
export type NewDuplicate = Omit<Insertable<SuppressedDuplicatesTable>, 'recorded_at'>;
export type EventRow = Selectable<EventsTable>;

/** What became of a parked event. */
export interface EventVerdict {
  readonly seq: number;
  readonly outcome: EventOutcome;
  readonly outcome_code: string | null;
  readonly outcome_zh: string | null;
  readonly status_after: CaseStatus | null;
}

const KEY: Columns<EventKey> = { source: 'text', event_id: 'text' };
const EVENT: Columns<NewEvent> = {
  source: 'text', event_id: 'text', type: 'text', party: 'text', order_key: 'text', project_no: 'text', hall_code: 'text',
  data_version: 'int', sequence: 'int', trace_id: 'text', occurred_at: 'timestamptz', door_at: 'timestamptz', digest: 'text',
  outcome: 'text', outcome_code: 'text', outcome_zh: 'text', status_after: 'text', sealed: 'bytea', key_version: 'int',
};
const DUPLICATE: Columns<NewDuplicate> = { event_seq: 'bigint', door_at: 'timestamptz', same_body: 'boolean', digest: 'text' };
const VERDICT: Columns<EventVerdict> = { seq: 'bigint', outcome: 'text', outcome_code: 'text', outcome_zh: 'text', status_after: 'text' };

/** Which of these events the inbox knows already. */
export async function findEvents(db: Ledger, keys: readonly EventKey[]): Promise<Pick<EventRow, 'seq' | 'source' | 'event_id' | 'digest'>[]> {
  const { rows } = await sql<Pick<EventRow, 'seq' | 'source' | 'event_id' | 'digest'>>`
    select e.seq, e.source, e.event_id, e.digest
    from events e join ${rowSet(KEY, keys, 'k')} on e.source = k.source and e.event_id = k.event_id`.execute(db);
  return rows;
}

/**
 * Puts events into the inbox with what became of them, in the order given. Throws a unique violation when one is there already:
 * the locks on the cases exclude that but for one id used for two cases at the same moment, and then the batch is done again singly.
 */
export async function insertEvents(db: Ledger, events: readonly NewEvent[]): Promise<Pick<EventRow, 'seq' | 'source' | 'event_id'>[]> {
  const { rows } = await sql<Pick<EventRow, 'seq' | 'source' | 'event_id'>>`
    insert into events (${names(EVENT)}) select ${names(EVENT)} from ${rowSet(EVENT, events, 'arrived')}
    returning seq, source, event_id`.execute(db);
  return rows;
}

/** Records that events came again. */
export async function insertDuplicates(db: Ledger, duplicates: readonly NewDuplicate[]): Promise<void> {
  await sql`
    insert into suppressed_duplicates (${names(DUPLICATE)})
    select ${names(DUPLICATE)} from ${rowSet(DUPLICATE, duplicates, 'again')}`.execute(db);
}

/** The events that wait for a predecessor under these keys, in the order they arrived. */
export function loadParked(db: Ledger, orderKeys: readonly string[]): Promise<EventRow[]> {
  return db.selectFrom('events').selectAll()
    .where('outcome', '=', 'parked')
    .where('order_key', '=', sql<string>`any(${orderKeys}::text[])`)
    .orderBy('seq').execute();
}

/** Says what became of events that were parked. */
export async function settleParked(db: Ledger, verdicts: readonly EventVerdict[]): Promise<void> {
  await sql`
    update events e
    set outcome = v.outcome, outcome_code = v.outcome_code, outcome_zh = v.outcome_zh, status_after = v.status_after, outcome_at = now()
    from ${rowSet(VERDICT, verdicts, 'v')}
    where e.seq = v.seq`.execute(db);
}

/** Marks events that have waited since before `olderThan` as waiting too long, at most `limit`; returns them once. */
export async function markParkedTooLong(db: Ledger, olderThan: Date, limit: number): Promise<Pick<EventRow, 'seq' | 'type' | 'project_no' | 'trace_id'>[]> {
  const { rows } = await sql<Pick<EventRow, 'seq' | 'type' | 'project_no' | 'trace_id'>>`
    update events e set outcome_code = 'parked-too-long', outcome_zh = '等待前序事件超时，请核对发送方是否漏送'
    from (
      select seq from events
      where outcome = 'parked' and recorded_at < ${olderThan} and outcome_code is distinct from 'parked-too-long'
      order by seq limit ${limit} for update skip locked
    ) late
    where e.seq = late.seq
    returning e.seq, e.type, e.project_no, e.trace_id`.execute(db);
  return rows;
}

/** How many events wait, and how many of them too long. */
export async function countParked(db: Ledger): Promise<{ parked: number; tooLong: number }> {
  const counted = await db.selectFrom('events').where('outcome', '=', 'parked')
    .select((eb) => [eb.fn.countAll<number>().as('parked'), eb.fn.countAll<number>().filterWhere('outcome_code', '=', 'parked-too-long').as('tooLong')])
    .executeTakeFirstOrThrow();
  return counted;
}
