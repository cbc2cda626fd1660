import { EVENT_TYPES } from '#contracts';
import { beijingTime, beijingTimeOrNull } from '../beijing-time.ts';
import { scrubbedOrNull } from '../personal-numbers.ts';
import type { TransferRow } from '../queries/transfer-columns.ts';
import { DISCARD_CODES, partyZh, TRANSFER_STATUSES, transferKindZh } from '../words.ts';
import type { TransferAnswer } from './transfer.answer.ts';

/** A transfer as it is shown. */
export function showTransfer(row: TransferRow): TransferAnswer {
  return {
    transferId: row.id,
    projectNo: row.project_no,
    destination: row.destination, destinationZh: partyZh(row.destination),
    transferKind: row.kind, transferKindZh: transferKindZh(row.kind),
    ordinal: row.ordinal,
    status: row.status, statusZh: TRANSFER_STATUSES[row.status],
    attempts: row.attempts,
    redispatches: row.redispatches,
    causedByEventId: row.event_id,
    causedByType: row.event_type, causedByTypeZh: EVENT_TYPES[row.event_type].zh,
    traceId: row.trace_id,
    ...timesOf(row),
    errorWord: row.error_word,
    errorCode: row.error_code,
    errorDetail: scrubbedOrNull(row.error_detail),
    httpStatus: row.http_status,
    attemptsBeforeReplay: row.attempts_base,
    discardCode: row.discard_code, discardCodeZh: row.discard_code === null ? null : DISCARD_CODES[row.discard_code],
    discardReason: scrubbedOrNull(row.discard_reason),
    revision: row.revision,
    returnedAt: beijingTimeOrNull(row.returned_at),
    deliveredLateAt: beijingTimeOrNull(row.delivered_late_at),
  };
}

type Times = Pick<TransferAnswer, 'createdAt' | 'dispatchedAt' | 'nextAttemptAt' | 'deliveredAt' | 'finishedAt' | 'latencyMs'>;

function timesOf(row: TransferRow): Times {
  return {
    createdAt: beijingTime(row.created_at),
    dispatchedAt: beijingTimeOrNull(row.dispatched_at),
    nextAttemptAt: beijingTimeOrNull(row.next_attempt_at),
    deliveredAt: beijingTimeOrNull(row.delivered_at),
    finishedAt: beijingTimeOrNull(row.finished_at),
    latencyMs: row.delivered_at === null ? null : row.delivered_at.getTime() - row.created_at.getTime(),
  };
}
