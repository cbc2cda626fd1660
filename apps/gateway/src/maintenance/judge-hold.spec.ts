import { describe, expect, it } from '@jest/globals';
import { judgeHold } from './judge-hold.ts';

const START = new Date('2026-11-23T10:00:00Z');
const END = new Date('2026-11-23T12:00:00Z');
const LATER = new Date('2026-11-23T13:00:00Z');
const running = { state: 'running', starts_at: START, ends_at: END } as const;
const over = { state: 'cancelled', starts_at: START, ends_at: END } as const;
const held = { holds: true, paused: true, until: END, resumed_at: null, version: 5 };
const ranOut = { holds: false, paused: false, until: END, resumed_at: END, version: 6 };
const resumed = { holds: false, paused: false, until: END, resumed_at: new Date('2026-11-23T11:00:00Z'), version: 6 };

describe('a channel during a downtime', () => {
  it('is held when it runs, whether it ever was paused or not', () => {
    expect(judgeHold(running, null, undefined)).toBe('pause');
    expect(judgeHold(running, null, { ...resumed, resumed_at: new Date('2026-11-23T09:59:59Z') })).toBe('pause');
  });

  it('is left to the person who holds it, and taken once their pause is over', () => {
    expect(judgeHold(running, null, held)).toBe('none');
    expect(judgeHold(running, 3, held)).toBe('none');
    expect(judgeHold(running, null, { ...ranOut, until: resumed.resumed_at, resumed_at: resumed.resumed_at })).toBe('pause');
    expect(judgeHold(running, null, { ...held, holds: false, until: resumed.resumed_at })).toBe('pause');
  });

  it('stays held until the end, and until the new end when that is moved', () => {
    expect(judgeHold(running, 5, held)).toBe('none');
    expect(judgeHold({ ...running, ends_at: LATER }, 5, held)).toBe('move-end');
  });

  it('is held again when the pause ran out just before the end was moved, written down or not', () => {
    expect(judgeHold({ ...running, ends_at: LATER }, 5, { ...held, holds: false })).toBe('pause');
    expect(judgeHold({ ...running, ends_at: LATER }, 5, ranOut)).toBe('pause');
  });

  it('is not held again once a person let it go, whether the downtime held it or they had done so before', () => {
    expect(judgeHold(running, null, resumed)).toBe('none');
    expect(judgeHold(running, null, { ...resumed, until: null })).toBe('none');
    expect(judgeHold(running, null, { ...resumed, resumed_at: START })).toBe('none');
    expect(judgeHold(running, 5, resumed)).toBe('none');
    expect(judgeHold(running, 5, { ...ranOut, version: 8 })).toBe('none');
  });
});

describe('a channel after a downtime', () => {
  it.each(['ended', 'cancelled', 'planned'] as const)('goes on when the plan is %s and still holds it', (state) => {
    expect(judgeHold({ state, starts_at: START, ends_at: END }, 5, held)).toBe('release');
  });

  it('is never let go when a person holds it, and never touched when it goes on already', () => {
    expect(judgeHold(over, 4, held)).toBe('none');
    expect(judgeHold(over, null, held)).toBe('none');
    expect(judgeHold(over, 5, ranOut)).toBe('none');
    expect(judgeHold(over, 5, { ...held, holds: false })).toBe('none');
  });
});
