import { sql } from 'kysely';
import type { Kysely } from 'kysely';

/**
 * What the watchdog knows: the programs that report, the circuits of their endpoints, and the alerts that follow from all of it.
 * `reported_at` and `since` are times of the reporter's clock, everything else is the ledger's own.
 */
export const watch = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};

const EDGE_INSTANCES = `
  create table edge_instances (
    app text not null,
    instance text not null,
    reported_at timestamptz not null,
    first_seen_at timestamptz not null default now(),
    seen_at timestamptz not null default now(),
    spool_waiting int,
    spool_oldest_at timestamptz,
    journal_entries int,
    journal_oldest_at timestamptz,
    redis_durable boolean,
    redis_problem text,
    redis_trouble_since timestamptz,
    primary key (app, instance)
  )`;

const CIRCUITS = `
  create table circuits (
    destination text not null,
    app text not null,
    instance text not null,
    state text not null check (state in ('closed', 'open', 'half-open', 'slow-start')),
    since timestamptz not null,
    troubled_since timestamptz,
    reason text,
    failures int not null,
    window_size int not null,
    held int not null,
    next_probe_at timestamptz,
    updated_at timestamptz not null default now(),
    primary key (destination, app, instance),
    foreign key (app, instance) references edge_instances on delete cascade
  )`;

const CIRCUIT_CHANGES = `
  create table circuit_changes (
    seq bigint generated always as identity primary key,
    destination text not null,
    app text not null,
    instance text not null,
    from_state text not null,
    to_state text not null,
    reason text,
    at timestamptz not null,
    recorded_at timestamptz not null default now()
  )`;

const ALERTS = `
  create table alerts (
    seq bigint generated always as identity primary key,
    condition text not null,
    subject text not null,
    opened_at timestamptz not null default now(),
    last_seen_at timestamptz not null default now(),
    closed_at timestamptz,
    detail_zh text not null,
    detail_en text not null,
    facts jsonb not null
  )`;

const INDEXES = [
  'create index edge_instances_seen on edge_instances (seen_at)',
  'create index circuits_instance on circuits (app, instance)',
  'create index circuit_changes_recorded on circuit_changes (recorded_at)',
  // One open alert for each condition and subject is the database's guarantee, however many gateways judge at once.
  'create unique index alerts_one_open on alerts (condition, subject) where closed_at is null',
  'create index alerts_closed on alerts (closed_at) where closed_at is not null',
  // What was ordered again twice and still has no receipt: few rows, whatever is under way.
  `create index transfers_unanswered on transfers (destination, dispatched_at) where status = 'in_flight' and redispatches >= 2`,
];

const STATEMENTS = [EDGE_INSTANCES, CIRCUITS, CIRCUIT_CHANGES, ALERTS, ...INDEXES];
