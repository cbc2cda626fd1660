import { describe, expect, it } from '@jest/globals';
import { Slots } from './slots.ts';

describe('slots', () => {
  it('run at most their number at once, in order, also after a failure', async () => {
    const slots = new Slots(2);
    const started: number[] = [];
    const gates = [0, 1, 2, 3].map(() => Promise.withResolvers<void>());
    const runs = gates.map(({ promise }, index) => slots.run(() => {
      started.push(index);
      return promise;
    }).catch(() => undefined));
    expect(started).toEqual([0, 1]);
    gates[0]?.reject(new Error('failed'));
    await runs[0];
    expect(started).toEqual([0, 1, 2]);
    for (const { resolve } of gates) resolve();
    await Promise.all(runs);
    expect(started).toEqual([0, 1, 2, 3]);
  });
});
