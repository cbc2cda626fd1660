import { describe, expect, it } from '@jest/globals';
import { judgeAttempt } from './lockout.ts';

const NOW = new Date('2026-11-23T08:00:00Z');
const after = (seconds: number): Date => new Date(NOW.getTime() + seconds * 1000);
const days = (count: number): Date => after(-count * 86_400);
const account = (failures: number, lockedUntil: Date | null = null) => ({ failed_logins: failures, locked_until: lockedUntil });
const here = (failures: number, lockedUntil: Date | null = null, knownAt: Date | null = null) => ({ failures, locked_until: lockedUntil, known_at: knownAt });

describe('a wrong password', () => {
  it.each([[3, null], [4, 30], [5, 60], [8, 480], [9, 900], [500, 900]])('after %i from the same address closes the account to that address for %j seconds', (before, seconds) => {
    expect(judgeAttempt(account(0), here(before), NOW)?.lockedUntil).toEqual(seconds === null ? null : after(seconds));
  });

  it.each([[8, null], [9, 1], [10, 2], [14, 32], [15, 60], [5_000, 60]])('after %i from wherever lets others try again in %j seconds', (before, seconds) => {
    expect(judgeAttempt(account(before), undefined, NOW)?.accountLockedUntil).toEqual(seconds === null ? null : after(seconds));
  });
});

describe('a login', () => {
  it('is not looked at from an address that guessed too often, even where the person is known', () => {
    expect(judgeAttempt(account(0), here(5, after(1), days(1)), NOW)).toBeNull();
    expect(judgeAttempt(account(0), here(5, NOW, days(1)), NOW)).not.toBeNull();
  });

  it.each([
    ['where the person has logged in before', here(0, null, days(89)), true], ['where they have not', undefined, false],
    ['where they only tried', here(2), false], ['where they were long ago', here(0, null, days(91)), false],
  ])('during guesses from elsewhere is looked at %s: %j', (_where, address, looked) => {
    expect(judgeAttempt(account(40, after(30)), address, NOW) !== null).toBe(looked);
  });
});
