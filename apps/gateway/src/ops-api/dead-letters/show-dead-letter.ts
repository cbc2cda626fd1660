import { beijingTime, beijingTimeOrNull } from '../beijing-time.ts';
import { scrubbed, wordFromOutside } from '../personal-numbers.ts';
import type { DeadLetterRow } from '../queries/list-dead-letters.ts';
import { LETTER_STATUSES } from '../words.ts';
import type { DeadLetterAnswer } from './dead-letter.answer.ts';

const REFERENCE = /^[A-Za-z0-9._:#@/-]{1,200}$/;

/** A dead letter as it is shown: whatever came from the message itself only in the form it should have. */
export function showDeadLetter(row: DeadLetterRow): DeadLetterAnswer {
  return {
    deadLetterId: row.seq,
    recordedAt: beijingTime(row.received_at),
    queue: row.queue,
    app: row.app,
    handler: row.handler,
    reason: scrubbed(row.reason),
    code: row.code,
    deliveryCount: row.delivery_count,
    messageId: wordFromOutside(row.message_id, REFERENCE),
    messageType: wordFromOutside(row.type, REFERENCE),
    projectNo: wordFromOutside(row.project_no, REFERENCE),
    bodyBytes: row.body_bytes,
    status: row.status, statusZh: LETTER_STATUSES[row.status],
    actedAt: beijingTimeOrNull(row.acted_at), actedBy: row.acted_name, actedWhy: row.acted_why, ticket: row.ticket,
    sendAttempts: row.send_attempts, sendProblem: row.send_problem,
  };
}
