import { describe, expect, it } from '@jest/globals';
import type { CheckReport } from '../../local/check/check.ts';
import { chaosResult, chaosTables, foundOf, problemsOf, type ChaosFacts } from './chaos-report.ts';

const check: CheckReport = {
  cases: 20, completed: 20, rejected: 0, returned: 0, withdrawn: 0, voided: 0, failed: 0, lost: 0, duplicated: 0, outOfOrder: 0, altered: 0, unexplained: 0,
  stuck: [], stuckCount: 0, accepted: 120, unfinished: 0, transfers: 100, repeats: 3, p50Ms: 41, p99Ms: 99, ledgerRead: true, ok: true, findings: [],
};
const facts: ChaosFacts = {
  seed: 7, seconds: 60, check, figures: [{ name: 'redis-killed', times: 2, recoveryP50: 0.4, recoveryMax: 1.2, longestStall: 0.9 }], recoverySecondsP95: 1.2, restSeconds: 2,
  poison: { sent: 20, missing: 0 }, met: { newClerks: 5, askedFirst: 6, poisonDeaths: 5 }, undone: [], unaskedEnds: [], memoryMiB: { gateway: 150 }, unfinished: [],
};

describe('the report of a chaos run', () => {
  it('is good when nothing is wrong', () => {
    expect(problemsOf(facts)).toEqual([]);
    expect(chaosResult(facts)).toMatchObject({ accepted: 120, delivered: 100, lost: 0, duplicated: 0, outOfOrder: 0, stuck: 0, recoverySecondsP95: 1.2, faults: facts.figures, seed: 7, ok: true });
  });

  it.each<[string, Partial<ChaosFacts>]>([
    ['something was lost', { check: { ...check, lost: 1 } }],
    ['something took effect twice', { check: { ...check, duplicated: 1 } }],
    ['something came out of order', { check: { ...check, outOfOrder: 1 } }],
    ['something is stuck', { check: { ...check, stuckCount: 1 } }],
    ['a transfer has no end in the ledger', { check: { ...check, unfinished: 1 } }],
    ['something was given up, though nobody refused anything', { check: { ...check, failed: 1 } }],
    ['something arrived other than it was sent', { check: { ...check, altered: 1 } }],
    ['nothing explains an effect', { check: { ...check, unexplained: 1 } }],
    ['there was no case', { check: { ...check, cases: 0 } }],
    ['a poison message is nowhere', { poison: { sent: 20, missing: 1 } }],
    ['a fault of the plan was not done', { undone: ['redis-flushed redis: why'] }],
    ['a program ended by itself', { unaskedEnds: [{ program: 'gateway', at: 1, why: 'a reason' }] }],
    ['it did not come to rest', { restSeconds: null }],
  ])('is bad when %s', (_, change) => {
    const changed = { ...facts, ...change };
    expect(problemsOf(changed).length).toBeGreaterThan(0);
    expect(chaosResult(changed).ok).toBe(false);
  });

  it('says which of the expected charges were found against a program without one of its guarantees', () => {
    const breakage = { zh: '', patches: [], faults: [], charges: ['lost', 'stuck', 'poison'] } as const;
    expect(foundOf(breakage, facts)).toEqual([]);
    expect(foundOf(breakage, { ...facts, check: { ...check, lost: 2, duplicated: 9 }, poison: { sent: 3, missing: 1 } })).toEqual([{ charge: 'lost', count: 2 }, { charge: 'poison', count: 1 }]);
  });

  it('tells people the fault’s name, its times and what came of the run', () => {
    const text = chaosTables(facts);
    for (const word of ['redis-killed', '0.4', '1.2', '0.9', 'gateway 150 MiB', '120']) expect(text).toContain(word);
  });
});
