import { describe, expect, it } from '@jest/globals';
import { receiptOf } from '../case-events.fixture.ts';
import { ARRIVALS, judgeReceipt } from './judge-receipt.ts';
import type { RetryPolicy, TransferState } from './judge-receipt.ts';

const POLICY: RetryPolicy = { baseMs: 1_000, capMs: 60_000, maxAttempts: 10, technicalMaxAttempts: 3, retryAfterCapMs: 3_600_000 };
const receipt = (change: Parameters<typeof receiptOf>[1]): ReturnType<typeof receiptOf> =>
  receiptOf({ id: 'tr_1', project_no: 'P-1', destination: 'centre', attempts: 1 }, change);
const out = (attempts: number, attemptsBase = 0): TransferState => ({ status: 'in_flight', attempts, attemptsBase });
const longest = (): number => 1;

describe('judging a receipt', () => {
  it('waits twice as long after each retryable failure, up to the cap', () => {
    const waits = [1, 2, 3, 6, 7, 9].map((attempt) => judgeReceipt(out(attempt), receipt({ outcome: 'retryable', attempt }), POLICY, longest));
    expect(waits).toEqual([1_000, 2_000, 4_000, 32_000, 60_000, 60_000].map((afterMs) => ({ kind: 'retry', afterMs })));
  });

  it('spreads the wait over all of it, so that what failed together does not come back together', () => {
    const at = (random: number): unknown => judgeReceipt(out(4), receipt({ outcome: 'retryable', attempt: 4 }), POLICY, () => random);
    expect([at(0), at(0.5)]).toEqual([{ kind: 'retry', afterMs: 0 }, { kind: 'retry', afterMs: 4_000 }]);
  });

  it('adds the wait to what Retry-After asks, and honours no more than its cap', () => {
    const asking = (retryAfterMs: number): unknown => judgeReceipt(out(1), receipt({ outcome: 'retryable', retryAfterMs }), POLICY, longest);
    expect([asking(5_000), asking(1e12)]).toEqual([{ kind: 'retry', afterMs: 6_000 }, { kind: 'retry', afterMs: 3_601_000 }]);
  });

  it.each([['retryable', 10], ['technical', 3]] as const)('gives a %s error %i attempts', (outcome, allowed) => {
    expect(judgeReceipt(out(allowed - 1), receipt({ outcome, attempt: allowed - 1 }), POLICY).kind).toBe('retry');
    expect(judgeReceipt(out(allowed), receipt({ outcome, attempt: allowed }), POLICY).kind).toBe('failed');
  });

  it('begins the attempts and the back-off anew with a replay', () => {
    const replayed = (attempt: number): unknown => judgeReceipt(out(attempt, 10), receipt({ outcome: 'retryable', attempt }), POLICY, longest);
    expect([replayed(11), replayed(12)]).toEqual([{ kind: 'retry', afterMs: 1_000 }, { kind: 'retry', afterMs: 2_000 }]);
    expect(replayed(20)).toEqual({ kind: 'failed' });
  });

  it.each(['permanent', 'invalid'] as const)('burns no attempt on a %s one', (outcome) => {
    expect(judgeReceipt(out(1), receipt({ outcome }), POLICY)).toEqual({ kind: 'failed' });
  });

  it.each(['delivered', 'discarded'] as const)('lets no failure move a %s transfer', (status) => {
    for (const outcome of ['retryable', 'permanent', 'invalid', 'technical'] as const) {
      expect(judgeReceipt({ status, attempts: 1, attemptsBase: 0 }, receipt({ outcome }), POLICY)).toEqual({ kind: 'stale' });
    }
  });

  it('believes a delivery of whatever is not delivered, and tells of one that people had given up', () => {
    const statuses = Object.keys(ARRIVALS) as TransferState['status'][];
    for (const attempt of [1, 2, 3]) {
      expect(Object.fromEntries(statuses.map((status) => [status, judgeReceipt({ status, attempts: 2, attemptsBase: 0 }, receipt({ attempt }), POLICY).kind]))).toEqual({
        in_flight: 'delivered', retry_wait: 'delivered', held: 'delivered', failed: 'delivered', delivered: 'stale', discarded: 'delivered-late',
      });
    }
  });

  it('counts a failure only for the attempt that is out, and a delivery for any', () => {
    expect(judgeReceipt(out(2), receipt({ outcome: 'permanent', attempt: 1 }), POLICY)).toEqual({ kind: 'stale' });
    expect(judgeReceipt({ status: 'retry_wait', attempts: 1, attemptsBase: 0 }, receipt({ outcome: 'permanent' }), POLICY)).toEqual({ kind: 'stale' });
    expect(judgeReceipt(out(2), receipt({ attempt: 1 }), POLICY)).toEqual({ kind: 'delivered' });
    expect(judgeReceipt({ status: 'failed', attempts: 2, attemptsBase: 0 }, receipt({ attempt: 1 }), POLICY)).toEqual({ kind: 'delivered' });
  });
});
