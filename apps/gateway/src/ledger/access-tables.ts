import type { Right } from '../access/rights.ts';
import type { Instant, NullableInstant, RecordedAt } from './column-types.ts';

/** A token for scripts (访问令牌). Only its digest is kept; it is shown once, when it is made. */
export interface ApiTokensTable {
  id: string;
  /** What it is for, as its owner wrote. */
  name: string;
  /** The person who answers for what is done with it. */
  person: string;
  token_digest: Buffer;
  rights: Right[];
  created_at: RecordedAt;
  expires_at: Instant;
  revoked_at: NullableInstant;
  last_used_at: NullableInstant;
}

/** Who may come in, and with what. */
export interface AccessTables {
  api_tokens: ApiTokensTable;
}
