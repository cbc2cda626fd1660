import { sql } from 'kysely';
import type { RawBuilder, SqlBool } from 'kysely';

/*
 * How the statements that order transfers ask whether they may. The question is part of the statement that sets a transfer under way: so the
 * answer holds from the commit of a pause or of new settings on, on every gateway, and no statement is added. While nothing is held it is one look
 * at two all but empty tables for the whole statement (the first `exists` depends on no row); only while something is, each row's channel is found
 * out. A channel is *shut* while people pause it or it is not its time: nothing of it goes out, and nothing again. One that is merely limited
 * *holds* what is new to it like those, for the drain to let go at its rate; what is out goes on as ever.
 */

/** Whether a row of `channel_pauses` holds now: it may have ended by itself. */
export function holds(pause: string): RawBuilder<SqlBool> {
  const column = (name: string): RawBuilder<unknown> => sql.ref(`${pause}.${name}`);
  return sql<SqlBool>`(${column('paused')} and (${column('until')} is null or ${column('until')} > statement_timestamp()))`;
}

/** Channels as rows of `channel` and `why`. */
const HELD = sql`(select channel, why from channels_held_at(statement_timestamp()))`;
const SHUT = sql`(select channel, why from channels_held_at(statement_timestamp()) where why <> 'limited')`;

/** The channel of a row that has `project_no` and `destination`. */
export function channelOf(row: string): RawBuilder<string> {
  const destination = sql.ref(`${row}.destination`);
  return sql<string>`case when ${destination} = 'centre'
    then 'intake:' || (select c.hall_code from cases c where c.project_no = ${sql.ref(`${row}.project_no`)})
    else 'completion:' || substr(${destination}, 6) end`;
}

/** The channel that holds a transfer which would go out now; null when none does. */
export function pausedChannel(row: string): RawBuilder<string | null> {
  return sql<string | null>`case when exists (select from ${HELD} q) then (select p.channel from ${HELD} p where p.channel = ${channelOf(row)} limit 1) end`;
}

/** Whether a transfer's channel is open: it may go out, in a limited channel at its rate. */
export function mayGoOut(row: string): RawBuilder<SqlBool> {
  return sql<SqlBool>`case when exists (select from ${SHUT} q) then not exists (select from ${SHUT} p where p.channel = ${channelOf(row)}) else true end`;
}

/** The hours of a transfer's channel while it is not their time, and nobody has paused it. */
export function shutHours(row: string): RawBuilder<unknown> {
  return sql`case when exists (select from ${SHUT} q where q.why = 'outside-hours') then (
    select s.hours from channel_settings s where s.channel = ${channelOf(row)} and not hours_open(s.hours, statement_timestamp())
      and not exists (select from ${SHUT} p where p.channel = s.channel and p.why = 'paused')) end`;
}

/**
 * First of a statement that orders transfers: `with paused as materialized (…)`. It takes the channels' lock, which a batch holds already, and then
 * looks, once for all rows: so the pause that was answered while the statement had already begun is seen all the same. To be asked before a row is
 * locked: see {@link PAUSES_KNOWN}.
 */
export const PAUSED_NOW = sql`paused as materialized (select channels_paused() as names)`;

/** The same, of the channels that are shut: for what is out already, and for what a limited channel lets go at its rate. */
export const SHUT_NOW = sql`paused as materialized (select channels_shut() as names)`;

/** A condition that is always true, and makes {@link PAUSED_NOW} be asked before the rows are: whoever waits for the channels must hold no row. */
export const PAUSES_KNOWN = sql<SqlBool>`(select names from paused) is not null`;

/** As {@link pausedChannel}, by {@link PAUSED_NOW}. */
export function pausedChannelNow(row: string): RawBuilder<string | null> {
  return sql<string | null>`case when cardinality((select names from paused)) > 0 then (select name from unnest((select names from paused)) as name where name = ${channelOf(row)} limit 1) end`;
}

/** As {@link mayGoOut}, by {@link SHUT_NOW}. */
export function mayGoOutNow(row: string): RawBuilder<SqlBool> {
  return sql<SqlBool>`${pausedChannelNow(row)} is null`;
}
