/** How far back unused rate counts: an operation that stood still does not make up for it in one go (ms). */
const BURST_MS = 1_000;

/** How many may go now at this rate, when the rate has been used up to `usedUntil`. Times in milliseconds. */
export function allowance(now: number, usedUntil: number | null, ratePerSecond: number): number {
  return Math.floor(((now - startOf(now, usedUntil)) * ratePerSecond) / 1_000);
}

/** Up to when the rate is used once `sent` have gone. */
export function usedAfter(now: number, usedUntil: number | null, ratePerSecond: number, sent: number): number {
  return startOf(now, usedUntil) + (sent * 1_000) / ratePerSecond;
}

function startOf(now: number, usedUntil: number | null): number {
  return usedUntil === null ? now - BURST_MS / 2 : Math.max(now - BURST_MS, Math.min(usedUntil, now));
}

/** Seconds that sending so many takes: by the rate, or by what may be under way at once when a delivery takes so long. */
export function estimatedSeconds(count: number, ratePerSecond: number, maxInFlight: number, latencyMs: number | null): number {
  const perSecond = Math.min(ratePerSecond, (maxInFlight * 1_000) / ((latencyMs ?? 0) + STEP_MS));
  return Math.ceil(count / perSecond);
}

/** Between two looks at what became of what was sent (ms). */
export const STEP_MS = 100;

const WAITING_MS = 2_000;
const LONGEST_WAITING_MS = 30_000;
const LOOKED_AT_PER_MS = 5;

/**
 * How soon an operation looks again that can only wait: for a paused channel, an endpoint that is down, an earlier transfer (ms). Later the more
 * there is to look at, so that waiting costs the ledger the same small share of its time whatever the size.
 */
export function waitingMs(remaining: number): number {
  return Math.min(LONGEST_WAITING_MS, Math.max(WAITING_MS, remaining / LOOKED_AT_PER_MS));
}

const TROUBLE_MS = 2_000;
const LONGEST_TROUBLE_MS = 60_000;

/** How soon a step is taken again that failed so many times in a row (ms). */
export function troubleMs(failures: number): number {
  return Math.min(LONGEST_TROUBLE_MS, TROUBLE_MS * 2 ** Math.min(Math.max(0, failures - 1), 10));
}
