import { describe, expect, it } from '@jest/globals';
import type { Destination } from '#contracts';
import { judgeReorder, shareOut } from './judge-reorder.ts';

const queue = (messages: number, consumers = 1) => ({ name: 'centre.work-items', messages, consumers });

describe('overdue orders', () => {
  it.each([
    ['all of them, when the queue lost its data', { underWay: 900, overdue: 900, queue: queue(0) }, 900],
    ['none, when the queue holds as many as are under way', { underWay: 900, overdue: 900, queue: queue(900) }, 0],
    ['none, when what it does not hold is kept in hand at the circuit', { underWay: 900, overdue: 900, held: 32, queue: queue(868) }, 0],
    ['those that the queue does not hold', { underWay: 900, overdue: 300, queue: queue(700) }, 200],
    ['no more than are overdue', { underWay: 900, overdue: 10, queue: queue(0) }, 10],
    ['none once their copies lie in the queue', { underWay: 900, overdue: 400, queue: queue(900) }, 0],
    ['none, when the queue holds copies besides', { underWay: 10, overdue: 10, queue: queue(50) }, 0],
    ['none, while nobody consumes the queue, or the broker does not know yet', { underWay: 10, overdue: 10, queue: queue(0, 0) }, 0],
    ['none, while there is no queue', { underWay: 10, overdue: 10, queue: null }, 0],
  ] as const)('are ordered again: %s', (_what, given, orders) => {
    expect(judgeReorder({ destination: 'centre', held: 0, ...given })).toBe(orders);
  });

  it('are taken for every destination that misses some, a bounded number at a time', () => {
    const missing = new Map<Destination, number>([['centre', 10_000], ['hall:410202', 0], ['hall:410203', 3]]);
    expect(shareOut(missing, 500)).toEqual([{ destination: 'centre', share: 250 }, { destination: 'hall:410203', share: 3 }]);
    expect(shareOut(new Map([['centre', 7]]), 3)).toEqual([{ destination: 'centre', share: 3 }]);
    expect(shareOut(missing, 1)).toEqual([{ destination: 'centre', share: 1 }]);
    expect(shareOut(new Map(), 500)).toEqual([]);
  });
});
