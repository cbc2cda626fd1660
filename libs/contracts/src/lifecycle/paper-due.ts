import { localTimeOf } from '../wire/parts/local-time.ts';

/**
 * Until when the hall keeps the paper of a case: one calendar month after the receipt (notice, 四(三)), on the clock of Kaifeng.
 * Where the next month has no such day, its last day counts (民法典 §202). RFC 3339 with +08:00; throws RangeError for what is no instant.
 */
export function paperDueAt(receivedAt: string): string {
  const [day = '', time = ''] = localTimeOf(receivedAt).split(' ');
  const [year = 0, month = 0, dayOfMonth = 0] = day.split('-').map(Number);
  const lastOfNext = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  const due = new Date(Date.UTC(year, month, Math.min(dayOfMonth, lastOfNext)));
  return `${due.toISOString().slice(0, 10)}T${time}+08:00`;
}
