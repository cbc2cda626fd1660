import { sql } from 'kysely';
import type { Kysely } from 'kysely';

/** What people on duty do about alerts, the downtimes they plan, and what one shift leaves to the next. */
export const duty = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};

const ALERTS = [
  `alter table alerts add column version int not null default 1, add column recurrence int not null default 0,
    add column acknowledged_at timestamptz, add column acknowledged_by text, add column acknowledged_name text, add column acknowledged_note text`,
  // How often the same has come before, and what a shift has seen of it.
  'create index alerts_subject on alerts (condition, subject, seq)',
  'create index alerts_opened on alerts (opened_at, seq)',
  // Of a condition and its subject, not of one alert: what comes and goes all night stays muted.
  `create table alert_mutes (
    condition text not null,
    subject text not null,
    muted_at timestamptz not null default now(),
    until timestamptz not null,
    reason text not null,
    ticket text,
    by_id text not null,
    by_name text not null,
    primary key (condition, subject)
  )`,
  'create index alert_mutes_until on alert_mutes (until)',
];

const MAINTENANCE = [
  `create table maintenance_plans (
    id text primary key,
    destination text not null check (destination ~ '^(centre|hall:[0-9]{6})$'),
    starts_at timestamptz not null,
    ends_at timestamptz not null,
    reason text not null,
    ticket text,
    by_id text not null,
    by_name text not null,
    created_at timestamptz not null default now(),
    started_at timestamptz,
    ended_at timestamptz,
    cancelled_at timestamptz,
    cancelled_by text,
    cancel_reason text,
    version int not null default 1,
    check (ends_at > starts_at)
  )`,
  'create index maintenance_plans_starts on maintenance_plans (starts_at, id)',
  'create index maintenance_plans_open on maintenance_plans (starts_at) where ended_at is null',
  'create index maintenance_plans_ended on maintenance_plans (ended_at) where ended_at is not null',
  // The version of the pause by which it is known that nobody has touched it since.
  `create table maintenance_channels (
    plan_id text not null references maintenance_plans on delete cascade,
    channel text not null,
    pause_version int not null,
    taken_at timestamptz not null default now(),
    primary key (plan_id, channel)
  )`,
];

const SHIFTS = [
  `create table shifts (
    seq bigint generated always as identity primary key,
    period_from timestamptz not null,
    period_until timestamptz not null,
    signed_at timestamptz not null default now(),
    by_id text not null,
    by_name text not null,
    note text not null,
    ticket text,
    document text not null,
    digest text not null
  )`,
  'create index shifts_signed on shifts (signed_at)',
  // What is promised for a day.
  'create index cases_promised on cases (promise_due_at) where promise_due_at is not null and not canary',
];

const STATEMENTS = [...ALERTS, ...MAINTENANCE, ...SHIFTS];
