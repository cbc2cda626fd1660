import { describe, expect, it } from '@jest/globals';
import { guessCause } from './guess-cause.ts';
import { boardOf, digestOf, openDeltas } from './stages.ts';

const levels = (...counts: [number, number][]) => counts.map(([level, count]) => ({ hall_code: '410204', level, count }));

describe('the board of a day', () => {
  it('counts at each stage the cases that came so far, and what is missing between two', () => {
    const [hall, quiet] = boardOf(levels([2, 1], [4, 2], [7, 10]), [{ hall_code: '410204', count: 3 }], ['410204', '410205']);
    expect(hall?.stages.map(({ stage, count, missing }) => [stage, count, missing])).toEqual([
      ['received', 16, 0], ['applied', 13, 3], ['sent', 12, 1], ['delivered', 12, 0], ['answered', 10, 2], ['updated', 10, 0], ['acknowledged', 10, 0],
    ]);
    expect(quiet?.stages.map(({ count }) => count)).toEqual([0, 0, 0, 0, 0, 0, 0]);
    expect(openDeltas(hall === undefined ? [] : [hall])).toBe(6);
  });

  it('has another digest as soon as one count is another', () => {
    const digest = (count: number): string => digestOf('2026-11-22', boardOf(levels([7, count]), [], []));
    expect(digest(3)).toBe(digest(3));
    expect(digest(3)).not.toBe(digest(4));
  });
});

describe('the cause of a delta', () => {
  const row = { level: 3, status: 'held', paused_channel: null, held_because: null, returned: false, unpublished: false, dead_letter: false, centre_outcome: null } as const;

  it.each([
    [{}, 'held'],
    [{ paused_channel: 'intake:410204', held_because: 'paused' }, 'channel-paused'],
    [{ paused_channel: 'intake:410204', held_because: 'outside-hours' }, 'outside-hours'],
    [{ paused_channel: 'intake:410204', held_because: 'limited' }, 'channel-limited'],
    [{ paused_channel: 'intake:410204' }, 'channel-limited'],
    [{ status: 'retry_wait' }, 'in-retry'],
    [{ status: 'in_flight' }, 'in-flight'],
    [{ status: 'in_flight', unpublished: true }, 'unpublished'],
    [{ status: 'failed' }, 'failed'],
    [{ status: 'failed', returned: true }, 'returned-to-hall'],
    [{ status: 'failed', dead_letter: true }, 'dead-lettered'],
    [{ status: 'discarded' }, 'given-up'],
    [{ status: null }, 'no-transfer'],
    [{ level: 4, status: null }, 'awaiting-centre'],
    [{ level: 4, status: null, centre_outcome: 'parked' }, 'outcome-waiting'],
    [{ level: 4, status: null, centre_outcome: 'refused' }, 'outcome-refused'],
  ] as const)('of %j is %s', (given, cause) => {
    expect(guessCause({ ...row, ...given })).toBe(cause);
  });
});
