import { describe, expect, it, jest } from '@jest/globals';
import { BatchLoop } from './batch-loop.ts';

function loopOf(batchSize: number, lingerMs: number, concurrency = 1) {
  const batches: number[][] = [];
  const releases: (() => void)[] = [];
  const loop = new BatchLoop<number>({
    batchSize, lingerMs, concurrency, lengthOf: (waiting, maximum) => Math.min(waiting.length, maximum),
    work: (batch) => { batches.push(batch); return new Promise((resolve) => { releases.push(resolve); }); },
  });
  const finish = async (): Promise<void> => { releases.shift()?.(); await new Promise((resolve) => { process.nextTick(resolve); }); };
  return { loop, batches, releases, finish };
}

describe('gathering batches', () => {
  it('starts at once when a batch is full', () => {
    const { loop, batches } = loopOf(2, 1_000);
    loop.push(1);
    expect(batches).toEqual([]);
    loop.push(2);
    expect(batches).toEqual([[1, 2]]);
  });

  it('starts with what is there when the linger has passed', () => {
    jest.useFakeTimers();
    const { loop, batches } = loopOf(10, 5);
    loop.push(1);
    jest.advanceTimersByTime(4);
    loop.push(2);
    expect(batches).toEqual([]);
    jest.advanceTimersByTime(1);
    expect(batches).toEqual([[1, 2]]);
    jest.useRealTimers();
  });

  it('works on one batch at a time; what gathered meanwhile starts without a further wait', async () => {
    const { loop, batches, finish } = loopOf(2, 1_000);
    for (const item of [1, 2, 3, 4, 5]) loop.push(item);
    expect(batches).toEqual([[1, 2]]);
    await finish();
    expect(batches).toEqual([[1, 2], [3, 4]]);
    await finish();
    expect(batches).toEqual([[1, 2], [3, 4], [5]]);
  });

  it('gathers a little longer after a batch that was no small one, unless the next is full', async () => {
    jest.useFakeTimers({ doNotFake: ['nextTick'] });
    const { loop, batches, finish } = loopOf(6, 5);
    for (const item of [1, 2, 3, 4, 5, 6, 7]) loop.push(item);
    expect(batches).toEqual([[1, 2, 3, 4, 5, 6]]);
    await finish();
    expect(batches).toHaveLength(1);
    jest.advanceTimersByTime(19);
    loop.push(8);
    expect(batches).toHaveLength(1);
    jest.advanceTimersByTime(1);
    expect(batches.at(-1)).toEqual([7, 8]);
    for (const item of [9, 10, 11, 12, 13, 14]) loop.push(item);
    await finish();
    expect(batches.at(-1)).toEqual([9, 10, 11, 12, 13, 14]);
    jest.useRealTimers();
  });

  it('works on several at a time when told to: one that is slow holds its own place only', async () => {
    const { loop, batches, releases } = loopOf(1, 1_000, 2);
    for (const item of [1, 2, 3, 4]) loop.push(item);
    expect(batches).toEqual([[1], [2]]);
    releases[1]?.();
    await new Promise((resolve) => { process.nextTick(resolve); });
    expect(batches).toEqual([[1], [2], [3]]);
    releases[2]?.();
    await new Promise((resolve) => { process.nextTick(resolve); });
    expect(batches).toEqual([[1], [2], [3], [4]]);
  });

  it('stops when the batch in hand is finished, and starts no other', async () => {
    const { loop, batches, finish } = loopOf(1, 1_000);
    loop.push(1);
    loop.push(2);
    let stopped = false;
    const stop = loop.stop().then(() => { stopped = true; });
    await new Promise((resolve) => { process.nextTick(resolve); });
    expect(stopped).toBe(false);
    await finish();
    await stop;
    loop.push(3);
    expect(batches).toEqual([[1]]);
  });

  it('forgets what waits when told to', async () => {
    const { loop, batches, finish } = loopOf(1, 1_000);
    loop.push(1);
    loop.push(2);
    expect(loop.clear()).toEqual([2]);
    await finish();
    loop.push(3);
    expect(batches).toEqual([[1], [3]]);
  });
});
