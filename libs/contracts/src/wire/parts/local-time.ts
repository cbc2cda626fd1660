import { Form } from '../../validation/field-rules.ts';

const OFFSET_MS = 8 * 3_600_000;

/**
 * The moment as both outside systems keep it: `yyyy-MM-dd HH:mm:ss` on the clock of Kaifeng (Asia/Shanghai, UTC+8 all year), as the
 * provincial tables have it (RECEIVETIME, yyyy-mm-dd hh24:mi:ss). Fractions of a second are cut off. Throws RangeError for what is no instant.
 */
export function localTimeOf(instant: string): string {
  return new Date(Date.parse(instant) + OFFSET_MS).toISOString().slice(0, 19).replace('T', ' ');
}

/** A moment written by {@link localTimeOf}. */
export const LocalTime = (): PropertyDecorator =>
  Form('local-time', /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/, '应为 yyyy-MM-dd HH:mm:ss 格式的北京时间', 'must be yyyy-MM-dd HH:mm:ss, Asia/Shanghai');

/** A day on the same clock: `yyyy-MM-dd`. */
export const LocalDay = (): PropertyDecorator =>
  Form('local-day', /^\d{4}-\d{2}-\d{2}$/, '应为 yyyy-MM-dd 格式的日期', 'must be yyyy-MM-dd');
