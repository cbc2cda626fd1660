import type { EndedAccess } from '../../access/end-access.ts';
import type { AccountRow } from '../../ledger/access-account-rows.ts';
import { beijingTime, beijingTimeOrNull } from '../beijing-time.ts';
import { outcomeZh } from './account.answer.ts';
import type { AccountAnswer, AccountChangeAnswer, AccountOutcome } from './account.answer.ts';

export function showAccount(row: AccountRow, now: Date): AccountAnswer {
  return {
    accountId: row.id,
    name: row.name,
    displayName: row.display_name,
    roles: row.roles,
    source: row.oidc_subject === null ? 'built-in' : 'oidc',
    mustChangePassword: row.must_change,
    failedLogins: row.failed_logins,
    lockedUntil: row.locked_until !== null && row.locked_until > now ? beijingTime(row.locked_until) : null,
    disabledAt: beijingTimeOrNull(row.disabled_at),
    createdAt: beijingTime(row.created_at),
    lastLoginAt: beijingTimeOrNull(row.last_login_at),
    version: row.version,
  };
}

export function showChange(outcome: AccountOutcome, row: AccountRow, { sessionsEnded, tokensRevoked }: EndedAccess, oneTimePassword: string | null): AccountChangeAnswer {
  return { outcome, outcomeZh: outcomeZh(outcome), account: showAccount(row, new Date()), sessionsEnded, tokensRevoked, oneTimePassword };
}
