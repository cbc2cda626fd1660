import { periodEnd, periodStart, isDayOrInstant } from '../beijing-time.ts';
import { SearchProblem } from './search-problem.ts';
import type { SearchValue } from './split-search.ts';

/** From when, until when (not included). */
export interface Period {
  readonly from?: Date;
  readonly until?: Date;
}

const DAY_MS = 24 * 3_600_000;
const OFFSET_MS = 8 * 3_600_000;
/** A day with hours behind it: `今天9-11`, `2026-11-22 9:30-11`. */
const DAY_AND_HOURS = /^(.+?)[\s\u3000]*(\d{1,2})(?::([0-5]\d))?[-–~至](\d{1,2})(?::([0-5]\d))?$/u;
/** Hours by themselves: they belong to the day written before them. */
export const HOURS = /^\d{1,2}(?::[0-5]\d)?[-–~至]\d{1,2}(?::[0-5]\d)?$/u;
const LATELY = /^(?:最近|last[:-]?)?(\d{1,4})(分钟|小时|天|m|h|d)$/u;
const UNIT_MS: Readonly<Record<string, number>> = { 分钟: 60_000, m: 60_000, 小时: 3_600_000, h: 3_600_000, 天: DAY_MS, d: DAY_MS };
const LONGEST_MS = 366 * DAY_MS;
const DAYS_AGO: Readonly<Record<string, number>> = { 今天: 0, today: 0, 昨天: 1, yesterday: 1, 前天: 2 };

const PERIOD_FORMS = '今天、昨天、前天、本周、本月、2026-11-22、2026-11-20..2026-11-22、最近3小时，日子后可加时段，如 今天 9-11';

/** The period that a value names at the moment `now`; days and hours are Beijing's. @throws SearchProblem */
export function readPeriod({ text, at }: SearchValue, now: Date): Period {
  const period = lately(text, now) ?? range(text) ?? week(text, now) ?? dayAndHours(text, now);
  if (period === null) throw new SearchProblem('time', at, `看不懂这个时间；可写：${PERIOD_FORMS}`, 'no such time; write today, yesterday, 2026-11-22, 2026-11-20..2026-11-22 or 3h, and hours behind a day: today 9-11');
  if (period.from !== undefined && period.until !== undefined && period.from >= period.until) {
    throw new SearchProblem('time', at, '时间的起点须早于终点', 'the period must begin before it ends');
  }
  return period;
}

function lately(text: string, now: Date): Period | null {
  const [, count, unit] = LATELY.exec(text) ?? [];
  if (count === undefined || unit === undefined) return null;
  const ms = Number(count) * (UNIT_MS[unit] ?? 0);
  return ms > 0 && ms <= LONGEST_MS ? { from: new Date(now.getTime() - ms) } : null;
}

/** `a..b`, either of them may be left out; a day at the end is included whole. */
function range(text: string): Period | null {
  const [from, to, ...rest] = text.split('..');
  if (from === undefined || to === undefined || rest.length > 0 || (from === '' && to === '')) return null;
  if (![from, to].every((end) => end === '' || isDayOrInstant(end))) return null;
  return { ...(from === '' ? {} : { from: periodStart(from) }), ...(to === '' ? {} : { until: periodEnd(to) }) };
}

/** The week from Monday, and the month from its first day, until now. */
function week(text: string, now: Date): Period | null {
  const local = new Date(now.getTime() + OFFSET_MS);
  if (text === '本周' || text === 'week') return { from: midnight(now, (local.getUTCDay() + 6) % 7) };
  if (text === '本月' || text === 'month') return { from: midnight(now, local.getUTCDate() - 1) };
  return null;
}

function dayAndHours(text: string, now: Date): Period | null {
  const whole = dayOf(text, now);
  if (whole !== null) return { from: whole, until: new Date(whole.getTime() + DAY_MS) };
  const [, day = '', hour, minute = '0', endHour, endMinute = '0'] = DAY_AND_HOURS.exec(text) ?? [];
  const begin = dayOf(day, now);
  const until = Number(endHour) * 60 + Number(endMinute);
  if (begin === null || until > 24 * 60) return null;
  return { from: new Date(begin.getTime() + (Number(hour) * 60 + Number(minute)) * 60_000), until: new Date(begin.getTime() + until * 60_000) };
}

function dayOf(text: string, now: Date): Date | null {
  const ago = Object.hasOwn(DAYS_AGO, text) ? DAYS_AGO[text] : undefined;
  if (ago !== undefined) return midnight(now, ago);
  const whole = /^\d{1,2}-\d{1,2}$/.test(text) ? `${midnightText(now).slice(0, 4)}-${text.split('-').map((part) => part.padStart(2, '0')).join('-')}` : text;
  return /^\d{4}-\d{2}-\d{2}$/.test(whole) && isDayOrInstant(whole) ? periodStart(whole) : null;
}

/** Midnight in Beijing, so many days before the day of `now`. */
function midnight(now: Date, daysAgo: number): Date {
  return new Date(periodStart(midnightText(now)).getTime() - daysAgo * DAY_MS);
}

function midnightText(now: Date): string {
  return new Date(now.getTime() + OFFSET_MS).toISOString().slice(0, 10);
}
