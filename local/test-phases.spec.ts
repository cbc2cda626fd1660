import { describe, expect, it } from '@jest/globals';
import { phasesOf } from './test-phases.ts';

/** What follows `--selectProjects`. */
const projectsOf = (phase: readonly string[]): string[] => phase.slice(phase.indexOf('--selectProjects') + 1);

/** Plain JavaScript without types. */
const CONFIG: string = '../jest.config.mjs';

describe('the phases of npm test', () => {
  it('run every project once, and those that need the machine for themselves last, one file at a time', async () => {
    const { default: config } = (await import(CONFIG)) as { default: { projects: readonly { displayName: string }[] } };
    const [first = [], last = []] = phasesOf([]);
    const known = config.projects.map(({ displayName }) => displayName);
    expect([...projectsOf(first), ...projectsOf(last)].sort()).toEqual([...known].sort());
    expect([projectsOf(last), last.includes('--maxWorkers=1')]).toEqual([['chaos'], true]);
  });

  it('all look at the paths that were named, and none fails for having no test there', () => {
    const phases = phasesOf(['libs/bus']);
    expect(phases.map(([path]) => path)).toEqual(['libs/bus', 'libs/bus']);
    expect(phases.every((phase) => phase.includes('--passWithNoTests'))).toBe(true);
  });

  it('are one, as it was asked for, when projects are named', () => {
    expect(phasesOf(['--selectProjects', 'unit'])).toEqual([['--selectProjects', 'unit']]);
  });
});
