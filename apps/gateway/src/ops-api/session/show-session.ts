import type { Caller } from '../../access/caller.ts';
import { ALL_RIGHTS } from '../../access/rights.ts';
import { beijingTime } from '../beijing-time.ts';
import type { SessionAnswer } from './session.answer.ts';

/** Who asks, as it is shown to them. */
export function showSession({ id, person, name, rights, session }: Caller): SessionAnswer {
  return {
    caller: id, person, name,
    method: session?.method ?? 'token',
    rights: ALL_RIGHTS.filter((right) => rights.has(right)),
    mustChangePassword: session?.mustChangePassword ?? false,
    csrfToken: session?.csrfToken ?? null,
    expiresAt: session === undefined ? null : beijingTime(session.expiresAt),
  };
}
