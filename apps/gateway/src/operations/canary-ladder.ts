import type { Rung } from '../ledger/operation-tables.ts';

/** How many must have been sent once this rung of the ladder is climbed; null when the ladder is climbed. `total`: all there is to send. */
export function rungTarget(ladder: readonly Rung[], rung: number, total: number): number | null {
  const step = ladder[rung];
  if (step === undefined) return null;
  const count = typeof step === 'number' ? step : Math.ceil((total * Number(step.slice(0, -1))) / 100);
  return Math.min(count, total);
}
