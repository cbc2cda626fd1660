const OFFSET_MS = 8 * 3_600_000;
const DAY_MS = 24 * 3_600_000;
const DAY = /^\d{4}-\d{2}-\d{2}$/;
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})$/;

/** An instant as operators read it: RFC 3339 at +08:00 (China has one time zone and no summer time), milliseconds. */
export function beijingTime(instant: Date): string {
  return new Date(instant.getTime() + OFFSET_MS).toISOString().replace('Z', '+08:00');
}

/** {@link beijingTime}, or `null` for what has not happened. */
export function beijingTimeOrNull(instant: Date | null): string | null {
  return instant === null ? null : beijingTime(instant);
}

/** Whether the text is a calendar day (`2026-11-22`) or an RFC 3339 instant with an offset. */
export function isDayOrInstant(text: unknown): boolean {
  return typeof text === 'string' && (isRealDay(text) || (INSTANT.test(text) && !Number.isNaN(Date.parse(text))));
}

/** The first instant of a period; a plain day begins at midnight in Beijing. */
export function periodStart(text: string): Date {
  return DAY.test(text) ? new Date(Date.parse(`${text}T00:00:00+08:00`)) : new Date(text);
}

/** The first instant after a period; a plain day is included whole, an instant is not included. */
export function periodEnd(text: string): Date {
  return DAY.test(text) ? new Date(periodStart(text).getTime() + DAY_MS) : new Date(text);
}

/** `Date.parse` takes 30 February for 2 March: a day is real when it comes back as it went in. */
function isRealDay(text: string): boolean {
  if (!DAY.test(text)) return false;
  const parsed = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(text);
}
