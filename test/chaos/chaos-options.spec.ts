import { describe, expect, it } from '@jest/globals';
import { againOf, CHAOS_HELP, readChaosOptions } from './chaos-options.ts';
import { BREAKAGE_NAMES } from './breakages.ts';
import { EVERY_FAULT, FAULT_NAMES } from './faults.ts';

describe('the options of a chaos run', () => {
  it('are every fault for two minutes, with a seed of its own, unless said otherwise', () => {
    expect(readChaosOptions([])).toMatchObject({ seconds: 120, only: EVERY_FAULT, breakage: null, json: false, seed: expect.any(Number) });
  });

  it('name faults, and targets of faults', () => {
    const { only } = readChaosOptions(['--only', 'redis-killed,network-cut:redis', '--only', 'app-frozen']);
    expect(only.map(({ name, targets }) => [name, targets.length])).toEqual([['redis-killed', 1], ['network-cut', 1], ['app-frozen', 6]]);
  });

  it('take a broken guarantee with the faults that bring it to light, unless others are asked for', () => {
    expect(readChaosOptions(['--break', 'no-parking']).only.map(({ name }) => name)).toEqual(['sent-reordered']);
    expect(readChaosOptions(['--break', 'no-parking', '--only', 'poison']).only.map(({ name }) => name)).toEqual(['poison']);
  });

  it.each([
    [['--seconds', '5'], '--seconds'], [['--seed', 'x'], '--seed'], [['--only', 'boredom'], 'boredom'], [['--break', 'nothing'], 'nothing'], [['--nonsense'], '--nonsense'],
  ])('refuse %j and say what is wrong', (args, word) => {
    expect(() => readChaosOptions(args)).toThrow(word);
  });

  it('can be given again from what the run prints', () => {
    const given = ['--seconds', '60', '--seed', '7', '--only', 'redis-killed,network-cut:redis', '--rate', '3'];
    const again = againOf(readChaosOptions(given));
    expect(again).toBe('npm run chaos -- --seconds 60 --seed 7 --rate 3 --only redis-killed,network-cut:redis');
    expect(readChaosOptions(again.split(' ').slice(4))).toEqual(readChaosOptions(given));
    expect(againOf(readChaosOptions(['--seed', '7']))).toBe('npm run chaos -- --seconds 120 --seed 7');
  });

  it('are explained with every fault and every guarantee that can be broken', () => {
    for (const name of [...FAULT_NAMES, ...BREAKAGE_NAMES]) expect(CHAOS_HELP).toContain(name);
  });
});
