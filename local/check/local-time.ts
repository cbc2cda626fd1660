const OFFSET_MS = 8 * 3_600_000;

/** `yyyy-MM-dd HH:mm:ss` in Kaifeng (UTC+8 all year); fractions are cut off. What is no time becomes a text that no time equals. */
export function localTime(at: number): string {
  if (Number.isNaN(at)) return 'not a time';
  return new Date(at + OFFSET_MS).toISOString().slice(0, 19).replace('T', ' ');
}

/** The day one calendar month later, `yyyy-MM-dd`; the last day of the month where it has no such day. */
export function monthLater(at: number): string {
  const day = new Date(at + OFFSET_MS);
  const lastOfNext = new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + 2, 0)).getUTCDate();
  const later = Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + 1, Math.min(day.getUTCDate(), lastOfNext));
  return new Date(later).toISOString().slice(0, 10);
}
