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
    ['somebody has consumed for long and they have not come', state(5, 2), 5, 900_001, 'go'],
    ['the queue does not exist', null, 5, 9_000_000, 'wait'],
    ['nothing is overdue', state(0, 1), 0, 0, 'wait'],
  ] as const)('when %s', (_, queue, due, lateMs, decision) => {
    expect(judgeRepublish({ queue, due, lateMs, capMs: 900_000 })).toBe(decision);
  });
});
