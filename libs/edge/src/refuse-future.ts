import type { FieldProblem, JiujinEvent } from '#contracts';
import { TIMESTAMP_TOLERANCE_MS } from './verify-signature.ts';

/**
 * The moments of a receipt (收件) that have not come yet by the door's clock, `now` in milliseconds since 1970. The clocks of hall and bridge
 * may disagree by as much as for a signed request. A receipt from the future would move its own deadlines and outlast a revoked permission.
 */
export function momentsAhead(event: JiujinEvent, now: number): FieldProblem[] {
  return receiptMoments(event)
    .filter(({ at }) => Date.parse(at) > now + TIMESTAMP_TOLERANCE_MS)
    .map(({ field }) => ({ field, rule: 'not-in-future', zh: '收件时间不能比当前时间晚 5 分钟以上', en: 'must not lie more than 5 minutes in the future' }));
}

function receiptMoments(event: JiujinEvent): { field: string; at: string }[] {
  if (event.type === 'case.received') return [{ field: 'data.receivedAt', at: event.data.receivedAt }];
  if (event.type !== 'case.corrected' || event.data.receipt === undefined) return [];
  return [{ field: 'data.receipt.receivedAt', at: event.data.receipt.receivedAt }];
}
