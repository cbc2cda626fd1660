import { describe, expect, it } from '@jest/globals';
import { DeadlinePassedError, until } from './until.ts';

describe('until', () => {
  it('gives what the condition gave as soon as it is something', async () => {
    let looks = 0;
    expect(await until(() => (++looks === 3 ? 'there' : null), { within: 5_000, every: 1 })).toBe('there');
    expect(looks).toBe(3);
  });

  it('takes a look that throws for "not yet", and names its error when the deadline passes', async () => {
    const waiting = until(() => { throw new Error('connection refused'); }, { within: 20, every: 5, what: 'the port' });
    await expect(waiting).rejects.toThrow(DeadlinePassedError);
    await expect(waiting).rejects.toThrow('the port did not come true within 20 ms; last error: connection refused');
  });

  it('looks at least once, however short the time', async () => {
    expect(await until(() => true, { within: 0 })).toBe(true);
  });

  it('stops with the reason of the signal', async () => {
    const calledOff = new AbortController();
    const waiting = until(() => false, { within: 60_000, every: 60_000, signal: calledOff.signal });
    calledOff.abort(new Error('called off'));
    await expect(waiting).rejects.toThrow('called off');
  });
});
