/** The form of a moment by RFC 3339 §5.6, with its offset and at most nine decimals. */
export const INSTANT_PATTERN = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/;

/** Whether the Gregorian calendar has this day; `month` counts from 1. */
export function isRealDate(year: number, month: number, day: number): boolean {
  if (month < 1 || month > 12 || day < 1) return false;
  return day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
}

/** Whether the value is a moment by RFC 3339 §5.6 with its offset, on a real date (a leap second is not taken). */
export function isInstant(value: unknown): boolean {
  if (typeof value !== 'string' || value.length > 35) return false;
  const parts = INSTANT_PATTERN.exec(value);
  if (parts === null) return false;
  const [year, month, day] = parts.slice(1, 4).map(Number) as [number, number, number];
  return isRealDate(year, month, day) && !Number.isNaN(Date.parse(value));
}
