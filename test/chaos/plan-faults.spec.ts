import { describe, expect, it } from '@jest/globals';
import { aimOf, APART, FAULT_NAMES, faultOf, losesData } from './faults.ts';
import { collide, planFaults } from './plan-faults.ts';
import { INSTANCES } from './stage-names.ts';

const SEEDS = Array.from({ length: 25 }, (_, seed) => seed);
const both = [60, 120];

describe('the plan of a chaos run', () => {
  it('is the same whenever the seed is the same, and another one for another seed', () => {
    expect(planFaults({ seed: 7, seconds: 120 })).toEqual(planFaults({ seed: 7, seconds: 120 }));
    expect(planFaults({ seed: 8, seconds: 120 })).not.toEqual(planFaults({ seed: 7, seconds: 120 }));
  });

  it.each(both)('has every kind of fault at least once in %d s, whatever the seed', (seconds) => {
    for (const seed of SEEDS) {
      const names = new Set(planFaults({ seed, seconds }).map(({ name }) => name));
      expect({ seed, missing: FAULT_NAMES.filter((name) => !names.has(name)) }).toEqual({ seed, missing: [] });
    }
  });

  it.each(both)('kills both instances of each program in %d s', (seconds) => {
    for (const seed of SEEDS) {
      const killed = planFaults({ seed, seconds }).filter(({ name }) => name === 'app-killed').map(({ target }) => target);
      expect(new Set(killed)).toEqual(new Set(INSTANCES));
    }
  });

  it('never lets two faults meet that need the same', () => {
    for (const seed of SEEDS) {
      const plan = planFaults({ seed, seconds: 120 });
      expect(plan.filter((one, at) => plan.slice(at + 1).some((other) => collide(one, other)))).toEqual([]);
    }
  });

  it('never empties a second holder of accepted events before the bridge had time to make up for the first', () => {
    for (const seed of SEEDS) {
      const losses = planFaults({ seed, seconds: 240 }).filter(({ name }) => losesData(name)).map(({ atMs }) => atMs);
      const gaps = losses.slice(1).map((at, place) => at - (losses[place] ?? 0));
      expect(Math.min(...gaps)).toBeGreaterThanOrEqual(12_000);
    }
  });

  it('never empties Redis while RabbitMQ is away or cannot be reached: what is accepted then lies in Redis alone', () => {
    const away = planFaults({ seed: 1, seconds: 60 }).map((fault) => ({ ...fault, atMs: 10_000, lastsMs: 5_000 }))
      .filter(({ name, target }) => faultOf(name).needs(target).some((need) => need === 'server rabbitmq' || need === 'line rabbitmq'));
    const flush = { name: 'redis-flushed', target: 'redis', atMs: 12_000, lastsMs: 0, choice: 0 } as const;
    expect(away.length).toBeGreaterThan(3);
    expect(away.filter((fault) => !collide(flush, fault))).toEqual([]);
  });

  it('lets faults overlap', () => {
    const plan = planFaults({ seed: 7, seconds: 60 });
    const overlaps = plan.filter((one, at) => plan.slice(at + 1).some((other) => other.atMs < one.atMs + one.lastsMs));
    expect(overlaps.length).toBeGreaterThan(5);
  });

  it('stays within its time, and does only what it is asked for', () => {
    const plan = planFaults({ seed: 3, seconds: 30, only: ['redis-killed', 'app-frozen:gateway'].flatMap((text) => aimOf(text) ?? []) });
    expect(plan.length).toBeGreaterThan(5);
    expect(new Set(plan.map(({ name, target }) => `${name} ${target}`))).toEqual(new Set(['redis-killed redis', 'app-frozen gateway']));
    expect(Math.max(...plan.map(({ atMs, lastsMs }) => atMs + lastsMs))).toBeLessThanOrEqual(28_000);
  });
});

describe('the faults', () => {
  it('are named alone or with one of their targets', () => {
    expect([aimOf('network-cut')?.targets.length, aimOf('network-cut:redis')?.targets]).toEqual([7, ['redis']]);
    expect([aimOf('network-cut:nobody'), aimOf('boredom')]).toEqual([null, null]);
  });

  it('each say why they are kept apart from others', () => {
    const needs = FAULT_NAMES.flatMap((name) => faultOf(name).targets.flatMap((target) => faultOf(name).needs(target)));
    expect(needs.filter((need) => APART[need.split(' ')[0] ?? ''] === undefined)).toEqual([]);
  });
});
