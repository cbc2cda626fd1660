import type { SendingHours, SendingWindow } from '../ledger/channel-tables.ts';

/** Beijing has had no summer time since 1991. */
const AHEAD_MS = 8 * 3_600_000;
const MINUTE_MS = 60_000;
const DAY_MINUTES = 24 * 60;
const WEEK_DAYS = 7;

/** Whether it is within these hours (投递时段); without hours it always is. The same as `hours_open` in the ledger. */
export function isOpenAt(hours: SendingHours | null, instant: Date): boolean {
  return hours === null || opened(hours, instant).length > 0;
}

/** When it will be within these hours; null while it is already, and for ever when they have no window. */
export function nextOpening(hours: SendingHours | null, instant: Date): Date | null {
  if (hours === null || isOpenAt(hours, instant)) return null;
  const { day, minute, midnight } = beijing(instant);
  const starts = hours.flatMap(({ days, from }) => days.map((one) => {
    const ahead = (one - day + WEEK_DAYS) % WEEK_DAYS * DAY_MINUTES + minutesOf(from);
    // Over today already: in a week.
    return ahead > minute ? ahead : ahead + WEEK_DAYS * DAY_MINUTES;
  }));
  return starts.length === 0 ? null : new Date(midnight + Math.min(...starts) * MINUTE_MS);
}

/** When the window began in which it is now; null without hours and outside of them. */
export function openSince(hours: SendingHours | null, instant: Date): Date | null {
  const starts = opened(hours ?? [], instant).map(({ from }) => minutesOf(from));
  return starts.length === 0 ? null : new Date(beijing(instant).midnight + Math.min(...starts) * MINUTE_MS);
}

/** The hours in a line: `1-5 08:30-17:30; 6,7 09:00-12:00`. */
export function hoursText(hours: SendingHours): string {
  return hours.map(({ days, from, to }) => `${daysText(days)} ${from}-${to}`).join('; ');
}

function daysText(days: readonly number[]): string {
  const sorted = days.toSorted((one, other) => one - other);
  const [first, last] = [sorted[0] ?? 0, sorted.at(-1) ?? 0];
  return sorted.length > 2 && last - first === sorted.length - 1 ? `${first}-${last}` : sorted.join(',');
}

function opened(hours: SendingHours, instant: Date): SendingWindow[] {
  const { day, minute } = beijing(instant);
  return hours.filter(({ days, from, to }) => days.includes(day) && minutesOf(from) <= minute && minute < minutesOf(to));
}

/** Day of the week (1 Monday to 7 Sunday), minutes since midnight with their fraction, and that midnight in milliseconds. */
function beijing(instant: Date): { readonly day: number; readonly minute: number; readonly midnight: number } {
  const local = instant.getTime() + AHEAD_MS;
  const midnight = Math.floor(local / (DAY_MINUTES * MINUTE_MS)) * DAY_MINUTES * MINUTE_MS;
  return { day: new Date(midnight).getUTCDay() || WEEK_DAYS, minute: (local - midnight) / MINUTE_MS, midnight: midnight - AHEAD_MS };
}

function minutesOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
}
