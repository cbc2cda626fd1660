import type { FileResult, JestResult } from './test-count.ts';

/** Tests on real servers, side by side: what they wait for may come too late because the machine stood still. */
const ON_SERVERS = /\.int\.spec\.ts$|\/test\/journeys\//;
const CHAOS = /\.(chaos|mishap)\.spec\.ts$/;
/** How the error of a chaos run begins that did not come to its question. */
export const PROVED_NOTHING = 'this run proved nothing';
/** More do not fail by accident. */
const MOST = 3;

/**
 * The files that failed and are worth running once more, alone: none when anything failed that no stalled machine explains, as a unit test.
 * What a chaos run found counts at once: a case lost one time in twenty is lost. One that found nothing, for its fault came too late, is run again.
 */
export function filesForSecondLook(result: JestResult | null): string[] {
  const failed = (result?.testResults ?? []).filter(({ status }) => status === 'failed');
  return failed.length <= MOST && failed.every(isWorthASecondLook) ? failed.map(({ name }) => name) : [];
}

function isWorthASecondLook({ name, assertionResults }: FileResult): boolean {
  if (!CHAOS.test(name)) return ON_SERVERS.test(name);
  const findings = assertionResults.flatMap(({ failureMessages = [] }) => failureMessages);
  return findings.length > 0 && findings.every((message) => message.includes(PROVED_NOTHING));
}

/** The first result with what the second look saw in the place of what it looked at. */
export function withSecondLook(first: JestResult, second: JestResult): JestResult {
  const seen = new Set(second.testResults.map(({ name }) => name));
  return { testResults: [...first.testResults.filter(({ name }) => !seen.has(name)), ...second.testResults] };
}

/** The arguments of the second run of jest. */
export function argsOfSecondLook(files: readonly string[]): string[] {
  return ['--runTestsByPath', ...files, '--maxWorkers=1', '--selectProjects', 'integration', 'journeys', 'mishaps', 'chaos'];
}
