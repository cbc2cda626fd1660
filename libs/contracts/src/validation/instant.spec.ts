import { expect, test } from '@jest/globals';
import { isInstant } from './instant.ts';

test.each(['2026-11-23T09:30:00+08:00', '2026-11-23T01:30:00Z', '2026-11-23T09:30:00.123+08:00', '2028-02-29T00:00:00+08:00'])('%s is a moment', (text) => {
  expect(isInstant(text)).toBe(true);
});

test.each([
  ['no offset', '2026-11-23T09:30:00'], ['no seconds', '2026-11-23T09:30+08:00'], ['a space for the T', '2026-11-23 09:30:00+08:00'],
  ['a day that does not exist', '2026-02-29T00:00:00+08:00'], ['a month that does not exist', '2026-13-01T00:00:00+08:00'], ['hour 24', '2026-11-23T24:00:00+08:00'],
  ['hour 25', '2026-11-23T25:00:00+08:00'], ['a leap second', '2016-12-31T23:59:60Z'], ['a year no system keeps', '0000-01-01T00:00:00Z'], ['a wild offset', '2026-11-23T09:30:00+99:99'], ['a number', 1_795_397_400_000], ['nothing', undefined],
])('%s is no moment', (_what, value) => {
  expect(isInstant(value)).toBe(false);
});
