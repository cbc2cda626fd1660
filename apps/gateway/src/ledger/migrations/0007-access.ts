import { sql } from 'kysely';
import type { Kysely } from 'kysely';

/** Accounts, their sessions and tokens, and sign-ins under way at an identity provider. */
export const access = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};

const STATEMENTS = [
  `create table accounts (
    id text primary key,
    name text not null unique,
    display_name text not null,
    roles text[] not null check (roles <@ array['viewer', 'operator', 'supervisor', 'auditor', 'administrator']),
    password_hash text,
    must_change boolean not null default false,
    failed_logins int not null default 0,
    locked_until timestamptz,
    disabled_at timestamptz,
    version int not null default 1,
    oidc_issuer text,
    oidc_subject text,
    created_at timestamptz not null default now(),
    last_login_at timestamptz,
    unique (oidc_issuer, oidc_subject)
  )`,
  `create table sessions (
    digest bytea primary key,
    account_id text not null references accounts on delete cascade,
    method text not null check (method in ('password', 'oidc')),
    address text not null,
    created_at timestamptz not null default now(),
    last_seen_at timestamptz not null default now(),
    expires_at timestamptz not null
  )`,
  'create index sessions_account on sessions (account_id, created_at)',
  'create index sessions_expires on sessions (expires_at)',
  `create table api_tokens (
    id text primary key,
    name text not null,
    account_id text not null references accounts on delete cascade,
    token_digest bytea not null unique,
    rights text[] not null,
    created_at timestamptz not null default now(),
    expires_at timestamptz not null,
    revoked_at timestamptz,
    last_used_at timestamptz
  )`,
  'create index api_tokens_account on api_tokens (account_id, created_at)',
  'create unique index api_tokens_name on api_tokens (account_id, name) where revoked_at is null',
  `create table oidc_logins (
    browser_digest bytea primary key,
    state text not null,
    nonce text not null,
    code_verifier text not null,
    expires_at timestamptz not null
  )`,
  'create index oidc_logins_expires on oidc_logins (expires_at)',
];
