import { sql } from 'kysely';
import type { Kysely } from 'kysely';

/** Since when a gateway cannot reach RabbitMQ, by the ledger's clock: what one gateway sees, every other one can judge by. */
export const brokerSight = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`alter table edge_instances add column broker_away_since timestamptz`.execute(db);
  },
};
