/** The part of jest's result that is counted. */
export interface JestResult {
  readonly testResults: readonly FileResult[];
}

/** One file with tests. */
export interface FileResult {
  readonly name: string;
  readonly status: string;
  readonly assertionResults: readonly { readonly status: string; readonly failureMessages?: readonly string[] }[];
}

export interface Count {
  readonly passed: number;
  readonly failed: number;
}

/** Tests that passed and failed; a file that failed as a whole counts as one failed test, and so does a run that left no result. */
export function countTests(result: JestResult | null): Count {
  if (result === null) return { passed: 0, failed: 1 };
  const counts = result.testResults.map(countFile);
  return { passed: sum(counts.map(({ passed }) => passed)), failed: sum(counts.map(({ failed }) => failed)) };
}

function countFile({ status, assertionResults }: FileResult): Count {
  const count = (wanted: string): number => assertionResults.filter((test) => test.status === wanted).length;
  const failed = count('failed');
  return { passed: count('passed'), failed: status === 'failed' ? Math.max(1, failed) : failed };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
