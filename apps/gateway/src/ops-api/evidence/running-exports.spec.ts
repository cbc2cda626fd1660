import { once } from 'node:events';
import { Writable } from 'node:stream';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { RunningExports } from './running-exports.ts';

const PIECE = 'x'.repeat(100_000);

async function* pieces(): AsyncGenerator<string> {
  yield 'one';
  yield 'two';
}

/** Without end, counting what was asked of it. */
async function* endless(asked: { count: number }): AsyncGenerator<string> {
  for (;;) {
    asked.count += 1;
    yield PIECE;
  }
}

const begin = () => Promise.resolve(pieces());
const beginEndless = (asked = { count: 0 }) => () => Promise.resolve(endless(asked));

/** A reader that takes each piece after so long; for ever: it takes the first and stands still. */
function reader(eachMs: number): Writable {
  return new Writable({ highWaterMark: 1, write: (_chunk, _encoding, done) => { if (Number.isFinite(eachMs)) setTimeout(done, eachMs); } });
}

const DEADLINE_MS = 20_000;

/** How long a stream lasted, in milliseconds, and whether it was cut off; one that never is does not outlive the test. */
async function lifeOf(stream: Readable, to: Writable): Promise<{ ms: number; cut: boolean }> {
  const began = performance.now();
  stream.on('error', () => undefined).pipe(to);
  const deadline = setTimeout(() => { stream.destroy(); }, DEADLINE_MS);
  await new Promise((resolve) => stream.once('close', resolve));
  clearTimeout(deadline);
  return { ms: performance.now() - began, cut: stream.errored !== null };
}

describe('exports under way', () => {
  it('are two at most; one that was read to its end, left by its reader, or never begun, makes room', async () => {
    const running = new RunningExports();
    const first = await running.open(begin);
    const second = await running.open(begin);
    await expect(running.open(begin)).rejects.toThrow(/running already/);
    const read: string[] = [];
    for await (const piece of first) read.push(String(piece));
    expect(read).toEqual(['one', 'two']);
    const third = await running.open(begin);
    await expect(running.open(begin)).rejects.toThrow(/running already/);
    for (const left of [second, third]) {
      left.destroy();
      await once(left, 'close');
    }
    await expect(running.open(() => Promise.reject(new Error('refused')))).rejects.toThrow('refused');
    await expect(running.open(() => Promise.reject(new Error('refused')))).rejects.toThrow('refused');
    expect((await running.open(begin)).destroy().destroyed).toBe(true);
  });

  it('end when their reader stands still, and make room for others', async () => {
    const running = new RunningExports({ pieceMs: 100, wholeMs: 60_000 });
    const stuck = [await running.open(beginEndless()), await running.open(beginEndless())];
    await expect(running.open(begin)).rejects.toThrow(/running already/);
    for (const { ms, cut } of await Promise.all(stuck.map((stream) => lifeOf(stream, reader(Infinity))))) {
      expect(cut).toBe(true);
      expect(ms).toBeLessThan(DEADLINE_MS);
    }
    expect((await running.open(begin)).destroy().destroyed).toBe(true);
  });

  it('are not cut off while their reader goes on, but not for ever', async () => {
    const stream = await new RunningExports({ pieceMs: 200, wholeMs: 600 }).open(beginEndless());
    const { ms, cut } = await lifeOf(stream, reader(20));
    expect(cut).toBe(true);
    expect(ms).toBeGreaterThanOrEqual(590);
  });

  it('do not count what the ledger takes as the reader\'s time', async () => {
    async function* slow(): AsyncGenerator<string> {
      yield 'one';
      await sleep(200);
      yield 'two';
    }
    const stream = await new RunningExports({ pieceMs: 50, wholeMs: 60_000 }).open(() => Promise.resolve(slow()));
    expect(await lifeOf(stream, reader(0))).toMatchObject({ cut: false });
  });

  it('never run ahead of their reader by more than a few pieces, so their size is nothing to the memory', async () => {
    const asked = { count: 0 };
    const stream = await new RunningExports().open(beginEndless(asked));
    let taken = 0;
    for await (const chunk of stream) {
      taken += (chunk as Buffer).length;
      expect(asked.count - taken / PIECE.length).toBeLessThanOrEqual(2);
      if (taken > 50 * PIECE.length) break;
    }
    expect(asked.count).toBeLessThanOrEqual(54);
  });
});
