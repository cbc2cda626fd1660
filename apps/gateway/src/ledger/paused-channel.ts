import { sql } from 'kysely';
import type { RawBuilder, SqlBool } from 'kysely';

/*
 * How the statements that order transfers ask whether they may. The question is part of the statement that sets a transfer under way: so the
 * answer holds from the pause's commit on, on every gateway, and no statement is added. While nothing is paused it is one look at an all but
 * empty table for the whole statement (the first `exists` depends on no row); only while something is, each row's channel is found out.
 */

/** Whether a row of `channel_pauses` holds now: it may have ended by itself. */
export function holds(pause: string): RawBuilder<SqlBool> {
  const column = (name: string): RawBuilder<unknown> => sql.ref(`${pause}.${name}`);
  return sql<SqlBool>`(${column('paused')} and (${column('until')} is null or ${column('until')} > statement_timestamp()))`;
}

const ANYTHING_PAUSED = sql<SqlBool>`exists (select from channel_pauses q where ${holds('q')})`;

/** The channel of a row that has `project_no` and `destination`. */
export function channelOf(row: string): RawBuilder<string> {
  const destination = sql.ref(`${row}.destination`);
  return sql<string>`case when ${destination} = 'centre'
    then 'intake:' || (select c.hall_code from cases c where c.project_no = ${sql.ref(`${row}.project_no`)})
    else 'completion:' || substr(${destination}, 6) end`;
}

/** The channel by whose pause a transfer may not go out now; null when it may. */
export function pausedChannel(row: string): RawBuilder<string | null> {
  return sql<string | null>`case when ${ANYTHING_PAUSED} then (select p.channel from channel_pauses p where p.channel = ${channelOf(row)} and ${holds('p')}) end`;
}

/** Whether a transfer may go out now. */
export function mayGoOut(row: string): RawBuilder<SqlBool> {
  return sql<SqlBool>`case when ${ANYTHING_PAUSED} then not exists (select from channel_pauses p where p.channel = ${channelOf(row)} and ${holds('p')}) else true end`;
}
