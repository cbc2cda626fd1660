import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import { isReal } from './canary-rows.ts';
import type { ChannelName } from './channel-tables.ts';
import { channelOf } from './paused-channel.ts';
import type { LedgerTables } from './tables.ts';

type Ledger = Kysely<LedgerTables>;

/** Waiting transfers that are looked at for one forecast, the oldest first: with more, every figure says "at least". */
export const WAITING_CAP = 10_000;
/** Newest rows by which the present rate is measured. */
const PACE_CAP = 2_000;
/** How long (s) the present rate is averaged over, unless so much went on that the newest rows reach less far back. */
const PACE_SECONDS = 300;

/** A case with transfers waiting in a channel. */
export interface WaitingCase {
  readonly channel: ChannelName;
  readonly project_no: string;
  /** Place of its last transfer in the queue of the channel, 1 for the first. */
  readonly position: number;
  readonly transfers: number;
  /** The earliest of its deadlines: what was promised, or the time for its paper (汴审改办〔2023〕16号 四(三)) while the hall has that. */
  readonly due_at: Date | null;
}

/**
 * The cases that wait in each channel, by their place. What is held behind a failed transfer of its case is left out: no rate moves that.
 * Indexes: the partial one of undelivered transfers by age, transfers_undelivered, the primary key of cases.
 */
export async function loadWaitingCases(db: Ledger): Promise<WaitingCase[]> {
  const { rows } = await sql<WaitingCase>`
    select channel, project_no, max(place)::int as position, count(*)::int as transfers, min(due_at) as due_at
    from (
      select case when w.destination = 'centre' then 'intake:' || c.hall_code else 'completion:' || substr(w.destination, 6) end as channel, w.project_no,
        row_number() over (partition by case when w.destination = 'centre' then 'intake:' || c.hall_code else 'completion:' || substr(w.destination, 6) end order by w.created_at, w.id) as place,
        least(c.promise_due_at, case when c.paper_status in ('IN_HALL', 'IN_BATCH') then c.paper_due_at end) as due_at
      from (select id, project_no, destination, created_at from transfers where status in ('held', 'in_flight', 'retry_wait') and ${isReal()}
            order by created_at, id limit ${WAITING_CAP}) w
      join cases c on c.project_no = w.project_no
      where not exists (select from transfers f where f.project_no = w.project_no and f.destination = w.destination and f.status = 'failed')
    ) placed
    group by channel, project_no order by channel, position`.execute(db);
  return rows;
}

/** How fast a channel moves. */
export interface ChannelPace {
  readonly channel: ChannelName;
  /** Transfers made and delivered in a minute, on average over the last minutes. */
  readonly in_per_minute: number;
  readonly out_per_minute: number;
  /** Deliveries in its busiest minute lately (where the newest rows hold less than a minute, at their rate): what it can do once it may; null when it has delivered nothing lately. */
  readonly busiest_minute: number | null;
}

/** How fast each channel moves, by the newest rows. Indexes: transfers_created, and the primary keys of attempts, transfers and cases. */
export async function loadChannelPaces(db: Ledger): Promise<ChannelPace[]> {
  const { rows } = await sql<ChannelPace>`
    with newest as materialized (select transfer_id, outcome, recorded_at from attempts order by seq desc limit ${PACE_CAP}),
    seen as (select ${spanOf('recorded_at', 'newest')} as seconds),
    delivered as (
      select ${channelOf('t')} as channel, n.recorded_at from newest n join transfers t on t.id = n.transfer_id where n.outcome = 'delivered' and ${isReal('t.project_no')}
    ),
    made as materialized (
      select project_no, destination, created_at from transfers where created_at > statement_timestamp() - make_interval(secs => ${PACE_SECONDS}) and ${isReal()}
      order by created_at desc limit ${PACE_CAP}
    ),
    came as (select ${spanOf('created_at', 'made')} as seconds),
    outs as (
      select channel, count(*) filter (where recorded_at > statement_timestamp() - make_interval(secs => ${PACE_SECONDS}))::float8 as moved from delivered group by channel
    ),
    busiest as (select channel, max(moved)::float8 as moved from (select channel, count(*) as moved from delivered group by channel, date_trunc('minute', recorded_at)) m group by channel),
    ins as (select channel, count(*)::float8 as moved from (select ${channelOf('m')} as channel from made m) i group by channel)
    select channel, coalesce(ins.moved, 0) * 60 / came.seconds as in_per_minute, coalesce(outs.moved, 0) * 60 / seen.seconds as out_per_minute,
      case when busiest.moved is not null then greatest(busiest.moved, outs.moved * 60 / seen.seconds) end as busiest_minute
    from outs full join ins using (channel) left join busiest using (channel) cross join seen cross join came
    where channel is not null order by channel`.execute(db);
  return rows;
}

/** How far back (s) rows reach of which there may be more than are looked at. */
function spanOf(at: string, rows: string) {
  return sql`(select case when count(*) < ${PACE_CAP} then ${PACE_SECONDS}::float8
    else greatest(1, least(${PACE_SECONDS}, extract(epoch from statement_timestamp() - min(${sql.ref(at)}))))::float8 end from ${sql.table(rows)})`;
}
