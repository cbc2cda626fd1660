import { expect, test } from '@jest/globals';
import { paperDueAt } from './paper-due.ts';

test.each([
  ['2026-11-23T09:30:00+08:00', '2026-12-23T09:30:00+08:00'],
  ['2026-12-15T08:00:00+08:00', '2027-01-15T08:00:00+08:00'],
  ['2026-01-31T17:00:00+08:00', '2026-02-28T17:00:00+08:00'],
  ['2028-01-31T17:00:00+08:00', '2028-02-29T17:00:00+08:00'],
  ['2026-03-31T10:00:00+08:00', '2026-04-30T10:00:00+08:00'],
  ['2026-11-22T17:00:00Z', '2026-12-23T01:00:00+08:00'],
])('paper received at %s is kept one calendar month, until %s', (receivedAt, due) => {
  expect(paperDueAt(receivedAt)).toBe(due);
});
