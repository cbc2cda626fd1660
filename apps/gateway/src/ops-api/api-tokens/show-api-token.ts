import type { ListedToken } from '../../ledger/access-rows.ts';
import { beijingTime, beijingTimeOrNull } from '../beijing-time.ts';
import type { ApiTokenAnswer } from './api-token.answer.ts';

export function showApiToken(row: ListedToken, now: Date): ApiTokenAnswer {
  return {
    tokenId: row.id,
    name: row.name,
    accountId: row.account_id,
    person: row.display_name,
    rights: row.rights,
    state: stateOf(row, now),
    createdAt: beijingTime(row.created_at),
    expiresAt: beijingTime(row.expires_at),
    revokedAt: beijingTimeOrNull(row.revoked_at),
    lastUsedAt: beijingTimeOrNull(row.last_used_at),
  };
}

function stateOf({ revoked_at: revokedAt, expires_at: expiresAt, unconfirmed }: ListedToken, now: Date): ApiTokenAnswer['state'] {
  if (revokedAt !== null) return 'revoked';
  if (expiresAt <= now) return 'expired';
  return unconfirmed ? 'waiting' : 'good';
}
