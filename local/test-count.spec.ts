import { describe, expect, it } from '@jest/globals';
import { countTests, type FileResult } from './test-count.ts';

describe('the last line of npm test', () => {
  it('counts tests, and a file that could not run as one that failed', () => {
    const testResults = [file('passed', 'passed', 'passed', 'pending'), file('failed', 'passed', 'failed', 'failed'), file('failed')];
    expect(countTests({ testResults })).toEqual({ passed: 3, failed: 3 });
  });

  it('counts a run that left no result as failed', () => {
    expect(countTests(null)).toEqual({ passed: 0, failed: 1 });
  });
});

function file(status: string, ...tests: string[]): FileResult {
  return { name: '/a.spec.ts', status, assertionResults: tests.map((test) => ({ status: test })) };
}
