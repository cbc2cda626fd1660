/** Everything a terminal would obey instead of show: texts come from other systems, and must not move the cursor or colour a line. */
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** A value as it is shown in a cell: one line, nothing but visible characters; `-` where there is none. */
export function plain(value: string | number | boolean | null | undefined): string {
  if (value === null || value === undefined || value === '') return '-';
  if (typeof value === 'boolean') return value ? '是' : '否';
  return String(value).replace(/\s+/g, ' ').replace(CONTROL, '�');
}

/** A text that may have lines. */
export function plainLines(text: string): string {
  return text.split('\n').map((line) => line.replace(CONTROL, '�')).join('\n');
}

/** `2026-11-23T13:27:13.123+08:00` as `11-23 13:27:13`: Beijing time, as the API writes it. */
export function shortTime(instant: string | null | undefined): string {
  const parts = /^\d{4}-(\d\d-\d\d)T(\d\d:\d\d:\d\d)/.exec(instant ?? '');
  return parts === null ? '-' : `${parts[1] ?? ''} ${parts[2] ?? ''}`;
}

/** With the year. */
export function longTime(instant: string | null | undefined): string {
  return instant === null || instant === undefined ? '-' : instant.replace('T', ' ').replace(/(\.\d+)?\+08:00$/, '');
}

/** Seconds as people say them: `3 分 20 秒`. */
export function duration(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined) return '-';
  const whole = Math.max(0, Math.round(seconds));
  const [days, hours, minutes, rest] = [Math.floor(whole / 86_400), Math.floor(whole / 3_600) % 24, Math.floor(whole / 60) % 60, whole % 60];
  if (days > 0) return `${days} 天 ${hours} 小时`;
  if (hours > 0) return `${hours} 小时 ${minutes} 分`;
  return minutes > 0 ? `${minutes} 分 ${rest} 秒` : `${rest} 秒`;
}

/** How long ago something was. */
export function ago(instant: string | null | undefined, now = Date.now()): string {
  const at = Date.parse(instant ?? '');
  return Number.isNaN(at) ? '-' : duration((now - at) / 1000);
}
