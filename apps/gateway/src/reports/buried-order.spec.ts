import { describe, expect, it } from '@jest/globals';
import { readDeadLetter } from '#bus';
import { EXCHANGES } from '#contracts';
import { buriedOrder } from './buried-order.ts';
import type { BuriedOrder } from './buried-order.ts';

function judge(messageId: string, code: string, exchange: string = EXCHANGES.transfers): BuriedOrder | null {
  const headers = { 'x-dead-queue': 'centre-adapter.work-items', 'x-dead-code': code, 'x-dead-exchange': exchange };
  return buriedOrder(messageId, readDeadLetter({ queue: 'q', messageId, type: 't', body: null, headers, deliveryCount: 0, failures: 0 }));
}

describe('a dead letter that was an order', () => {
  it.each(['kills-its-process', 'unreadable', 'order-unreadable'])('ends its attempt when its code is %s', (code) => {
    expect(judge('tr_a-b_C.12', code)).toEqual({ id: 'tr_a-b_C', attempt: 12, error_code: code, error_detail: expect.stringContaining('死信') });
  });

  it.each(['delivery-limit', 'rejected', 'apply-failed', 'constructor', ''])('ends nothing when its code is "%s": the order may still arrive', (code) => {
    expect(judge('tr_a.1', code)).toBeNull();
  });

  it.each([EXCHANGES.events, EXCHANGES.reports, ''])('is none when it was published to "%s"', (exchange) => {
    expect(judge('tr_a.1', 'unreadable', exchange)).toBeNull();
  });

  it.each(['', 'tr_a', 'tr_a.', 'tr_a.0', 'tr_a.1x', 'tr_a.99999999999', '.1', 'a\0b.1'])('is none when it is named "%s"', (messageId) => {
    expect(judge(messageId, 'unreadable')).toBeNull();
  });
});
