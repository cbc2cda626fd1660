import { describe, expect, it } from '@jest/globals';
import { hoursText, isOpenAt, nextOpening, openSince } from './sending-hours.ts';

const WEEKDAYS = [1, 2, 3, 4, 5];
const OFFICE = [{ days: WEEKDAYS, from: '08:30', to: '12:00' }, { days: WEEKDAYS, from: '14:00', to: '17:30' }];
const ALL_DAY_SUNDAY = [{ days: [7], from: '00:00', to: '24:00' }];
/** A time in Beijing; 2026-11-23 is a Monday. */
const at = (text: string): Date => new Date(`2026-11-${text}:00+08:00`);

describe('sending hours', () => {
  it.each([
    ['23T08:29', false], ['23T08:30', true], ['23T11:59', true], ['23T12:00', false], ['23T14:00', true], ['23T17:30', false],
    ['27T17:29', true], ['28T10:00', false], ['29T10:00', false], ['23T00:00', false],
  ])('are open on the minute they begin and not on the one they end: at %s %s', (moment, open) => {
    expect(isOpenAt(OFFICE, at(moment))).toBe(open);
  });

  it('are those of Beijing, wherever the program runs, and may reach to the end of a day', () => {
    expect(isOpenAt(ALL_DAY_SUNDAY, new Date('2026-11-28T15:59:59.999Z'))).toBe(false);
    expect(isOpenAt(ALL_DAY_SUNDAY, new Date('2026-11-28T16:00:00Z'))).toBe(true);
    expect(isOpenAt(ALL_DAY_SUNDAY, new Date('2026-11-29T15:59:59.999Z'))).toBe(true);
    expect(isOpenAt(ALL_DAY_SUNDAY, new Date('2026-11-29T16:00:00Z'))).toBe(false);
  });

  it('are always open when there are none, and never when they have no window', () => {
    expect([isOpenAt(null, at('28T03:00')), nextOpening(null, at('28T03:00')), openSince(null, at('28T03:00'))]).toEqual([true, null, null]);
    expect([isOpenAt([], at('23T10:00')), nextOpening([], at('23T10:00'))]).toEqual([false, null]);
  });

  it.each([
    ['23T08:00', '23T08:30'], ['23T12:00', '23T14:00'], ['23T17:30', '24T08:30'], ['27T17:30', '30T08:30'], ['28T10:00', '30T08:30'], ['29T23:59', '30T08:30'],
  ])('open next, from %s on, at %s: after noon, after the weekend', (now, next) => {
    expect(nextOpening(OFFICE, at(now))).toEqual(at(next));
    expect(openSince(OFFICE, at(now))).toBeNull();
  });

  it('open a week later when their only day is over, and say since when they are open', () => {
    const early = [{ days: [1], from: '08:30', to: '09:00' }];
    expect(nextOpening(early, at('23T09:00'))).toEqual(at('30T08:30'));
    expect(nextOpening(early, at('23T08:45'))).toBeNull();
    expect(openSince(early, at('23T08:45'))).toEqual(at('23T08:30'));
  });

  it('are told in a line', () => {
    expect(hoursText([...OFFICE, { days: [7, 6], from: '09:00', to: '12:00' }])).toBe('1-5 08:30-12:00; 1-5 14:00-17:30; 6,7 09:00-12:00');
  });
});
