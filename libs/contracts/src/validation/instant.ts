/**
 * The form of a moment by RFC 3339 §5.6, with its offset and at most nine decimals. Narrower than the RFC where every system behind the
 * door could not follow: years 1900 to 2099, offsets that are in use (-14:59 to +14:59), no leap second.
 */
export const INSTANT_PATTERN =
  /^((?:19|20)\d{2})-(\d{2})-(\d{2})T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?(?:Z|[+-](?:0\d|1[0-4]):[0-5]\d)$/;

/** Whether the Gregorian calendar has this day; `month` counts from 1. */
export function isRealDate(year: number, month: number, day: number): boolean {
  return day >= 1 && day <= daysOf(year, month);
}

const MONTHS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function daysOf(year: number, month: number): number {
  const isLeapYear = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return month === 2 && isLeapYear ? 29 : MONTHS[month - 1] ?? 0;
}

/** Whether the value is a moment of the form of {@link INSTANT_PATTERN} on a real date. */
export function isInstant(value: unknown): boolean {
  if (typeof value !== 'string') return false;
  return INSTANT_PATTERN.test(value) && isRealDate(Number(value.slice(0, 4)), Number(value.slice(5, 7)), Number(value.slice(8, 10)));
}
