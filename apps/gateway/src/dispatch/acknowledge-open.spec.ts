import { describe, expect, it } from '@jest/globals';
import { validateEvent } from '#contracts';
import type { DeliveryReceipt } from '#contracts';
import { acknowledgementOf } from './acknowledge-open.ts';

const receiptOf = (projectNo: string): DeliveryReceipt => ({
  transferId: 'tr_1', projectNo, destination: 'centre', attempt: 1, startedAt: '2026-11-23T01:30:00Z', finishedAt: '2026-11-23T01:30:01Z', latencyMs: 1_000,
  outcome: 'delivered', httpStatus: 200, errorCode: null, errorDetail: null, retryAfterMs: null, responseDigest: null,
});

describe('the acknowledgement the bridge says itself', () => {
  it.each([['410204-20261123-000001', undefined], ['CANARY-410204-1', true]])('is a valid event, and a canary\'s for a canary (%s)', (projectNo, canary) => {
    const { event } = acknowledgementOf(receiptOf(projectNo), null);
    expect(event.canary).toBe(canary);
    expect(validateEvent(event, { party: 'bridge' })).toMatchObject({ ok: true });
  });
});
