import { sql } from 'kysely';
import type { Kysely } from 'kysely';

/**
 * Failures by their signature: a group, how often it struck in each hour, and what people did about it. A failed transfer names its
 * group and, by the ledger's own clock, when it failed (`finished_at` is the adapter's).
 */
export const failures = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};

const FAILURE_GROUPS = `
  create table failure_groups (
    id text primary key check (id ~ '^fg_[0-9a-f]{24}$'),
    signature jsonb not null,
    text text not null,
    class text not null check (class in ('ours', 'hall', 'centre', 'data')),
    destination text not null,
    status text not null default 'new' check (status in ('new', 'acknowledged', 'in-progress', 'resolved', 'ignored')),
    owner text,
    note text,
    runbook text,
    first_seen_at timestamptz not null,
    last_seen_at timestamptz not null,
    occurrences bigint not null,
    recurrences int not null default 0,
    resolved_at timestamptz,
    resolved_by text,
    version int not null default 1
  )`;

const FAILURE_HOURS = `
  create table failure_hours (
    group_id text not null references failure_groups on delete cascade,
    hour timestamptz not null,
    count int not null,
    primary key (group_id, hour)
  )`;

const FAILURE_CHANGES = `
  create table failure_changes (
    seq bigint generated always as identity primary key,
    group_id text not null references failure_groups on delete cascade,
    at timestamptz not null default now(),
    actor text not null,
    actor_name text not null,
    status_before text not null,
    status_after text not null,
    owner text,
    note text,
    reason text not null,
    ticket text
  )`;

const STATEMENTS = [
  FAILURE_GROUPS, FAILURE_HOURS, FAILURE_CHANGES,
  'create index failure_groups_last_seen on failure_groups (last_seen_at, id)',
  'create index failure_hours_hour on failure_hours (hour)',
  'create index failure_changes_group on failure_changes (group_id, seq)',
  'alter table transfers add column failure_group text, add column failed_at timestamptz',
  // A group's failed transfers, newest first; and the few that have no group yet.
  `create index transfers_failure_group on transfers (failure_group, failed_at, id) include (project_no) where status = 'failed'`,
  `create index transfers_ungrouped on transfers (id) where status = 'failed' and failure_group is null`,
];
