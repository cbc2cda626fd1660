import { sql } from 'kysely';
import type { Kysely } from 'kysely';

/**
 * What an operation under way has to remember: how far its look for what may go has come, since when it is paused, what its last step ran
 * into, and how much was approved. And what was given up and arrived all the same.
 */
export const operationsAtWork = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};

/**
 * The channels that are paused now, for statements that order transfers by themselves. It takes the lock that batches hold too, and only then
 * looks, with a snapshot of its own: so a pause that was answered is seen, also by a statement that had begun before.
 */
const CHANNELS_PAUSED = `
  create function channels_paused() returns text[] language plpgsql volatile as $$
  begin
    perform pg_advisory_xact_lock_shared(hashtext('jiujin channels'), 0);
    return array(select p.channel from channel_pauses p where p.paused and (p.until is null or p.until > clock_timestamp()));
  end $$`;

const STATEMENTS = [
  `alter table operations
    add column picked_until bigint not null default 0, add column lap_moved boolean not null default false,
    add column paused_at timestamptz,
    add column step_failures int not null default 0, add column step_error text,
    add column approved_rate int, add column approved_in_flight int`,
  `update operations set approved_rate = rate_per_second, approved_in_flight = max_in_flight where approved_by is not null`,
  `update operations set paused_at = updated_at where status = 'paused'`,
  `create index operations_aborted on operations (updated_at) where status = 'aborted'`,
  'alter table transfers add column delivered_late_at timestamptz',
  'create index transfers_delivered_late on transfers (delivered_late_at) where delivered_late_at is not null',
  CHANNELS_PAUSED,
];
