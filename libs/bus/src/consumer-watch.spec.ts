import { describe, expect, it } from '@jest/globals';
import { forsaken } from './consumer-watch.ts';

const state = (name: string, consumers: number, messages = 1) => ({ name, messages, consumers });

describe('what the broker knows of our consumers', () => {
  it.each([
    ['one that is consumed', true, state('q', 1), []],
    ['one whose consumer is gone', true, state('q', 0), ['q']],
    ['one that is empty, whose leader may only be slow to answer', true, state('q', 0, 0), []],
    ['one that is paused', false, state('q', 0), []],
    ['one that is gone itself', true, null, ['q']],
    ['one that is gone itself while paused', false, null, ['q']],
  ] as const)('judges a queue: %s', (_case, consuming, seen, expected) => {
    expect(forsaken([{ name: 'q', consuming }], [seen])).toEqual(expected);
  });
});
