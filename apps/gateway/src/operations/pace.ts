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
