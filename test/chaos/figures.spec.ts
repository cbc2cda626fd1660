import { describe, expect, it } from '@jest/globals';
import { transferKey } from '../../local/check/expected-transfers.ts';
import type { Line } from '../../local/check/record-lines.ts';
import { figuresOf, Journeys, percentile, recoveryOf, recoveryP95, stallsOf, type Journey } from './figures.ts';
import type { Occurrence } from './inflict.ts';

const fault = (beganAt: number, endedAt: number): Occurrence => ({ name: 'redis-killed', target: 'redis', beganAt, endedAt });
const journey = (sentAt: number, arrivedAt: number, to: Journey['to'] = 'centre'): Journey => ({ to, sentAt, arrivedAt });

describe('a journey', () => {
  it('goes from the announcement on one side to the effect on the other; what never arrived is none', () => {
    const journeys = new Journeys();
    const sending = (id: string, at: number): Line => ({
      k: 'sending', n: 1, id, source: '/halls/410204', type: 'case.received', projectNo: 'p', sequence: 1, dataVersion: 1, facts: {}, at,
    });
    const effect: Line = { k: 'effect', n: 1, key: transferKey('/halls/410204', 'e1', 'centre'), projectNo: 'p', hall: null, kind: 'open', updateSequence: null, facts: {}, at: 40 };
    for (const line of [sending('e1', 10), sending('e2', 20)]) journeys.line('platform', line);
    journeys.line('centre', effect);
    journeys.line('centre', { ...effect, at: 90 });
    expect(journeys.all()).toEqual([journey(10, 40)]);
  });
});

describe('the recovery from a fault', () => {
  it('ends with the last arrival of what had been announced before its cause was gone', () => {
    expect(recoveryOf(fault(0, 100), [journey(10, 50), journey(90, 340), journey(100, 130), journey(101, 900)])).toBe(240);
  });

  it('takes no time when nothing was left to arrive', () => {
    expect(recoveryOf(fault(0, 100), [journey(10, 50), journey(120, 130)])).toBe(0);
  });
});

describe('a stall', () => {
  it('is the time between two arrivals on one side in which something was waiting', () => {
    const journeys = [journey(0, 10), journey(5, 100), journey(200, 210)];
    expect(stallsOf(journeys, 'centre')).toEqual([{ from: 0, until: 10 }, { from: 10, until: 100 }, { from: 200, until: 210 }]);
  });

  it('counts what waits longest, though something younger arrives first', () => {
    expect(stallsOf([journey(90, 100), journey(0, 101)], 'centre')[0]).toEqual({ from: 0, until: 100 });
  });

  it('is no shorter because the other side went on', () => {
    const journeys = [journey(0, 10), journey(20, 50, 'platform'), journey(10, 100)];
    expect(stallsOf(journeys, 'centre').at(-1)).toEqual({ from: 10, until: 100 });
  });
});

describe('the figures of a run', () => {
  const journeys = [journey(0, 900), journey(950, 4_000), journey(3_000, 4_100), journey(9_000, 9_400), journey(9_900, 10_000)];
  const occurrences = [fault(1_000, 2_000), fault(9_100, 9_200)];

  it('give for each kind how often, how long to recover, and the longest stall', () => {
    expect(figuresOf(['app-killed', 'redis-killed'], occurrences, journeys)).toEqual([
      { name: 'redis-killed', times: 2, recoveryP50: 0.2, recoveryMax: 2, longestStall: 3.1 },
    ]);
    expect(recoveryP95(occurrences, journeys)).toBe(2);
  });

  it.each([[[], 0], [[5], 5], [[1, 2, 3, 4], 2], [[4, 3, 2, 1, 9], 3]])('take the middle of %j to be %d', (values, middle) => {
    expect(percentile(values, 0.5)).toBe(middle);
  });
});
