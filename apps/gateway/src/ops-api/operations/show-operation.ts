import type { ItemRow } from '../../ledger/operation-item-rows.ts';
import type { OperationRow } from '../../ledger/operation-rows.ts';
import { toSend } from '../../operations/examine-items.ts';
import { estimatedSeconds } from '../../operations/pace.ts';
import { beijingTime, beijingTimeOrNull } from '../beijing-time.ts';
import { ITEM_STATES, ITEM_VERDICTS, OPERATION_KINDS, OPERATION_NOTES, OPERATION_STATUSES } from './operation-words.ts';
import type { OperationAnswer, OperationItemAnswer, OperationProgressAnswer, PreflightAnswer } from './operation.answer.ts';

/** An operation as it is shown. */
export function showOperation(row: OperationRow): OperationAnswer {
  return {
    operationId: row.id,
    kind: row.kind, kindZh: OPERATION_KINDS[row.kind],
    status: row.status, statusZh: OPERATION_STATUSES[row.status],
    statusReason: row.status_reason, statusReasonZh: noteZh(row.status_reason),
    creator: row.creator_name, reason: row.reason, ticket: row.ticket,
    selection: row.selection, cutoff: beijingTime(row.cutoff),
    ratePerSecond: row.rate_per_second, maxInFlight: row.max_in_flight, ladder: row.ladder, rung: row.rung,
    abortRatio: row.abort_ratio, abortOnNewSignature: row.abort_on_new, override: row.override,
    needsApproval: row.needs_approval, approvedBy: row.approved_by, startedBy: row.started_by,
    createdAt: beijingTime(row.created_at), startedAt: beijingTimeOrNull(row.started_at), finishedAt: beijingTimeOrNull(row.finished_at),
    preflight: preflightOf(row), progress: progressOf(row),
  };
}

/** One transfer of an operation as it is shown. */
export function showItem(row: ItemRow): OperationItemAnswer {
  return {
    seq: row.seq, transferId: row.transfer_id, projectNo: row.project_no, destination: row.destination,
    state: row.state, stateZh: ITEM_STATES[row.state],
    verdict: row.verdict, verdictZh: row.verdict === null ? null : ITEM_VERDICTS[row.verdict],
    note: row.note, noteZh: noteZh(row.note),
    attempt: row.attempt, troubled: row.troubled, sentAt: beijingTimeOrNull(row.sent_at), endedAt: beijingTimeOrNull(row.ended_at),
  };
}

function preflightOf({ verdicts, examined, rate_per_second: rate, max_in_flight: most, latency_ms: latency }: OperationRow): PreflightAnswer {
  const going = toSend(verdicts);
  return {
    examined, toSend: going,
    sendable: verdicts.sendable ?? 0, endpointDown: verdicts['endpoint-down'] ?? 0, duplicate: verdicts.duplicate ?? 0, stale: verdicts.stale ?? 0,
    invalid: verdicts.invalid ?? 0, beyondWindow: verdicts['beyond-window'] ?? 0,
    estimatedSeconds: estimatedSeconds(going, rate, most, latency),
  };
}

function progressOf({ frozen, sent, delivered, failed, discarded, skipped, troubled }: OperationRow): OperationProgressAnswer {
  const ended = delivered + failed + discarded;
  return { frozen, sent, delivered, failed, discarded, skipped, troubled, underWay: sent - ended, remaining: frozen - sent - skipped };
}

function noteZh(note: string | null): string | null {
  return note === null ? null : OPERATION_NOTES[note] ?? note;
}
