import { describe, expect, it } from '@jest/globals';
import type { CheckReport } from '../check/check.ts';
import { faultsOf, resultOf, summaryTable } from './summary.ts';
import { rowsOf } from './terminal.ts';

const report: CheckReport = {
  cases: 20, completed: 14, rejected: 2, returned: 2, withdrawn: 1, voided: 1, failed: 0, lost: 0, duplicated: 0, outOfOrder: 0, altered: 0, unexplained: 0,
  stuck: [], stuckCount: 0, accepted: 18, unfinished: 0, transfers: 100, repeats: 0, p50Ms: 41.26, p99Ms: 99.99, ledgerRead: true, ok: true, findings: [],
};
const facts = { report, seconds: 4.04, memoryMiB: { gateway: 120, 'centre-adapter': null } };

describe('the result of a counted run', () => {
  it('has exactly the fields that are promised, in this order', () => {
    expect(JSON.stringify(resultOf(facts))).toBe(
      '{"cases":20,"completed":14,"returned":2,"withdrawn":1,"rejected":2,"failed":0,"lost":0,"duplicated":0,"outOfOrder":0,"seconds":4,"p50Ms":41.3,"p99Ms":100}');
  });

  it('keeps null where there was nothing to measure', () => {
    expect(resultOf({ ...facts, report: { ...report, p50Ms: null, p99Ms: null } })).toMatchObject({ p50Ms: null, p99Ms: null });
  });

  it('is good when nothing was lost, doubled, out of order, altered, unexplained or stuck', () => {
    expect(faultsOf(facts)).toEqual([]);
  });

  it.each(['lost', 'duplicated', 'outOfOrder', 'altered', 'unexplained'] as const)('is a failure when something is %s', (kind) => {
    expect(faultsOf({ ...facts, report: { ...report, [kind]: 1 } })).not.toEqual([]);
  });

  it('names the cases that are stuck', () => {
    const faults = faultsOf({ ...facts, report: { ...report, stuck: ['410204-7-x-000001'], stuckCount: 1 } });
    expect(faults.join('\n')).toContain('410204-7-x-000001');
  });

  it('shows transfers per second and the memory of each program', () => {
    const table = summaryTable(facts);
    expect(table).toContain('24.8');
    expect(table).toContain('gateway 120 MiB');
    expect(table).toContain('centre-adapter — MiB');
  });
});

describe('the rows of a terminal', () => {
  it.each([['', 80, 1], ['a'.repeat(80), 80, 1], ['a'.repeat(81), 80, 2], ['中'.repeat(41), 80, 2]])('%j takes, %d columns wide, %d', (line, columns, rows) => {
    expect(rowsOf(line, columns)).toBe(rows);
  });
});
