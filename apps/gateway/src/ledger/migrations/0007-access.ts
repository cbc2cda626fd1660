import { sql } from 'kysely';
import type { Kysely } from 'kysely';

/** Tokens for scripts. */
export const access = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql.raw(API_TOKENS).execute(db);
  },
};

const API_TOKENS = `
  create table api_tokens (
    id text primary key,
    name text not null,
    person text not null,
    token_digest bytea not null unique,
    rights text[] not null,
    created_at timestamptz not null default now(),
    expires_at timestamptz not null,
    revoked_at timestamptz,
    last_used_at timestamptz
  )`;
