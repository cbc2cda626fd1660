import type { CaseStatus } from '#contracts';
import { sql } from 'kysely';
import type { Insertable, Kysely, Selectable } from 'kysely';
import { isReal } from './canary-rows.ts';
import { names, namesIn, rowSet } from './row-set.ts';
import type { Columns } from './row-set.ts';
import type { EventOutcome, EventsTable, LedgerTables, SuppressedDuplicatesTable } from './tables.ts';

type Ledger = Kysely<LedgerTables>;

/** What makes an event one and the same: who said it, under which id. */
export interface EventKey {
  readonly source: string;
  readonly event_id: string;
}

export type NewEvent = Required<Omit<Insertable<EventsTable>, 'outcome_at'>>;
export type NewDuplicate = Required<Insertable<SuppressedDuplicatesTable>> & {
  /** Its message was handed out or worked on before, so the row may be there already. */
  readonly again: boolean;
};
export type EventRow = Selectable<EventsTable>;
/** An event that waits, with what applying it needs. */
export type ParkedRow = Pick<EventRow, (typeof PARKED)[number]>;
export type KnownRow = Pick<EventRow, 'seq' | 'source' | 'event_id' | 'digest' | 'door_at'>;

/** What became of a parked event. */
export interface EventVerdict {
  readonly seq: number;
  readonly outcome: EventOutcome;
  readonly outcome_code: string | null;
  readonly outcome_zh: string | null;
  readonly status_after: CaseStatus | null;
  readonly outcome_at: Date;
}

const PARKED = [
  'seq', 'party', 'door_at', 'recorded_at', 'digest', 'trace_id', 'outcome', 'outcome_code', 'outcome_zh', 'status_after', 'sealed', 'key_version',
] as const satisfies readonly (keyof EventRow)[];
const KEY: Columns<EventKey> = { source: 'text', event_id: 'text' };
const EVENT: Columns<NewEvent> = {
  source: 'text', event_id: 'text', type: 'text', party: 'text', order_key: 'text', project_no: 'text', hall_code: 'text',
  data_version: 'int', sequence: 'int', trace_id: 'text', occurred_at: 'timestamptz', door_at: 'timestamptz', digest: 'text',
  outcome: 'text', outcome_code: 'text', outcome_zh: 'text', status_after: 'text', recorded_at: 'timestamptz', sealed: 'bytea', key_version: 'int',
};
const DUPLICATE: Columns<NewDuplicate> = { event_seq: 'bigint', door_at: 'timestamptz', recorded_at: 'timestamptz', same_body: 'boolean', digest: 'text', again: 'boolean' };
const VERDICT: Columns<EventVerdict> = { seq: 'bigint', outcome: 'text', outcome_code: 'text', outcome_zh: 'text', status_after: 'text', outcome_at: 'timestamptz' };

/** Which of these events the inbox knows already. */
export async function findEvents(db: Ledger, keys: readonly EventKey[]): Promise<KnownRow[]> {
  const { rows } = await sql<KnownRow>`
    select e.seq, e.source, e.event_id, e.digest, e.door_at
    from events e join ${rowSet(KEY, keys, 'k')} on e.source = k.source and e.event_id = k.event_id`.execute(db);
  return rows;
}

/**
 * Puts events into the inbox with what became of them, in the order given. Throws a unique violation when one is there already:
 * the locks on the cases exclude that but for one id used for two cases at the same moment, and then the batch is done again singly.
 */
export async function insertEvents(db: Ledger, events: readonly NewEvent[]): Promise<Pick<EventRow, 'seq' | 'source' | 'event_id'>[]> {
  const { rows } = await sql<Pick<EventRow, 'seq' | 'source' | 'event_id'>>`
    insert into events (${names(EVENT)}, outcome_at) select ${names(EVENT)}, recorded_at from ${rowSet(EVENT, events, 'arrived')}
    returning seq, source, event_id`.execute(db);
  return rows;
}

/** Records that events came again: each coming once, also when its message is worked on a second time. The caller holds their locks. */
export async function insertDuplicates(db: Ledger, duplicates: readonly NewDuplicate[]): Promise<void> {
  const columns = sql.raw('event_seq, door_at, recorded_at, same_body, digest');
  await sql`
    insert into suppressed_duplicates (${columns})
    select ${columns} from ${rowSet(DUPLICATE, duplicates, 'came')}
    where not came.again or not exists (
      select from suppressed_duplicates d where d.event_seq = came.event_seq and d.door_at = came.door_at and d.digest = came.digest
    )`.execute(db);
}

/** The events that wait for a predecessor under these keys, in the order they arrived. */
export async function loadParked(db: Ledger, orderKeys: readonly string[]): Promise<ParkedRow[]> {
  const { rows } = await sql<ParkedRow>`
    select ${namesIn('e', PARKED)} from events e where outcome = 'parked' and order_key = any(${orderKeys}::text[]) order by seq`.execute(db);
  return rows;
}

/** Events behind `afterSeq` that wait for a permission, oldest first. */
export function loadAwaitingPermission(db: Ledger, afterSeq: number, limit: number): Promise<Pick<EventRow, 'seq' | 'order_key'>[]> {
  return db.selectFrom('events').select(['seq', 'order_key'])
    .where('outcome', '=', 'parked').where('outcome_code', '=', 'permission-awaited').where('seq', '>', afterSeq)
    .orderBy('seq').limit(limit).execute();
}

/** Says what became of events that were parked. */
export async function settleParked(db: Ledger, verdicts: readonly EventVerdict[]): Promise<void> {
  await sql`
    update events e
    set outcome = v.outcome, outcome_code = v.outcome_code, outcome_zh = v.outcome_zh, status_after = v.status_after, outcome_at = v.outcome_at
    from ${rowSet(VERDICT, verdicts, 'v')}
    where e.seq = v.seq`.execute(db);
}

/** Marks events that have waited longer than `patienceMs` as waiting too long, at most `limit`; returns them once. */
export async function markParkedTooLong(db: Ledger, patienceMs: number, limit: number): Promise<Pick<EventRow, 'seq' | 'type' | 'project_no' | 'trace_id'>[]> {
  const { rows } = await sql<Pick<EventRow, 'seq' | 'type' | 'project_no' | 'trace_id'>>`
    update events e set outcome_code = 'parked-too-long', outcome_zh = '等待前序事件超时，请核对发送方是否漏送'
    from (
      select seq from events
      where outcome = 'parked' and recorded_at < statement_timestamp() - interval '1 millisecond' * ${patienceMs}::float8
        and outcome_code is distinct from 'parked-too-long' and outcome_code is distinct from 'permission-awaited' and ${isReal()}
      order by seq limit ${limit} for update skip locked
    ) late
    where e.seq = late.seq
    returning e.seq, e.type, e.project_no, e.trace_id`.execute(db);
  return rows;
}

/** How many events of real cases wait, and how many of them too long. */
export async function countParked(db: Ledger): Promise<{ parked: number; tooLong: number }> {
  const counted = await db.selectFrom('events').where('outcome', '=', 'parked').where(isReal())
    .select((eb) => [eb.fn.countAll<number>().as('parked'), eb.fn.countAll<number>().filterWhere('outcome_code', '=', 'parked-too-long').as('tooLong')])
    .executeTakeFirstOrThrow();
  return counted;
}

/** One event by its number in the inbox. */
export function findEventBySeq(db: Ledger, seq: number): Promise<EventRow | undefined> {
  return db.selectFrom('events').selectAll().where('seq', '=', seq).executeTakeFirst();
}
