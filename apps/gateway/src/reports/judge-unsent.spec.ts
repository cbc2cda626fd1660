import { describe, expect, it } from '@jest/globals';
import { BusRejectedError, BusUnavailableError, UnroutableError } from '#bus';
import { judgeUnsent, NoQueueError } from './judge-unsent.ts';

const FOR_EVER = 1_000_000;

describe('a dead letter that cannot be sent back', () => {
  it.each<[string, Error, number]>([
    ['when no queue takes it, three times', new UnroutableError('e', 'k'), 3],
    ['when its queue is full, twenty times', new BusRejectedError('e', 'k'), 20],
    ['when nobody knows whether it arrived, twenty times', new BusUnavailableError('timeout', true), 20],
    ['when it cannot be written at all, three times', new TypeError('headers'), 3],
  ])('is tried again %s, and then goes back to the person with the reason', (_why, error, tries) => {
    expect(judgeUnsent(error, tries - 1)).toBeNull();
    expect(judgeUnsent(error, tries)).toMatch(new RegExp(`^发了 ${tries} 次：.*[\\u4e00-\\u9fff]`));
  });

  it('goes back at once when its queue is not declared any more', () => {
    expect(judgeUnsent(new NoQueueError('q'), 1)).toContain('只能放弃');
  });

  it.each(['not-connected', 'blocked', 'closed', 'overloaded'] as const)('waits without end for a broker that is %s: then nothing was sent', (code) => {
    expect(judgeUnsent(new BusUnavailableError(code, false), FOR_EVER)).toBeNull();
  });
});
