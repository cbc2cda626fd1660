import { describe, expect, it } from '@jest/globals';
import { HELP, OptionError, readOptions } from './options.ts';

describe('the options of npm start', () => {
  it('run for ever, at a gentle rate, in the dev profile, when nothing is asked for', () => {
    expect(readOptions([])).toEqual({ help: false, cases: null, seed: 1, exit: false, json: false, rate: 2, batch: 1, profile: 'dev', stuckAfterSeconds: 60 });
  });

  it('run a counted number of cases as fast as the bridge takes them', () => {
    expect(readOptions(['--cases', '200', '--seed', '7', '--exit', '--json'])).toMatchObject({ cases: 200, seed: 7, exit: true, json: true, rate: null });
  });

  it('take the profile from the environment unless the command line names one', () => {
    expect(readOptions([], { JIUJIN_PROFILE: 'demo' }).profile).toBe('demo');
    expect(readOptions(['--profile', 'mine'], { JIUJIN_PROFILE: 'demo' }).profile).toBe('mine');
  });

  it.each([
    [['--case', '5'], /--case.*看不懂/s],
    [['extra'], /看不懂/],
    [['--cases', '0'], /--cases：给的是 "0"/],
    [['--cases', '1.5'], /--cases/],
    [['--cases', 'many'], /--cases/],
    [['--cases', ''], /--cases/],
    [['--seed', '-1'], /--seed/],
    [['--rate', '0'], /--rate/],
    [['--batch', '501'], /--batch/],
    [['--stuck-after', '0'], /--stuck-after/],
    [['--exit'], /--exit 要和 --cases/],
    [['--cases', '5', '--json'], /--json 要和 --exit/],
  ])('refuse %j and say why', (args, message) => {
    expect(() => readOptions(args)).toThrow(OptionError);
    expect(() => readOptions(args)).toThrow(message);
  });

  it('give help whatever else is missing, and the help names every option', () => {
    expect(readOptions(['--help', '--json']).help).toBe(true);
    for (const name of ['cases', 'seed', 'exit', 'json', 'rate', 'batch', 'stuck-after', 'profile', 'help']) expect(HELP).toContain(`--${name}`);
  });
});
