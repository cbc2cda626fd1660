import type { CountedFailure, LoginAddressRow } from '../ledger/access-login-rows.ts';

const SECOND_MS = 1000;
const DAY_MS = 24 * 3_600_000;

/** After `afterFailures` wrong passwords a wait of `firstMs`, twice as long after each further one, `longestMs` at most. */
interface Wait {
  readonly afterFailures: number;
  readonly firstMs: number;
  readonly longestMs: number;
}

/** For the address they came from: guessing from there ends, the person does not wait for an administrator. */
const OF_ADDRESS: Wait = { afterFailures: 5, firstMs: 30 * SECOND_MS, longestMs: 15 * 60 * SECOND_MS };
/** For every address the person has not logged in from: guesses from everywhere together get one try a minute in the end, and the person, at their own place, notices nothing. */
const OF_ACCOUNT: Wait = { afterFailures: 10, firstMs: SECOND_MS, longestMs: 60 * SECOND_MS };
/** An address is somebody's for as long as they come back. */
const KNOWN_FOR_MS = 90 * DAY_MS;

/** What is known of an account's logins. */
interface Tries {
  readonly failed_logins: number;
  readonly locked_until: Date | null;
}

/**
 * Whether a password from this address is looked at now; if so, what is to be counted before it is, as if it were wrong: guesses that come all
 * at once then get no more tries than those that come one by one. `null`: it is not looked at, and not counted, so that whoever waits is let in.
 */
export function judgeAttempt(account: Tries, here: LoginAddressRow | undefined, now: Date): CountedFailure | null {
  if (lasts(here?.locked_until, now)) return null;
  const known = here?.known_at !== undefined && here.known_at !== null && now.getTime() - here.known_at.getTime() < KNOWN_FOR_MS;
  if (!known && lasts(account.locked_until, now)) return null;
  const [failures, accountFailures] = [(here?.failures ?? 0) + 1, account.failed_logins + 1];
  return { failures, lockedUntil: waitOf(OF_ADDRESS, failures, now), accountFailures, accountLockedUntil: waitOf(OF_ACCOUNT, accountFailures, now) };
}

function lasts(until: Date | null | undefined, now: Date): boolean {
  return until !== null && until !== undefined && until > now;
}

function waitOf({ afterFailures, firstMs, longestMs }: Wait, failures: number, now: Date): Date | null {
  if (failures < afterFailures) return null;
  return new Date(now.getTime() + Math.min(longestMs, firstMs * 2 ** Math.min(failures - afterFailures, 30)));
}
