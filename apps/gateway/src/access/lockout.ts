import type { Lockout } from '../ledger/access-account-rows.ts';

/** Five wrong passwords close an account for half a minute, each further one for twice as long, up to a quarter of an hour: guessing ends, the person does not wait for an administrator. */
export const LOCKOUT: Lockout = { afterFailures: 5, firstMs: 30_000, longestMs: 15 * 60_000 };
