import { describe, expect, it } from '@jest/globals';
import { periodOf } from './shift-period.ts';

const NOW = new Date('2026-11-23T06:00:00Z');
const ago = (hours: number): Date => new Date(NOW.getTime() - hours * 3_600_000);

describe('the period of a shift note', () => {
  it('is the last twelve hours, or as many as are asked for, or from one moment to another', () => {
    expect(periodOf({}, NOW)).toEqual({ from: ago(12), to: NOW });
    expect(periodOf({ hours: 72 }, NOW)).toEqual({ from: ago(72), to: NOW });
    expect(periodOf({ from: ago(100), to: ago(90) }, NOW)).toEqual({ from: ago(100), to: ago(90) });
    expect(periodOf({ to: ago(24) }, NOW)).toEqual({ from: ago(36), to: ago(24) });
    expect(periodOf({ from: ago(5) }, NOW)).toEqual({ from: ago(5), to: NOW });
  });

  it('does not reach beyond now', () => {
    expect(periodOf({ from: ago(5), to: ago(-5) }, NOW).to).toEqual(NOW);
  });

  it.each([[{ from: ago(73) }], [{ from: ago(1), to: ago(2) }], [{ from: ago(-1) }], [{ hours: 3, from: ago(2) }]])('is refused when it is too long or none: %j', (asked) => {
    expect(() => periodOf(asked, NOW)).toThrow();
  });
});
