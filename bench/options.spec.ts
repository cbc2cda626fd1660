import { describe, expect, it } from '@jest/globals';
import { BenchOptionError, MEASURES, readBenchOptions, sizeName } from './options.ts';

describe('the options of the benchmark', () => {
  it('measure everything, up to ten million transfers, when nothing is said', () => {
    expect(readBenchOptions([])).toMatchObject({ only: [...MEASURES], rounds: 5, backlog: 100_000, sizes: [10_000, 100_000, 1_000_000, 10_000_000], profile: 'bench' });
  });

  it('leave out what is over a hundred thousand when it should be quick', () => {
    const { sizes, backlog, only } = readBenchOptions(['--quick']);
    expect(Math.max(...sizes, backlog)).toBeLessThanOrEqual(100_000);
    expect(only).toEqual([...MEASURES]);
  });

  it('let what is said go before what is quick', () => {
    expect(readBenchOptions(['--quick', '--rounds', '1', '--backlog', '2k'])).toMatchObject({ rounds: 1, backlog: 2_000 });
  });

  it('run the parts in their own order, whatever order they are named in', () => {
    expect(readBenchOptions(['--only', 'ledger, single,cold']).only).toEqual(['cold', 'single', 'ledger']);
  });

  it.each([['10k', 10_000], ['1.5M', 1_500_000], ['500', 500]])('read %s as %d', (text, size) => {
    expect(readBenchOptions(['--sizes', text]).sizes).toEqual([size]);
  });

  it('grow the ledger, never shrink it', () => {
    expect(readBenchOptions(['--sizes', '1M,10k']).sizes).toEqual([10_000, 1_000_000]);
  });

  it.each([
    ['--only', 'speed'], ['--rounds', '0'], ['--rounds', '101'], ['--count', '1.5'], ['--sizes', '10k,'], ['--backlog', '-1'], ['--backlog', '5G'], ['--fast'],
  ])('refuse %s %s and say why', (...args) => {
    expect(() => readBenchOptions(args)).toThrow(BenchOptionError);
    expect(() => readBenchOptions(args)).toThrow(args[0]);
  });
});

it.each([[10_000, '10k'], [1_000_000, '1M'], [1_500_000, '1.5M'], [8_400_000, '8.4M'], [1_500, '1.5k'], [1_234, '1234'], [7, '7']])('a size of %d is written %s', (size, name) => {
  expect(sizeName(size)).toBe(name);
});
