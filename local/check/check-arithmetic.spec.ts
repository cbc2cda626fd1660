import { describe, expect, it } from '@jest/globals';
import { countLate, missingNumbers } from './case-book.ts';
import { transferKey } from './expected-transfers.ts';
import { LatencyHistogram } from './latency-histogram.ts';
import { localTime, monthLater } from './local-time.ts';
import { parseLine } from './record-lines.ts';

describe('the arithmetic of the comparison', () => {
  it('computes the transfer id by the published rule (vector by Python)', () => {
    expect(transferKey('/halls/410204', 'w', 'centre')).toBe('tr_lWO3o5oWdyQHKoe6M0D3T2-F0Xi');
  });

  it.each([
    ['2026-11-22T23:30:00+08:00', '2026-12-22'], ['2026-11-22T17:00:00Z', '2026-12-23'], ['2027-01-31T10:00:00+08:00', '2027-02-28'],
    ['2028-01-30T10:00:00+08:00', '2028-02-29'], ['2026-12-31T10:00:00+08:00', '2027-01-31'],
  ])('keeps paper received at %s until %s', (receivedAt, day) => {
    expect(monthLater(Date.parse(receivedAt))).toBe(day);
  });

  it('writes times on the clock of Kaifeng, without fractions', () => {
    expect(localTime(Date.parse('2026-11-22T17:59:59.999Z'))).toBe('2026-11-23 01:59:59');
  });

  it('counts what arrives after something later, and what never arrives', () => {
    expect([countLate([1, 2, 3]), countLate([2, 1, 3]), countLate([3, 1, 2])]).toEqual([0, 1, 2]);
    expect([missingNumbers([]), missingNumbers([1, 2]), missingNumbers([4, 2])]).toEqual([[], [], [1, 3]]);
  });

  it('tells percentiles to within two per cent from any number of durations', () => {
    const histogram = new LatencyHistogram();
    expect(histogram.percentile(0.5)).toBeNull();
    for (let ms = 1; ms <= 10_000; ms += 1) histogram.add(ms);
    expect(Math.abs((histogram.percentile(0.5) ?? 0) / 5000 - 1)).toBeLessThan(0.02);
    expect(Math.abs((histogram.percentile(0.99) ?? 0) / 9900 - 1)).toBeLessThan(0.02);
    const early = new LatencyHistogram();
    early.add(-3);
    expect(early.percentile(0.99)).toBe(0);
  });

  it('reads no record that is not one', () => {
    expect(() => parseLine('{"k":"effect"}')).toThrow('not a line of a record');
    expect(() => parseLine('{"k":"nonsense","at":1}')).toThrow('not a line of a record');
  });
});
