import { describe, expect, it } from '@jest/globals';
import { filesForSecondLook, PROVED_NOTHING, withSecondLook } from './second-look.ts';
import { countTests, type FileResult } from './test-count.ts';

const journey = '/checkout/test/journeys/a-case.spec.ts';
const onServers = '/checkout/libs/bus/src/publisher.int.spec.ts';

describe('a second look', () => {
  it('is taken at what failed on real servers', () => {
    expect(filesForSecondLook({ testResults: [file(journey, 'failed'), file(onServers, 'failed'), file('/checkout/a.int.spec.ts', 'passed')] })).toEqual([journey, onServers]);
  });

  it('is not taken where nothing failed, at a unit test, at what a chaos run found, or when much failed', () => {
    const ofNames = (...names: string[]): string[] => filesForSecondLook({ testResults: names.map((name) => file(name, 'failed')) });
    expect([filesForSecondLook(null), ofNames(), ofNames('/a.spec.ts', onServers), ofNames('/test/chaos/a.chaos.spec.ts'), ofNames('/test/chaos/a.mishap.spec.ts'), ofNames('1', '2', '3', '4').length]).toEqual([[], [], [], [], [], 0]);
    expect(ofNames(...Array.from({ length: 4 }, (_, index) => `/${index}.int.spec.ts`))).toEqual([]);
  });

  it('is taken at a chaos run that did not come to its question, and at none that found something', () => {
    const late = `Error: ${PROVED_NOTHING}: killed too late`;
    const mishap = (...failureMessages: string[]): FileResult => ({ name: '/test/chaos/a.mishap.spec.ts', status: 'failed', assertionResults: [{ status: 'passed' }, { status: 'failed', failureMessages }] });
    expect([[late], [late, 'Error: lost: 1'], ['Error: lost: 1'], []].map((messages) => filesForSecondLook({ testResults: [mishap(...messages)] }).length)).toEqual([1, 0, 0, 0]);
  });

  it('replaces what was seen first, and fails what fails again', () => {
    const first = { testResults: [file(journey, 'failed'), file(onServers, 'failed'), file('/a.spec.ts', 'passed')] };
    const second = { testResults: [file(journey, 'passed'), file(onServers, 'failed')] };
    expect(countTests(withSecondLook(first, second))).toEqual({ passed: 2, failed: 1 });
  });

  it('leaves what it could not run as it was seen first', () => {
    expect(countTests(withSecondLook({ testResults: [file(journey, 'failed')] }, { testResults: [] }))).toEqual({ passed: 0, failed: 1 });
  });
});

function file(name: string, status: string): FileResult {
  return { name, status, assertionResults: [{ status }] };
}
