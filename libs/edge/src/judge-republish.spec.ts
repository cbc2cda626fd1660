import { describe, expect, it } from '@jest/globals';
import { judgeRepublish } from './judge-republish.ts';

const state = (messages: number, consumers: number) => ({ name: 'gateway.intake', messages, consumers });

describe('overdue events', () => {
  it.each([
    ['the queue is empty', state(0, 1), 5, 0, 'go'],
    ['the queue holds fewer than are overdue, were every message a full bundle', state(4, 0), 257, 0, 'go'],
    ['the queue holds as many: they are on their way', state(5, 1), 5, 0, 'wait'],
    ['the queue may hold as many in bundles', state(4, 0), 256, 0, 'wait'],
    ['nobody consumes the queue that holds them, however long', state(5, 0), 5, 9_000_000, 'wait'],
    ['somebody consumes, and may still come to them', state(5, 2), 5, 180_000, 'wait'],
    ['somebody has consumed for three times their patience and they have not come', state(5, 2), 5, 180_001, 'go'],
    ['one message is left that somebody consumes, and would hide a bundle’s worth', state(1, 1), 64, 180_001, 'go'],
    ['the queue does not exist', null, 5, 9_000_000, 'wait'],
    ['nothing is overdue', state(0, 1), 0, 0, 'wait'],
  ] as const)('when %s', (_, queue, due, lateMs, decision) => {
    expect(judgeRepublish({ queue, due, lateMs, patienceMs: 60_000, capMs: 900_000 })).toBe(decision);
  });

  it('wait for a gateway at work no longer than any event waits', () => {
    const situation = { queue: state(1, 1), due: 1, patienceMs: 60_000, capMs: 90_000 };
    expect([90_000, 90_001].map((lateMs) => judgeRepublish({ ...situation, lateMs }))).toEqual(['wait', 'go']);
  });
});
