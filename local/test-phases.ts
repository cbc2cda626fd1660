/** What can run side by side; the rest kills servers of its own, measures, and so needs the machine for itself. */
const SIDE_BY_SIDE = ['unit', 'integration', 'journeys', 'mishaps'];
const ALONE = ['chaos'];

/**
 * The arguments of each run of jest that makes up `npm test`, from what was asked for on the command line. Who names projects gets exactly
 * those, in one run. A path that has tests in one of the phases only must not make the other one fail.
 */
export function phasesOf(asked: readonly string[]): string[][] {
  if (asked.some((argument) => argument.startsWith('--selectProjects'))) return [[...asked]];
  const phase = (projects: readonly string[], ...more: string[]): string[] => [...asked, '--passWithNoTests', ...more, '--selectProjects', ...projects];
  return [phase(SIDE_BY_SIDE), phase(ALONE, '--maxWorkers=1')];
}
