import type { AttemptResult, AttemptVerdict } from './classify-attempt.ts';
import { classifyAttempt } from './classify-attempt.ts';

/** What the receiver's answer to "do you have this transfer?" means: deliver it, do not, or nothing certain, so wait. */
export type VerifyVerdict =
  | { readonly kind: 'send' }
  | { readonly kind: 'settled'; readonly verdict: AttemptVerdict };

const ALREADY_THERE: AttemptVerdict = { outcome: 'delivered', errorCode: null, errorDetail: '核对接口确认对方已收到，未重发', retryAfterMs: null };

/**
 * 200: it has it; 404: it does not. Whatever else it answers, or if it does not, nothing is sent: for a receiver that cannot recognise a
 * repetition a late transfer does less harm than a second one.
 */
export function judgeVerifyAnswer(result: AttemptResult, now: number): VerifyVerdict {
  if (result.kind === 'answered' && result.status === 404) return { kind: 'send' };
  if (result.kind === 'answered' && result.status === 200) return { kind: 'settled', verdict: ALREADY_THERE };
  const { errorCode, errorDetail, retryAfterMs } = classifyAttempt(result, now);
  const code = result.kind === 'answered' ? `http-${result.status}` : errorCode ?? 'unknown';
  return {
    kind: 'settled',
    verdict: { outcome: 'retryable', errorCode: `verify-${code}`, errorDetail: `核对对方是否已收到时：${errorDetail ?? '应答无法理解'}，未发送`, retryAfterMs },
  };
}
