import { sql } from 'kysely';
import type { Kysely } from 'kysely';

/** Who handled whose account, wrong passwords by where they came from, and sign-ins that end at a terminal. */
export const accessLimits = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};

const STATEMENTS = [
  `create table account_handlers (
    account_id text not null references accounts on delete cascade,
    person text not null,
    first_at timestamptz not null default now(),
    primary key (account_id, person)
  )`,
  // What was done before this table is in the records; a token is its person.
  `insert into account_handlers (account_id, person, first_at)
    select a.id, coalesce('account:' || t.account_id, e.actor), min(e.at)
    from evidence e
    join accounts a on a.id = e.subject
    left join api_tokens t on e.actor = 'token:' || t.id
    where e.subject_kind = 'account' and e.action in ('account.created', 'account.roles-changed', 'account.password-reset')
    group by 1, 2`,
  `create table login_addresses (
    account_id text not null references accounts on delete cascade,
    address text not null,
    failures int not null default 0,
    locked_until timestamptz,
    known_at timestamptz,
    seen_at timestamptz not null default now(),
    primary key (account_id, address)
  )`,
  'create index login_addresses_seen on login_addresses (account_id, seen_at)',
  'alter table oidc_logins add column loopback_port int, add column loopback_state text, add column loopback_challenge text',
  `create table login_codes (
    code_digest bytea primary key,
    account_id text not null references accounts on delete cascade,
    challenge text not null,
    expires_at timestamptz not null
  )`,
  'create index login_codes_expires on login_codes (expires_at)',
];
