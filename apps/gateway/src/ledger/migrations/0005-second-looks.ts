import { sql } from 'kysely';
import type { Kysely } from 'kysely';

/**
 * What the watchdog must tell apart: an order that never reached the broker from one that waits for its receipt, a program that ended in
 * good order from one that fell silent, and a hall whose canary never got in from one that sends none. Letters are looked up by their message.
 */
export const secondLooks = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};

const STATEMENTS = [
  'alter table transfers add column unpublished_since timestamptz',
  `create index transfers_unpublished on transfers (unpublished_since, id) where status = 'in_flight' and unpublished_since is not null`,
  'alter table edge_instances add column stopped_at timestamptz, add column canary_halls text[]',
  'create index dead_letters_message on dead_letters (message_id, queue) where message_id is not null',
];
