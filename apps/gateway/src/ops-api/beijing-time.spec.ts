import { describe, expect, it } from '@jest/globals';
import { beijingTime, isDayOrInstant, periodEnd, periodStart } from './beijing-time.ts';

describe('times in the ops API', () => {
  it('shows an instant on the clock that operators read', () => {
    expect(beijingTime(new Date('2026-11-21T16:00:00.123Z'))).toBe('2026-11-22T00:00:00.123+08:00');
  });

  it('takes a plain day as the whole day in Beijing', () => {
    expect(periodStart('2026-11-22').toISOString()).toBe('2026-11-21T16:00:00.000Z');
    expect(periodEnd('2026-11-22').toISOString()).toBe('2026-11-22T16:00:00.000Z');
  });

  it('takes an instant as it is', () => {
    expect(periodStart('2026-11-22T08:00:00+08:00').toISOString()).toBe('2026-11-22T00:00:00.000Z');
    expect(periodEnd('2026-11-22T08:00:00+08:00').toISOString()).toBe('2026-11-22T00:00:00.000Z');
  });

  it.each(['2026-11-22', '2026-11-22T08:00Z', '2026-11-22T08:00:00.5+08:00'])('takes %s', (text) => {
    expect(isDayOrInstant(text)).toBe(true);
  });

  it.each(['2026-02-30', '2026-11-22T08:00:00', '22/11/2026', 'yesterday', '', ['2026-11-22']])('refuses %s', (text) => {
    expect(isDayOrInstant(text)).toBe(false);
  });
});
