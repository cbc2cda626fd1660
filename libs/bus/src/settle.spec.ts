import { describe, expect, it } from '@jest/globals';
import { actionFor, isNotNow, settlementsOf } from './settle.ts';

const middle = (): number => 0.5;

describe('deciding what becomes of a message', () => {
  it('acknowledges what is done', () => {
    expect(actionFor('done', { deliveryCount: 3, deadLetterKey: 'gateway' })).toEqual({ kind: 'ack' });
  });

  it('gives back what should come again, later each time, never later than five seconds', () => {
    const waits = [0, 1, 2, 5, 50].map((deliveryCount) => actionFor({ kind: 'again', reason: 'r' }, { deliveryCount, deadLetterKey: 'gateway' }, middle));
    expect(waits.map((action) => action.kind === 'requeue' && action.afterMs)).toEqual([150, 300, 600, 3_750, 3_750]);
  });

  it('sends the dead to the dead-letter key of the queue, with the reason and the code', () => {
    expect(actionFor({ kind: 'dead', reason: 'r', code: 'c' }, { deliveryCount: 0, deadLetterKey: 'gateway' })).toEqual({ kind: 'dead-letter', key: 'gateway', reason: 'r', code: 'c' });
    expect(actionFor({ kind: 'dead', reason: 'r' }, { deliveryCount: 0, deadLetterKey: 'gateway' })).toMatchObject({ code: 'refused-by-handler' });
  });

  it('never lets a message of a dead-letter queue die: there is nowhere to send it', () => {
    expect(actionFor({ kind: 'dead', reason: 'r' }, { deliveryCount: 0, deadLetterKey: null }, middle)).toEqual({ kind: 'requeue', afterMs: 150, reason: 'r' });
  });
});

describe('reading a handler\'s answer', () => {
  it('takes one settlement for each message', () => {
    const answer = ['done', { kind: 'again', reason: 'r' }, { kind: 'dead', reason: 'r' }] as const;
    expect(settlementsOf(answer, 3)).toBe(answer);
  });

  it.each([[undefined, 1], [[], 1], [['done', 'done'], 1], [['ok'], 1], [[null], 1], [[{ kind: 'later' }], 1]])('refuses %j for %i message', (answer, length) => {
    expect(() => settlementsOf(answer as never, length)).toThrow(/the handler returned/);
  });

  it('knows "not now" from a list', () => {
    expect(isNotNow({ kind: 'not-now', reason: 'r' })).toBe(true);
    expect([undefined, null, [], 'done', { kind: 'again' }].some(isNotNow)).toBe(false);
  });
});
