import { describe, expect, it } from '@jest/globals';
import { ConfigError } from '#runtime';
import { GatewayConfig } from '../gateway.config.ts';
import { RetrySchedules } from './retry-schedules.ts';

const schedules = (lines?: unknown): RetrySchedules =>
  RetrySchedules.fromConfig(Object.assign(new GatewayConfig(), { retrySchedules: typeof lines === 'string' ? lines : lines === undefined ? undefined : JSON.stringify(lines) }));

function problemsOf(lines: unknown): { field: string; given: string; allowed: string }[] {
  try {
    schedules(lines);
  } catch (error) {
    if (error instanceof ConfigError) return [...error.problems];
    throw error;
  }
  return [];
}

describe('retry schedules', () => {
  it('follow the general settings where nothing else is said', () => {
    const { retryBaseMs, retryCapMs, retryMaxAttempts, retryTechnicalMaxAttempts, retryAfterCapMs } = new GatewayConfig();
    const general = { baseMs: retryBaseMs, capMs: retryCapMs, maxAttempts: retryMaxAttempts, technicalMaxAttempts: retryTechnicalMaxAttempts, retryAfterCapMs };
    expect([schedules().of('centre'), schedules({}).of('hall:410204')]).toEqual([general, general]);
  });

  it('take each field from the destination’s own line, then from that of every hall, then from the general settings', () => {
    const mixed = schedules({ centre: { baseMs: 100 }, 'hall:*': { baseMs: 200, maxAttempts: 7 }, 'hall:410204': { maxAttempts: 3 } });
    expect(mixed.of('centre')).toMatchObject({ baseMs: 100, maxAttempts: 60 });
    expect(mixed.of('hall:410202')).toMatchObject({ baseMs: 200, maxAttempts: 7, technicalMaxAttempts: 4 });
    expect(mixed.of('hall:410204')).toMatchObject({ baseMs: 200, maxAttempts: 3, technicalMaxAttempts: 4 });
  });

  it('know the longest wait that any of them can ask for', () => {
    expect(schedules({ 'hall:*': { capMs: 10_000, retryAfterCapMs: 500_000_000 }, centre: { capMs: 86_400_000 } }).longestWaitMs).toBe(500_010_000);
  });

  it.each([
    ['no JSON', '{', ['RETRY_SCHEDULES']],
    ['a list', '[]', ['RETRY_SCHEDULES']],
    ['an unknown destination', { bureau: {} }, ['RETRY_SCHEDULES.bureau']],
    ['a line that is no object', { centre: 5 }, ['RETRY_SCHEDULES.centre']],
    ['an unknown field', { centre: { base: 5 } }, ['RETRY_SCHEDULES.centre.base']],
    ['every value that is out of bounds', {
      centre: { baseMs: 0, capMs: '900', maxAttempts: 1.5 }, 'hall:410204': { technicalMaxAttempts: 101, retryAfterCapMs: -1 },
    }, ['RETRY_SCHEDULES.centre.baseMs', 'RETRY_SCHEDULES.centre.capMs', 'RETRY_SCHEDULES.centre.maxAttempts',
      'RETRY_SCHEDULES.hall:410204.technicalMaxAttempts', 'RETRY_SCHEDULES.hall:410204.retryAfterCapMs']],
  ])('refuse %s, and name each field', (_what, lines, fields) => {
    expect(problemsOf(lines).map(({ field }) => field)).toEqual(fields);
  });

  it('say in both languages what was given and what is allowed', () => {
    expect(problemsOf({ centre: { baseMs: 0 } })).toEqual([{ field: 'RETRY_SCHEDULES.centre.baseMs', given: '0', allowed: 'a whole number from 1 to 3600000' }]);
    expect(() => schedules('{')).toThrow(ConfigError);
    expect(new ConfigError(problemsOf({ centre: 1, x: {} })).zh).toMatch(/RETRY_SCHEDULES\.centre：现为 1，应为 JSON 对象.*不认识的名称/);
  });
});
