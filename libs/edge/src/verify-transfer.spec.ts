import { describe, expect, it } from '@jest/globals';
import { judgeVerifyAnswer } from './verify-transfer.ts';

const NOW = Date.parse('2026-11-22T02:00:00Z');
const answered = (status: number, retryAfter: string | null = null) => judgeVerifyAnswer({ kind: 'answered', status, retryAfter }, NOW);

describe('the answer to whether a receiver has a transfer', () => {
  it('200 makes it delivered, and says that it was not sent again', () => {
    expect(answered(200)).toEqual({
      kind: 'settled', verdict: { outcome: 'delivered', errorCode: null, errorDetail: '核对接口确认对方已收到，未重发', retryAfterMs: null },
    });
  });

  it('404 lets it be sent', () => {
    expect(answered(404)).toEqual({ kind: 'send' });
  });

  it.each([204, 301, 400, 401, 403, 410, 422, 429, 500, 503])('%i is nothing certain: it is not sent, and asked again later', (status) => {
    expect(answered(status, status === 429 || status === 503 ? '7' : null)).toMatchObject({
      kind: 'settled', verdict: { outcome: 'retryable', errorCode: `verify-http-${status}`, retryAfterMs: status === 429 || status === 503 ? 7_000 : null },
    });
  });

  it.each([['ECONNREFUSED', 'verify-connection-refused'], ['attempt-timeout', 'verify-timeout-after-send'], ['SOMETHING_NEW', 'verify-unknown']])(
    'no answer (%s) is nothing certain either', (code, errorCode) => {
      expect(judgeVerifyAnswer({ kind: 'broken', code, sent: true }, NOW)).toMatchObject({ kind: 'settled', verdict: { outcome: 'retryable', errorCode } });
    });
});
