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
  /** Since the last login. */
  failed_logins: Generated<number>;
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
  expires_at: Instant;
}

/** Who may come in, and with what. */
export interface AccessTables {
  accounts: AccountsTable;
  sessions: SessionsTable;
  api_tokens: ApiTokensTable;
  oidc_logins: OidcLoginsTable;
}
