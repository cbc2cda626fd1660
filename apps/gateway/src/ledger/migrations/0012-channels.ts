import { sql } from 'kysely';
import type { Kysely } from 'kysely';

/**
 * Channels that people hold (通道暂停), and what is held by them. A row stays when its channel goes on: its version is what two people who
 * change it at once are told apart by, and what was held meanwhile is still looked for under its name.
 */
export const channels = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};

const STATEMENTS = [
  `create table channel_pauses (
    channel text primary key check (channel ~ '^(intake|completion):[0-9]{6}$'),
    paused boolean not null,
    reason text not null,
    ticket text,
    by_id text not null,
    by_name text not null,
    paused_at timestamptz not null default now(),
    until timestamptz,
    resumed_at timestamptz,
    version int not null
  )`,
  'alter table transfers add column paused_channel text',
  // What a pause holds, oldest first. Empty while nothing is paused: the messages then pay nothing for it.
  `create index transfers_paused on transfers (paused_channel, created_at, id) where status = 'held' and paused_channel is not null`,
  // How many wait on each rung of the retry ladder, and when the next of them goes.
  `create index transfers_ladder on transfers (destination, attempts, next_attempt_at) include (created_at) where status = 'retry_wait'`,
];
