import { sql } from 'kysely';
import type { Kysely } from 'kysely';

/**
 * Operations that return work items to their halls, why a preflight left transfers out, and who has seen how an operation ended: until somebody says so
 * it stays in sight. What ended before that could be said counts as seen.
 */
export const operationEnds = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};

const STATEMENTS = [
  'alter table operations drop constraint operations_kind_check',
  "alter table operations add constraint operations_kind_check check (kind in ('replay', 'discard', 'return'))",
  'alter table operation_items drop constraint operation_items_state_check',
  "alter table operation_items add constraint operation_items_state_check check (state in ('pending', 'sent', 'delivered', 'failed', 'discarded', 'returned', 'skipped'))",
  `alter table operations
    add column return_items jsonb, add column returned int not null default 0, add column left_out jsonb not null default '{}',
    add column acknowledged_at timestamptz, add column acknowledged_by text`,
  'update operations set acknowledged_at = finished_at where finished_at is not null',
  `alter table operations add constraint operations_acknowledged_end check (acknowledged_at is null or finished_at is not null),
    add constraint operations_return_says_what check ((kind = 'return') = (return_items is not null))`,
  'create index operations_pinned on operations (created_at, id) where acknowledged_at is null',
];
