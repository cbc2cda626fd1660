import { describe, expect, it } from '@jest/globals';
import type { SimulatorConfig } from '../config.ts';
import { FaultSwitch } from '../http/fault-switch.ts';
import type { Sender } from '../http/sender.ts';
import type { RecordFile } from '../record/record-file.ts';
import { Centre } from './centre.ts';
import { readWorkItem } from './read-work-item.ts';

/** The flow in which the centre works a case of this work item, read from the record and never sent anywhere. */
function flowOf(projectNo: string, application: object | undefined): string | undefined {
  const centre = new Centre({ seed: 1, series: null, supplementRounds: 1, batch: 1, thinkMs: 0 } as SimulatorConfig, {} as RecordFile, {} as Sender, new FaultSwitch());
  const shown = readWorkItem({ kind: 'open', projectNo, hall: { code: '410204' }, ...(application === undefined ? {} : { application }) });
  centre.restore({ k: 'effect', n: 1, key: 'a', digest: '', at: 1, ...shown });
  return centre.cases.get(projectNo)?.scenario.flowName;
}

describe('the centre, given a work item of a case that somebody else made', () => {
  it('goes by the project type the work item tells', () => {
    expect(flowOf('T-immediate-1', { projectType: '1', materials: [] })).toBe('immediate');
    expect(flowOf('T-immediate-1', { projectType: '2', materials: [] })).toBe('straight');
    expect(flowOf('T-immediateRejected-1', { projectType: '9', materials: [] })).toBe('rejected');
  });

  it('completes nothing at once when the work item tells none', () => {
    expect(flowOf('T-immediate-1', {})).toBe('straight');
    expect(flowOf('T-immediate-1', undefined)).toBe('straight');
  });
});
