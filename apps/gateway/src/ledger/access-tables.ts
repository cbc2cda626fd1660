import type { ColumnType, Generated } from 'kysely';
import type { Right, Role } from '../access/rights.ts';
import type { Instant, NullableInstant, RecordedAt } from './column-types.ts';

type NullableText = ColumnType<string | null, string | null | undefined, string | null>;

/** A person who may come in (账号), built in or of an identity provider. */
export interface AccountsTable {
  id: string;
  /** What is typed in to log in; an identity provider's account has a made one. */
  name: string;
  display_name: string;
  roles: Role[];
  /** With its parameters, see `access/password-hash.ts`; `null` when the person comes by the identity provider. */
  password_hash: NullableText;
  /** The password is known to whoever made it, and opens nothing but its own change. */
  must_change: Generated<boolean>;
  /** Since the last login, wherever they came from. */
  failed_logins: Generated<number>;
  /** Until when no login is looked at from an address where this person has not logged in before. */
  locked_until: NullableInstant;
  disabled_at: NullableInstant;
  /** Number of this form of the account, for those who edit it at the same time. */
  version: Generated<number>;
  oidc_issuer: NullableText;
  oidc_subject: NullableText;
  created_at: RecordedAt;
  last_login_at: NullableInstant;
}

/** A browser that is logged in (会话). The id itself is only in its cookie. */
export interface SessionsTable {
  digest: Buffer;
  account_id: string;
  method: 'password' | 'oidc';
  address: string;
  created_at: RecordedAt;
  /** To the minute. */
  last_seen_at: RecordedAt;
  expires_at: Instant;
}

/** A token for scripts (访问令牌). Only its digest is kept; it is shown once, when it is made. */
export interface ApiTokensTable {
  id: string;
  /** What it is for, as its owner wrote. */
  name: string;
  /** The person who answers for what is done with it. */
  account_id: string;
  token_digest: Buffer;
  rights: Right[];
  created_at: RecordedAt;
  expires_at: Instant;
  revoked_at: NullableInstant;
  /** To the minute. */
  last_used_at: NullableInstant;
}

/** Somebody who was sent to the identity provider and has not come back yet. */
export interface OidcLoginsTable {
  /** Of the cookie that proves that the same browser comes back. */
  browser_digest: Buffer;
  state: string;
  nonce: string;
  code_verifier: string;
  /** Where bridgectl listens on the person's machine, when it is a terminal that logs in; `null` for a browser. */
  loopback_port: ColumnType<number | null, number | null | undefined, never>;
  loopback_state: NullableText;
  loopback_challenge: NullableText;
  expires_at: Instant;
}

/** Somebody who signed in at the identity provider for a terminal (终端登录), and whose terminal has not asked for its session yet. */
export interface LoginCodesTable {
  /** Of the code that went to the terminal by the person's browser. */
  code_digest: Buffer;
  account_id: string;
  /** What the terminal must know the origin of (RFC 7636): whoever else saw the code has nothing. */
  challenge: string;
  expires_at: Instant;
}

/** Who made an account, changed its roles or knew its password (经手人): they are no independent pair of eyes for it, ever after. */
export interface AccountHandlersTable {
  account_id: string;
  person: string;
  first_at: RecordedAt;
}

/** Logins to an account from one network address. */
export interface LoginAddressesTable {
  account_id: string;
  address: string;
  /** Since the last login from here. */
  failures: Generated<number>;
  locked_until: NullableInstant;
  /** When the person last logged in from here; `null` for an address that only tried. */
  known_at: NullableInstant;
  seen_at: RecordedAt;
}

/** Who may come in, and with what. */
export interface AccessTables {
  accounts: AccountsTable;
  sessions: SessionsTable;
  api_tokens: ApiTokensTable;
  oidc_logins: OidcLoginsTable;
  login_codes: LoginCodesTable;
  account_handlers: AccountHandlersTable;
  login_addresses: LoginAddressesTable;
}
