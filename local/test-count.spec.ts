import { describe, expect, it } from '@jest/globals';
import { countTests } from './test-count.ts';

describe('the last line of npm test', () => {
  it('counts tests, and a file that could not run as one that failed', () => {
    expect(countTests({ numPassedTests: 10, numFailedTests: 2, numRuntimeErrorTestSuites: 1 })).toEqual({ passed: 10, failed: 3 });
  });

  it('counts a run that left no result as failed', () => {
    expect(countTests(null)).toEqual({ passed: 0, failed: 1 });
  });
});
