import { describe, expect, it } from '@jest/globals';
import { GatewayConfig } from '../gateway.config.ts';
import type { OperationStand } from '../ledger/operation-watch-rows.ts';
import { CONDITIONS } from './conditions.ts';
import type { ConditionName } from './conditions.ts';
import { judgeAlerts } from './judge-alerts.ts';
import type { WatchFacts } from './watch-facts.ts';
import { watchLimits } from './watch-limits.ts';

const NOW = new Date('2026-11-23T10:00:00Z');
const HOUR = 3_600;
const limits = watchLimits(new GatewayConfig());
const ago = (seconds: number): Date => new Date(NOW.getTime() - seconds * 1_000);

function stand(given: Partial<OperationStand> = {}): OperationStand {
  return {
    id: 'op_1', kind: 'replay', status: 'running', status_reason: null, paused_at: null, updated_at: ago(1), finished_at: null, step_failures: 0, step_error: null, rate_per_second: 50,
    frozen: 100, sent: 40, delivered: 30, failed: 3, discarded: 0, returned: 0, skipped: 7, ...given,
  };
}

function judged(name: ConditionName, facts: Partial<WatchFacts>, open: string[] = []): { open: string[]; closed: string[]; text: string } {
  const verdict = judgeAlerts({ [name]: CONDITIONS[name] }, { now: NOW, operations: [], lateDeliveries: [], ...facts } as unknown as WatchFacts, limits, open.map((subject, seq) => ({ seq, condition: name, subject })));
  return { open: verdict.open.map(({ subject }) => subject), closed: verdict.close.map(({ subject }) => subject), text: [...verdict.open, ...verdict.keep].map(({ detail_zh: zh }) => zh).join() };
}

describe('operations that need somebody', () => {
  it('one that has been paused for four hours says how many transfers it holds, and is over when it goes on', () => {
    const paused = (seconds: number): OperationStand[] => [stand({ status: 'paused', paused_at: ago(seconds) })];
    expect(judged('operation-paused', { operations: paused(4 * HOUR - 1) }).open).toEqual([]);
    const late = judged('operation-paused', { operations: paused(4 * HOUR) });
    expect(late.open).toEqual(['op_1']);
    expect(late.text).toContain('占着 60 条投递');
    expect(judged('operation-paused', { operations: [stand()] }, ['op_1']).closed).toEqual(['op_1']);
    // Cancelled while it was paused, it is paused no longer.
    expect(judged('operation-paused', { operations: [stand({ status: 'cancelled', paused_at: ago(9 * HOUR) })] }, ['op_1'])).toMatchObject({ open: [], closed: ['op_1'] });
    const returning = stand({ kind: 'return', status: 'paused', paused_at: ago(5 * HOUR), delivered: 0, failed: 0, returned: 40 });
    expect(judged('operation-paused', { operations: [returning] }).text).toContain('占着 53 条投递');
  });

  it('one that stopped itself is told at once, with why, also once nothing of it is under way', () => {
    for (const finished_at of [null, ago(60)]) {
      const aborted = judged('operation-aborted', { operations: [stand({ status: 'aborted', status_reason: 'new-failure', finished_at })] });
      expect(aborted.open).toEqual(['op_1']);
      expect(aborted.text).toContain('出现了此前没有的失败');
    }
    expect(judged('operation-aborted', { operations: [stand({ status: 'cancelled' })] }).open).toEqual([]);
  });

  it('one whose step fails is told at the third time, and is over when a step went well', () => {
    const failing = (times: number): { operations: OperationStand[] } => ({ operations: [stand({ step_failures: times, step_error: 'error XX001' })] });
    expect(judged('operation-failing', failing(2)).open).toEqual([]);
    expect(judged('operation-failing', failing(3))).toMatchObject({ open: ['op_1'], text: expect.stringContaining('XX001') });
    expect(judged('operation-failing', failing(1), ['op_1']).closed).toEqual([]);
    expect(judged('operation-failing', failing(0), ['op_1']).closed).toEqual(['op_1']);
  });
});

describe('what was given up', () => {
  it('and arrived all the same is told by destination, with the newest of them', () => {
    const late = judged('delivered-late', { lateDeliveries: [{ destination: 'hall:410204', count: 2, newest_at: ago(60), transfer_ids: ['tr_b', 'tr_a'] }] });
    expect(late.open).toEqual(['hall:410204']);
    expect(late.text).toContain('tr_b、tr_a');
  });
});
