import { signOffsBetween } from '../../ledger/reconciliation-rows.ts';
import { beijingTime, periodEnd, periodStart } from '../beijing-time.ts';
import type { Reading } from '../ops-ledger.ts';
import { readStrip } from '../queries/reconcile-strip.ts';
import type { StripRow } from '../queries/reconcile-strip.ts';
import type { StripAnswer } from './reconciliation.answer.ts';

const DAYS = 30;
const DAY_MS = 24 * 3_600_000;

/** Thirty days up to one: what did not come through on each, and whether somebody signed it. */
export async function readThirtyDays(trx: Reading, to: string): Promise<StripAnswer> {
  const until = periodEnd(to);
  const days = Array.from({ length: DAYS }, (_, index) => dayOf(new Date(periodStart(to).getTime() - (DAYS - 1 - index) * DAY_MS)));
  const from = days[0] ?? to;
  const rows = await readStrip(trx, periodStart(from), until);
  const signed = new Set((await signOffsBetween(trx, from, to)).map(({ day }) => day));
  const count = (day: string, what: StripRow['what']): number => rows.find((row) => row.day === day && row.what === what)?.cases ?? 0;
  return {
    days: days.map((day) => ({
      day, waiting: count(day, 'waiting'), failed: count(day, 'failed'), givenUp: count(day, 'given-up'), unapplied: count(day, 'unapplied'), signedOff: signed.has(day),
    })),
  };
}

/** The day in Beijing on which a moment lies. */
export function dayOf(moment: Date): string {
  return beijingTime(moment).slice(0, 10);
}
