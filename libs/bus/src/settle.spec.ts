import { describe, expect, it } from '@jest/globals';
import { actionFor, isNotNow, settlementsOf } from './settle.ts';

const situation = { deliveryCount: 0, deadLetterKey: 'gateway', rested: false };

describe('deciding what becomes of a message', () => {
  it('acknowledges what is done', () => {
    expect(actionFor('done', situation)).toEqual({ kind: 'ack' });
  });

  it('gives back what should come again, later each time, never later than five seconds', () => {
    const waits = [0, 1, 2, 5, 50].map((deliveryCount) => actionFor({ kind: 'again', reason: 'r' }, { ...situation, deliveryCount }));
    expect(waits.map((action) => action.kind === 'requeue' && action.afterMs)).toEqual([200, 400, 800, 5_000, 5_000]);
  });

  it('gives back at once after the queue has rested', () => {
    expect(actionFor({ kind: 'again', reason: 'r' }, { ...situation, rested: true })).toEqual({ kind: 'requeue', afterMs: 0, reason: 'r' });
  });

  it('sends the dead to the dead-letter key of the queue, with the reason and the code', () => {
    expect(actionFor({ kind: 'dead', reason: 'r', code: 'c' }, situation)).toEqual({ kind: 'dead-letter', key: 'gateway', reason: 'r', code: 'c' });
    expect(actionFor({ kind: 'dead', reason: 'r' }, situation)).toMatchObject({ code: 'refused-by-handler' });
  });

  it('never lets a message of a dead-letter queue die: there is nowhere to send it', () => {
    expect(actionFor({ kind: 'dead', reason: 'r' }, { ...situation, deadLetterKey: null })).toEqual({ kind: 'requeue', afterMs: 200, reason: 'r' });
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
