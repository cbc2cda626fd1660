import { hoursText, nextOpening } from '../../channels/sending-hours.ts';
import type { SendingHours } from '../../ledger/channel-tables.ts';
import type { ItemRow } from '../../ledger/operation-item-rows.ts';
import type { OperationRow } from '../../ledger/operation-rows.ts';
import type { OperationReturnItem, OperationSelection } from '../../ledger/operation-tables.ts';
import { toSend } from '../../operations/examine-items.ts';
import { estimatedSeconds } from '../../operations/pace.ts';
import { beijingTime, beijingTimeOrNull } from '../beijing-time.ts';
import { shownHours } from '../channels/channel-settings.ts';
import { ITEM_STATES, ITEM_VERDICTS, OPERATION_KINDS, OPERATION_NOTES, OPERATION_STATUSES } from './operation-words.ts';
import type { OperationProgressAnswer, PreflightAnswer } from './operation-figures.answer.ts';
import type { OperationAnswer, OperationItemAnswer, OperationReturnAnswer, SelectionShown } from './operation.answer.ts';

/** An operation as it is shown where there are many. */
export function showOperation(row: OperationRow): OperationAnswer {
  const reason = reasonOf(row);
  return {
    operationId: row.id,
    kind: row.kind, kindZh: OPERATION_KINDS[row.kind],
    status: row.status, statusZh: OPERATION_STATUSES[row.status],
    statusReason: reason, statusReasonZh: noteZh(reason),
    stepFailures: row.step_failures, stepError: row.step_error, pausedAt: row.status === 'paused' ? beijingTimeOrNull(row.paused_at) : null,
    creator: row.creator_name, reason: row.reason, ticket: row.ticket,
    selection: counted(row.selection), cutoff: beijingTime(row.cutoff),
    ratePerSecond: row.rate_per_second, maxInFlight: row.max_in_flight, hours: shownHours(row.hours), waitsUntil: waitsUntil(row), ladder: row.ladder, rung: row.rung,
    abortRatio: row.abort_ratio, abortOnNewSignature: row.abort_on_new, override: row.override,
    needsApproval: row.needs_approval, approvedBy: row.approved_by, startedBy: row.started_by,
    createdAt: beijingTime(row.created_at), startedAt: beijingTimeOrNull(row.started_at), finishedAt: beijingTimeOrNull(row.finished_at),
    pinned: row.acknowledged_at === null, acknowledgedAt: beijingTimeOrNull(row.acknowledged_at), acknowledgedBy: row.acknowledged_by,
    preflight: preflightOf(row), progress: progressOf(row),
  };
}

/** One transfer of an operation as it is shown. */
export function showItem(row: ItemRow): OperationItemAnswer {
  return {
    seq: row.seq, transferId: row.transfer_id, projectNo: row.project_no, destination: row.destination,
    state: row.state, stateZh: ITEM_STATES[row.state],
    verdict: row.verdict, verdictZh: row.verdict === null ? null : ITEM_VERDICTS[row.verdict],
    note: row.note, noteZh: noteZh(row.note), noticeTransferId: row.state === 'returned' ? row.note : null,
    attempt: row.attempt, troubled: row.troubled, sentAt: beijingTimeOrNull(row.sent_at), endedAt: beijingTimeOrNull(row.ended_at),
  };
}

/** What halls are told; null for an operation that returns nothing. */
export function showReturn(items: readonly OperationReturnItem[] | null): OperationReturnAnswer | null {
  return items === null ? null : { items: items.map(({ path = null, materialCode = null, problem }) => ({ path, materialCode, problem })) };
}

/** Why it stands or ended so. A step that fails hides for that time what it waits for, never why it was stopped. */
function reasonOf({ status, status_reason: reason, step_failures: failures }: OperationRow): string | null {
  return failures > 0 && status !== 'cancelled' && status !== 'aborted' ? 'step-failing' : reason;
}

function counted(selection: OperationSelection): SelectionShown {
  return 'transferIds' in selection ? { transferCount: selection.transferIds.length } : selection;
}

/** While it is under way, and it is not its time. */
function waitsUntil({ status, hours }: OperationRow): string | null {
  return status === 'canary' || status === 'running' ? beijingTimeOrNull(nextOpening(hours, new Date())) : null;
}

const WITHOUT = '不含端点不通、通道暂停、限速或不在投递时段的等待';

/** What the estimate leaves out: nobody knows how long that is. */
function estimateZh(hours: SendingHours | null): string {
  return hours === null ? WITHOUT : `${WITHOUT}，也不含本操作时段（${hoursText(hours)}）以外的时间`;
}

function preflightOf({ verdicts, hours, left_out: leftOut, examined, rate_per_second: rate, max_in_flight: most, latency_ms: latency }: OperationRow): PreflightAnswer {
  const going = toSend(verdicts);
  return {
    examined, toSend: going,
    sendable: verdicts.sendable ?? 0, endpointDown: verdicts['endpoint-down'] ?? 0, duplicate: verdicts.duplicate ?? 0, stale: verdicts.stale ?? 0,
    invalid: verdicts.invalid ?? 0, beyondWindow: verdicts['beyond-window'] ?? 0, waiting: verdicts.waiting ?? 0, notReturnable: verdicts['not-returnable'] ?? 0,
    leftOut: Object.entries(leftOut).sort(([, one], [, other]) => other - one).map(([note, count]) => ({ note, noteZh: noteZh(note) ?? note, count })),
    estimatedSeconds: estimatedSeconds(going, rate, most, latency), estimateZh: estimateZh(hours),
  };
}

function progressOf({ frozen, sent, delivered, failed, discarded, returned, skipped, troubled }: OperationRow): OperationProgressAnswer {
  const ended = delivered + failed + discarded + returned;
  return { frozen, sent, delivered, failed, discarded, returned, skipped, troubled, underWay: sent - ended, remaining: frozen - sent - skipped };
}

function noteZh(note: string | null): string | null {
  return note === null ? null : OPERATION_NOTES[note] ?? note;
}
