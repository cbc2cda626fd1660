/** The part of jest's result that is counted. */
export interface JestResult {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  /** Files that failed before their tests could run. */
  readonly numRuntimeErrorTestSuites: number;
}

/** Tests that passed and failed; a file that could not even run counts as one failed test, and so does a run that left no result. */
export function countTests(result: JestResult | null): { passed: number; failed: number } {
  if (result === null) return { passed: 0, failed: 1 };
  return { passed: result.numPassedTests, failed: result.numFailedTests + result.numRuntimeErrorTestSuites };
}
