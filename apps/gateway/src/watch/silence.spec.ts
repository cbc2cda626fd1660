import { describe, expect, it } from '@jest/globals';
import { planBehind, silenceOf } from './silence.ts';

const ENDS = new Date('2026-11-23T12:00:00Z');
const centre = { id: 'mt_1', destination: 'centre', ends_at: ENDS } as const;
const hall = { id: 'mt_2', destination: 'hall:410204', ends_at: ENDS } as const;

describe('a downtime that is going on', () => {
  it.each([
    ['circuit-open', 'centre', 'mt_1'], ['channel-paused', 'intake:410202', 'mt_1'], ['canary-late', 'hall:410203', 'mt_1'],
    ['circuit-open', 'hall:410204', 'mt_2'], ['retries-overdue', 'hall:410204', 'mt_2'], ['channel-paused', 'completion:410204', 'mt_2'],
    ['circuit-open', 'hall:410203', undefined], ['channel-paused', 'completion:410203', undefined], ['transfers-failed', 'centre', undefined], ['dead-letters', 'gateway.intake', undefined],
  ])('explains %s of %s: %s', (condition, subject, plan) => {
    expect(planBehind({ condition, subject }, [hall, centre])?.id).toBe(plan);
  });
});

describe('who need not be told', () => {
  it('is told of everything else all the same', () => {
    const alert = { condition: 'circuit-open', subject: 'centre' };
    expect(silenceOf(alert, [], [])).toBeNull();
    expect(silenceOf(alert, [{ condition: 'circuit-open', subject: 'hall:410204' }, { condition: 'retries-overdue', subject: 'centre' }], [hall])).toBeNull();
    expect(silenceOf(alert, [alert], [])).toBe('muted');
    expect(silenceOf(alert, [], [centre])).toBe('maintenance');
  });
});
