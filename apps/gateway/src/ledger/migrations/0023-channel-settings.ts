import { sql } from 'kysely';
import type { Kysely } from 'kysely';

/**
 * How fast and when a channel sends (通道的限速和投递时段), and the hours of an operation. What a channel may not send now is held as a pause
 * holds it: the statements that order transfers ask one function more names, and none of them asks twice.
 */
export const channelSettings = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};

/** Whether it is within these hours (Beijing time; no hours: always). The same as `isOpenAt` in channels/sending-hours.ts. */
const HOURS_OPEN = `
  create function hours_open(hours jsonb, moment timestamptz) returns boolean language sql stable as $$
    select hours is null or exists (
      select from jsonb_to_recordset(hours) as w(days int[], "from" text, "to" text)
      where extract(isodow from moment at time zone 'Asia/Shanghai')::int = any(w.days)
        and to_char(moment at time zone 'Asia/Shanghai', 'HH24:MI') collate "C" >= w."from" and to_char(moment at time zone 'Asia/Shanghai', 'HH24:MI') collate "C" < w."to")
  $$`;

/** The channels that hold what is new to them, and why: people paused them, it is not their time, or only so many may go in a second. One channel may come twice. */
const CHANNELS_HELD_AT = `
  create function channels_held_at(moment timestamptz) returns table (channel text, why text) language sql stable as $$
    select p.channel, 'paused' from channel_pauses p where p.paused and (p.until is null or p.until > moment)
    union all
    select s.channel, case when hours_open(s.hours, moment) then 'limited' else 'outside-hours' end
    from channel_settings s where s.rate_per_second is not null or not hours_open(s.hours, moment)
  $$`;

/**
 * As 0018 made it, and with the channels that settings hold. It takes the lock that batches hold too, and only then looks, with a snapshot of its
 * own: so what was answered to the person who changed something is seen, also by a statement that had begun before.
 */
const CHANNELS_PAUSED = `
  create or replace function channels_paused() returns text[] language plpgsql volatile as $$
  begin
    perform pg_advisory_xact_lock_shared(hashtext('jiujin channels'), 0);
    return array(select h.channel from channels_held_at(clock_timestamp()) h);
  end $$`;

/** Of these, the ones out of which nothing at all goes: a limited channel only goes slowly. */
const CHANNELS_SHUT = `
  create function channels_shut() returns text[] language plpgsql volatile as $$
  begin
    perform pg_advisory_xact_lock_shared(hashtext('jiujin channels'), 0);
    return array(select h.channel from channels_held_at(clock_timestamp()) h where h.why <> 'limited');
  end $$`;

const STATEMENTS = [
  `create table channel_settings (
    channel text primary key check (channel ~ '^(intake|completion):[0-9]{6}$'),
    rate_per_second int check (rate_per_second between 1 and 500),
    hours jsonb,
    sent_until timestamptz not null default now(),
    reason text not null,
    ticket text,
    by_id text not null,
    by_name text not null,
    changed_at timestamptz not null default now(),
    version int not null
  )`,
  'alter table operations add column hours jsonb',
  HOURS_OPEN,
  CHANNELS_HELD_AT,
  CHANNELS_PAUSED,
  CHANNELS_SHUT,
];
