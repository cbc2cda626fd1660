import type { Destination } from '#contracts';
import { sql } from 'kysely';
import type { RawBuilder, SqlBool } from 'kysely';
import { isReal } from '../../ledger/canary-rows.ts';
import type { EventOutcome, TransferStatus } from '../../ledger/tables.ts';
import type { TimePlace } from '../paging/cursor.ts';
import type { Reading } from '../ops-ledger.ts';
import { hasDiscarded, hasUndelivered } from './delivery-status.ts';
import { after, micros } from './sql-forms.ts';

/** Cases or receipts looked at for one count, at most: above it a count says "at least". */
export const DAY_CAP = 100_000;

/** Cases entered into the ledger from one moment until another, of one hall or of all. */
export interface Cohort {
  readonly from: Date;
  readonly until: Date;
  readonly hall?: string;
}

/**
 * How far each case of a cohort has come: the number of the last stage it reached without a gap. 2 it is in the ledger, 3 its work item has gone out, 4 the
 * centre took it, 5 the centre has answered, 6 every completion update has gone out, 7 the hall took every one.
 */
const LEVEL = sql<number>`case
  when t.sent is not true then 2
  when t.delivered is not true then 3
  when c.status in ('RECEIVED', 'PENDING_ACCEPTANCE') then 4
  when t.updates = 0 or t.unsent > 0 then 5
  when t.unacknowledged > 0 then 6
  else 7 end`;

/** What {@link LEVEL} is made of. Index: transfers_case. */
const TRANSFERS = sql`(
    select bool_or(destination = 'centre' and kind = 'open' and dispatched_at is not null) as sent,
      bool_or(destination = 'centre' and kind = 'open' and status = 'delivered') as delivered,
      count(*) filter (where destination <> 'centre') as updates,
      count(*) filter (where destination <> 'centre' and dispatched_at is null) as unsent,
      count(*) filter (where destination <> 'centre' and status <> 'delivered') as unacknowledged
    from transfers where project_no = c.project_no
  ) t`;

const PROGRESS = sql`cross join lateral ${TRANSFERS}`;

/**
 * The same as {@link LEVEL}, without reading the transfers of a case of which none is held up: that is told by the partial indexes of what is undelivered or
 * discarded, and the case itself knows how many it has, and how many of them went to the hall. The first of the others is the opening work item.
 */
const LEVEL_AT_A_GLANCE = sql<number>`case
  when c.transfer_count > c.update_sequence and not ${hasUndelivered('c')} and not ${hasDiscarded('c')}
  then case when c.status in ('RECEIVED', 'PENDING_ACCEPTANCE') then 4 when c.update_sequence = 0 then 5 else 7 end
  else (select ${LEVEL} from ${TRANSFERS}) end`;

/** Indexes: cases_created, cases_hall. */
function inCohort({ from, until, hall }: Cohort): RawBuilder<SqlBool> {
  return sql<SqlBool>`c.created_at >= ${from} and c.created_at < ${until} and not c.canary and ${hall === undefined ? sql`true` : sql`c.hall_code = ${hall}`}`;
}

export interface LevelCount {
  readonly hall_code: string;
  readonly level: number;
  readonly count: number;
}

/** How many cases of a cohort stand at each level, by hall. */
export async function countLevels(trx: Reading, cohort: Cohort): Promise<LevelCount[]> {
  const { rows } = await sql<LevelCount>`
    select hall_code, level, count(*) as count
    from (select c.hall_code, ${LEVEL_AT_A_GLANCE} as level from cases c where ${inCohort(cohort)} limit ${DAY_CAP}) reached
    group by hall_code, level`.execute(trx);
  return rows;
}

/** Receipts that came in a period and made no case, nor did another of the same number. Indexes: events_receipts_unapplied, the primary key of cases. */
function unapplied({ from, until, hall }: Cohort): RawBuilder<unknown> {
  return sql`events e
    where e.type = 'case.received' and e.outcome <> 'applied' and e.recorded_at >= ${from} and e.recorded_at < ${until} and ${isReal('e.project_no')}
      and ${hall === undefined ? sql`true` : sql`e.hall_code = ${hall}`} and not exists (select from cases c where c.project_no = e.project_no)`;
}

/** How many receipts made no case, by hall. */
export async function countUnapplied(trx: Reading, cohort: Cohort): Promise<{ readonly hall_code: string; readonly count: number }[]> {
  const { rows } = await sql<{ hall_code: string; count: number }>`
    select hall_code, count(distinct project_no) as count
    from (select coalesce(e.hall_code, '') as hall_code, e.project_no from ${unapplied(cohort)} limit ${DAY_CAP}) u group by hall_code`.execute(trx);
  return rows;
}

export interface UnappliedRow {
  readonly seq: number;
  readonly project_no: string;
  readonly hall_code: string | null;
  readonly recorded_at: Date;
  readonly outcome: EventOutcome;
  readonly outcome_code: string | null;
}

/** The receipts of the period that made no case, the last of each number in it, newest first, below a row number. */
export async function listUnapplied(trx: Reading, cohort: Cohort, below: number | null, rows: number): Promise<UnappliedRow[]> {
  const { rows: found } = await sql<UnappliedRow>`
    select e.seq, e.project_no, e.hall_code, e.recorded_at, e.outcome, e.outcome_code from ${unapplied(cohort)}
      and not exists (select from events l where l.project_no = e.project_no and l.seq > e.seq and l.type = 'case.received' and l.recorded_at < ${cohort.until}
        ${cohort.hall === undefined ? sql`` : sql`and l.hall_code = ${cohort.hall}`})
      and ${below === null ? sql`true` : sql`e.seq < ${below}`}
    order by e.seq desc limit ${rows}`.execute(trx);
  return found;
}

/** A case that has not come further, and what seems to hold it. */
export interface HeldUpRow {
  readonly project_no: string;
  readonly hall_code: string;
  readonly created_at: Date;
  readonly created_micros: string;
  readonly level: number;
  /** The transfer that it waits for; null when there is none. */
  readonly transfer_id: string | null;
  readonly destination: Destination | null;
  readonly status: TransferStatus | null;
  readonly paused_channel: string | null;
  /** Why that channel holds it now; null when it is open and about to let it go. */
  readonly held_because: 'paused' | 'outside-hours' | 'limited' | null;
  readonly error_code: string | null;
  readonly returned: boolean;
  readonly unpublished: boolean;
  /** Whether a dead letter of the case lies open. */
  readonly dead_letter: boolean;
  /** What became of the centre's last word that was not applied. */
  readonly centre_outcome: EventOutcome | null;
  readonly centre_code: string | null;
}

/** What holds a case `c` at its level. Indexes: transfers_case, dead_letters_case, events_case. */
const HOLDING = sql`
  left join lateral (
    select id, destination, status, paused_channel, error_code, returned_at is not null as returned, unpublished_since is not null as unpublished
    from transfers where project_no = c.project_no and status <> 'delivered' and (destination = 'centre') = (t.delivered is not true)
    order by ordinal limit 1
  ) h on true
  left join lateral (
    select outcome, outcome_code from events where project_no = c.project_no and party = 'centre' and outcome in ('parked', 'refused') order by seq desc limit 1
  ) w on true`;

const HELD_UP = sql`
  c.project_no, c.hall_code, c.created_at, ${micros('c.created_at')} as created_micros, ${LEVEL} as level,
  h.id as transfer_id, h.destination, h.status, h.paused_channel,
  (select q.why from channels_held_at(statement_timestamp()) q where q.channel = h.paused_channel order by array_position(array['paused', 'outside-hours', 'limited'], q.why) limit 1) as held_because,
  h.error_code, coalesce(h.returned, false) as returned, coalesce(h.unpublished, false) as unpublished,
  exists (select from dead_letters d where d.project_no = c.project_no and d.status = 'open') as dead_letter, w.outcome as centre_outcome, w.outcome_code as centre_code`;

/** The cases of a cohort that stand at one level, newest first. */
export async function listHeldUp(trx: Reading, cohort: Cohort, level: number, place: TimePlace | null, rows: number): Promise<HeldUpRow[]> {
  const { rows: found } = await sql<HeldUpRow>`
    select ${HELD_UP} from cases c ${PROGRESS} ${HOLDING}
    where ${inCohort(cohort)} and ${LEVEL} = ${level} and ${place === null ? sql`true` : after('c.created_at', 'c.project_no', place)}
    order by c.created_at desc, c.project_no desc limit ${rows}`.execute(trx);
  return found;
}

/** How these cases stand, whatever their day; those that are not there are left out. */
export async function loadHeldUp(trx: Reading, projectNos: readonly string[]): Promise<HeldUpRow[]> {
  const { rows } = await sql<HeldUpRow>`select ${HELD_UP} from cases c ${PROGRESS} ${HOLDING} where c.project_no in (${sql.join(projectNos.length === 0 ? [''] : projectNos)})`.execute(trx);
  return rows;
}

/** A list that a side gave for a day. */
export interface ListedDay {
  readonly listId: number;
  readonly side: string;
  readonly kind: string;
  /** The level at which the ledger says the same of a case. */
  readonly level: number;
  readonly cohort: Cohort;
}

/** Whether the ledger says of the listed case what the list says. */
function agrees({ level, cohort: { hall } }: ListedDay): RawBuilder<SqlBool> {
  return sql<SqlBool>`exists (select from cases c ${PROGRESS} where c.project_no = i.project_no and ${LEVEL} >= ${level} and ${hall === undefined ? sql`true` : sql`c.hall_code = ${hall}`})`;
}

/** Whether the side named the case on any day: what was sent before midnight arrives after it. Index: reconciliation_ids_case. */
function named({ side, kind }: ListedDay): RawBuilder<SqlBool> {
  return sql<SqlBool>`exists (
    select from reconciliation_ids i join reconciliation_lists l on l.id = i.list_id where i.project_no = c.project_no and l.side = ${side} and l.kind = ${kind})`;
}

/** Numbers in their list of which the ledger does not say the same, in order, after one of them. Index: the primary key of reconciliation_ids. */
export async function listMissingHere(trx: Reading, day: ListedDay, above: string | null, rows: number): Promise<string[]> {
  const { rows: found } = await sql<{ project_no: string }>`
    select i.project_no from reconciliation_ids i where i.list_id = ${day.listId} and i.project_no > ${above ?? ''} and not ${agrees(day)}
    order by i.project_no limit ${rows}`.execute(trx);
  return found.map(({ project_no }) => project_no);
}

/** Cases of the day of which the ledger says so and no list of theirs does, newest first. */
export async function listMissingThere(trx: Reading, day: ListedDay, place: TimePlace | null, rows: number): Promise<HeldUpRow[]> {
  const { rows: found } = await sql<HeldUpRow>`
    select ${HELD_UP} from cases c ${PROGRESS} ${HOLDING}
    where ${inCohort(day.cohort)} and ${LEVEL} >= ${day.level} and not ${named(day)} and ${place === null ? sql`true` : after('c.created_at', 'c.project_no', place)}
    order by c.created_at desc, c.project_no desc limit ${rows}`.execute(trx);
  return found;
}

export async function countMissing(trx: Reading, day: ListedDay): Promise<{ readonly here: number; readonly there: number }> {
  const { rows: [row] } = await sql<{ here: number; there: number }>`
    select (select count(*) from reconciliation_ids i where i.list_id = ${day.listId} and not ${agrees(day)}) as here,
      (select count(*) from (select from cases c ${PROGRESS} where ${inCohort(day.cohort)} and ${LEVEL} >= ${day.level} and not ${named(day)} limit ${DAY_CAP}) m) as there`.execute(trx);
  return row ?? { here: 0, there: 0 };
}
