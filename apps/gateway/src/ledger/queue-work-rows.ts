import type { AppName, Destination } from '#contracts';
import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import type { LedgerTables } from './tables.ts';

type Ledger = Kysely<LedgerTables>;

/** Newest rows looked at: what is older than a minute is left out, and above this a figure is too small. */
const RECENT_CAP = 20_000;
/** Rows under way looked at for the oldest of each destination. */
const UNDER_WAY_CAP = 100_000;

/** What the gateways took out of their queues in the last minute, as the ledger holds it. */
export interface QueueWork {
  readonly intake: number;
  readonly outcomes: number;
  readonly receipts: number;
  readonly door_refusals: number;
}

/** What the bridge says itself came by no queue. Indexes: the primary keys of events and attempts, door_refusals_at. */
export async function loadQueueWork(db: Ledger): Promise<QueueWork> {
  const lately = sql`recorded_at > statement_timestamp() - interval '1 minute'`;
  const { rows: [work] } = await sql<QueueWork>`
    select count(*) filter (where party not in ('centre', 'bridge')) as intake, count(*) filter (where party = 'centre') as outcomes,
      (select count(*) from (select recorded_at from attempts order by seq desc limit ${RECENT_CAP}) a where ${lately}) as receipts,
      (select count(*) from (select recorded_at from door_refusals order by at desc, seq desc limit ${RECENT_CAP}) r where ${lately}) as door_refusals
    from (select party, recorded_at from events order by seq desc limit ${RECENT_CAP}) e where ${lately}`.execute(db);
  if (work === undefined) throw new Error('counting gave no row');
  return work;
}

export interface DestinationWork {
  readonly destination: Destination;
  readonly attempts: number;
}

/** Delivery attempts recorded in the last minute, by destination. Indexes: the primary keys of attempts and transfers. */
export async function loadDestinationWork(db: Ledger): Promise<DestinationWork[]> {
  const { rows } = await sql<DestinationWork>`
    select t.destination, count(*) as attempts
    from (select transfer_id, recorded_at from attempts order by seq desc limit ${RECENT_CAP}) a join transfers t on t.id = a.transfer_id
    where a.recorded_at > statement_timestamp() - interval '1 minute'
    group by t.destination`.execute(db);
  return rows;
}

export interface OldestUnderWay {
  readonly destination: Destination;
  readonly oldest_at: Date;
}

/** When the oldest order to each destination that has no receipt yet went out. Index: transfers_in_flight. */
export async function loadOldestUnderWay(db: Ledger): Promise<OldestUnderWay[]> {
  const { rows } = await sql<OldestUnderWay>`
    select destination, min(dispatched_at) as oldest_at
    from (select destination, dispatched_at from transfers where status = 'in_flight' and unpublished_since is null order by receipt_due_at, id limit ${UNDER_WAY_CAP}) t
    group by destination`.execute(db);
  return rows;
}

export interface LettersOfApp {
  readonly app: AppName;
  readonly count: number;
}

/** Dead letters collected in the last minute, by the program they come from. Index: the primary key. */
export async function loadLetterWork(db: Ledger): Promise<LettersOfApp[]> {
  const { rows } = await sql<LettersOfApp>`
    select app, count(*) as count from (select app, received_at from dead_letters order by seq desc limit ${RECENT_CAP}) l
    where received_at > statement_timestamp() - interval '1 minute' group by app`.execute(db);
  return rows;
}

const LETTERS_CAP = 10_000;

/** How many dead letters wait for a person, at most {@link LETTERS_CAP}. Index: dead_letters_open. */
export async function countLetters(db: Ledger): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*) as count from (select from dead_letters where status = 'open' limit ${LETTERS_CAP}) l`.execute(db);
  return rows[0]?.count ?? 0;
}
