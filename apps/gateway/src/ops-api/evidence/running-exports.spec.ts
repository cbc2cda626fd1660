import { once } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { RunningExports } from './running-exports.ts';

async function* pieces(): AsyncGenerator<string> {
  yield 'one';
  yield 'two';
}

describe('exports under way', () => {
  it('are two at most; one that was read to its end, or left by its reader, makes room', async () => {
    const running = new RunningExports();
    const first = running.open(pieces());
    const second = running.open(pieces());
    expect(() => running.open(pieces())).toThrow(/running already/);
    const read: string[] = [];
    for await (const piece of first) read.push(String(piece));
    expect(read).toEqual(['one', 'two']);
    const third = running.open(pieces());
    expect(() => running.open(pieces())).toThrow(/running already/);
    for (const left of [second, third]) {
      left.destroy();
      await once(left, 'close');
    }
    expect(running.open(pieces()).destroy().destroyed).toBe(true);
  });
});
