import { describe, expect, it } from '@jest/globals';
import { FLOW_DECK, FLOWS } from './flows.ts';
import type { Flow, FlowName } from './flows.ts';
import { centreScenarioOf, projectNoOf, scenarioOf, seriesOf } from './scenario-of.ts';

const SEEDS = [0, 1, 7, 20261122, 999_999_999];
const names = Object.keys(FLOWS) as FlowName[];
const shared = names.filter((name) => FLOWS[name].share > 0);
const flowsOf = (seed: number, from: number): FlowName[] =>
  Array.from({ length: 60 }, (_, at) => scenarioOf(seed, projectNoOf('410204', seed, 'abc', from + at)).flowName);

describe('the scenario of a case', () => {
  it('deals exactly 60 cards, each flow as often as its share', () => {
    expect(FLOW_DECK).toHaveLength(60);
  });

  it.each(SEEDS)('shows every flow exactly as often as its share in each 60 cases of seed %d', (seed) => {
    for (const flows of [flowsOf(seed, 0), flowsOf(seed, 600)]) {
      expect(shared.map((name) => flows.filter((flow) => flow === name).length)).toEqual(shared.map((name) => FLOWS[name].share));
    }
  });

  it('is in another order for another seed and another round', () => {
    expect(flowsOf(1, 0)).not.toEqual(flowsOf(2, 0));
    expect(flowsOf(1, 0)).not.toEqual(flowsOf(1, 60));
  });

  it('needs only the number: the seed in it wins over the seed of the program', () => {
    const projectNo = projectNoOf('410202', 7, 'abc', 41);
    expect(scenarioOf(1, projectNo)).toEqual(scenarioOf(99, projectNo));
  });

  it.each(names)('is %s when the number asks for it, in our own form and in any other', (name) => {
    expect(scenarioOf(1, projectNoOf('410202', 7, 'abc', 3, name)).flowName).toBe(name);
    expect(scenarioOf(1, `T-${name}-1`).flowName).toBe(name);
  });

  it('tells the series a number was given in, and none for other numbers', () => {
    expect([seriesOf(projectNoOf('410202', 7, 'abc', 3, 'returned')), seriesOf('HANDMADE-1')]).toEqual(['abc', null]);
  });

  it('is drawn by hash for a number that says nothing, always the same', () => {
    expect(scenarioOf(5, 'HANDMADE-1')).toEqual(scenarioOf(5, 'HANDMADE-1'));
  });

  it('repeats the supplement round up to the most that is allowed, and each round waits for its answer', () => {
    const rounds = Array.from({ length: 40 }, (_, at) => scenarioOf(1, projectNoOf('410202', 1, 'abc', at, 'supplement'), 3));
    expect(new Set(rounds.map((one) => one.supplementRounds))).toEqual(new Set([1, 2, 3]));
    for (const one of rounds) {
      expect(one.centreSteps.filter((step) => step === 'requireSupplement')).toHaveLength(one.supplementRounds);
      expect(one.centreSteps.filter((step) => step === 'awaitSupplement')).toHaveLength(one.supplementRounds);
    }
  });

  it('keeps project numbers within 50 characters for the largest seed and the longest series', () => {
    expect(projectNoOf('410202', 999_999_999, 'zzzzzzzzzz', 999_999_999).length).toBeLessThanOrEqual(50);
  });
});

describe('what the centre does with a case', () => {
  const foreign = Array.from({ length: 300 }, (_, at) => `HANDMADE-${at}`).concat('T-immediate-1', 'T-immediateRejected-1');

  it.each(['2', '9', null])('is never completed at once when somebody else made it and its project type is %s', (projectType) => {
    for (const projectNo of foreign) {
      const { flow, centreSteps } = centreScenarioOf(1, projectNo, 1, projectType);
      expect(flow.projectType).not.toBe('1');
      expect(centreSteps).not.toContain('completeImmediate');
      expect(centreSteps).not.toContain('rejectImmediate');
      expect(flow.result).toBe(scenarioOf(1, projectNo).flow.result);
    }
  });

  it('may be completed at once when somebody else made it as 即办件', () => {
    for (const projectNo of foreign) expect(centreScenarioOf(1, projectNo, 1, '1')).toEqual(scenarioOf(1, projectNo));
    expect(foreign.some((projectNo) => centreScenarioOf(1, projectNo, 1, '1').flowName === 'immediate')).toBe(true);
  });

  it.each(['1', '2', null])('is what the platform planned when the platform made it, whatever type arrives (%s)', (projectType) => {
    for (const name of names) {
      const projectNo = projectNoOf('410202', 7, 'abc', 3, name);
      expect(centreScenarioOf(1, projectNo, 2, projectType)).toEqual(scenarioOf(1, projectNo, 2));
    }
  });
});

describe('a flow', () => {
  it.each(names)('%s: what the centre waits for, the hall sends', (name) => {
    const flow: Flow = FLOWS[name];
    const halls = Object.values(flow.hall);
    expect(flow.centre.includes('awaitSupplement')).toBe(halls.includes('submit'));
    expect(flow.centre.includes('awaitWithdrawal')).toBe(halls.includes('withdraw'));
    expect(flow.centre.includes('awaitCorrection')).toBe(halls.includes('correct'));
    expect(flow.centre.includes('awaitVoid')).toBe(halls.includes('void'));
  });
});
