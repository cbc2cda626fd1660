import { describe, expect, it } from '@jest/globals';
import { FaultSwitch } from './fault-switch.ts';
import { NO_FAULTS, readFaults } from './faults.ts';

const HALLS = ['410202', '410204'];

function strikes(seed: number, program: string, others: (faults: FaultSwitch) => void = () => undefined): boolean[] {
  const faults = new FaultSwitch(seed, program);
  faults.set({ ...NO_FAULTS, statusRatio: 0.5, hang: 0.5 });
  return Array.from({ length: 64 }, () => {
    others(faults);
    return faults.strikes('statusRatio');
  });
}

describe('faults', () => {
  it('strike the same draws for the same seed, and others for another seed or program', () => {
    const first = strikes(7, 'centre');
    expect(strikes(7, 'centre')).toEqual(first);
    expect(strikes(8, 'centre')).not.toEqual(first);
    expect(strikes(7, 'platform')).not.toEqual(first);
    expect(first.filter(Boolean).length).toBeGreaterThan(16);
    expect(first.filter(Boolean).length).toBeLessThan(48);
  });

  it('have dice of their own for each kind and each hall', () => {
    const first = strikes(7, 'centre');
    expect(strikes(7, 'centre', (faults) => faults.strikes('hang'))).toEqual(first);
    expect(strikes(7, 'centre', (faults) => faults.strikes('statusRatio', '410204'))).toEqual(first);
  });

  it('hold for one hall in place of those of the program', () => {
    const faults = new FaultSwitch();
    faults.set(readFaults({ latencyMs: 9, halls: { '410204': { statusRatio: 1, status: 500 }, '410202': {} } }, HALLS));
    expect([faults.at('410204').latencyMs, faults.strikes('statusRatio', '410204'), faults.strikes('statusRatio', '410203')]).toEqual([0, true, false]);
    expect([faults.at('410202').latencyMs, faults.at('410203').latencyMs, faults.at(null).latencyMs]).toEqual([0, 9, 9]);
    faults.set(readFaults({}, HALLS));
    expect(faults.strikes('statusRatio', '410204')).toBe(false);
  });

  it('are refused with the name of the field and what is allowed', () => {
    const refusal = (body: unknown, halls = HALLS): string => {
      try {
        readFaults(body, halls);
        return '';
      } catch (error) {
        return (error as Error).message;
      }
    };
    expect([
      refusal({ hang: 2 }), refusal({ forgetful: 1 }), refusal({ slow: 1 }), refusal([]), refusal({ halls: { '410299': {} } }),
      refusal({ halls: { '410204': { status: 200 } } }), refusal({ halls: { '410204': { halls: {} } } }), refusal({ halls: { '410204': {} } }, []),
    ]).toEqual([
      'hang: a number from 0 to 1 is allowed', 'forgetful: true or false is allowed', 'slow: unknown', 'an object is expected',
      'halls.410299: one of 410202, 410204 is allowed', 'halls.410204.status: a number from 400 to 599 is allowed', 'halls.410204.halls: unknown',
      'halls.410204: this program has no halls',
    ]);
  });
});
