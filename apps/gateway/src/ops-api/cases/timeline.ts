import { CASE_STATUSES, EVENT_TYPES } from '#contracts';
import { showAction } from '../audit/show-action.ts';
import { beijingTime } from '../beijing-time.ts';
import { showDeadLetter } from '../dead-letters/show-dead-letter.ts';
import { scrubbedOrNull } from '../personal-numbers.ts';
import type { CaseAttemptRow } from '../queries/case-attempts.ts';
import type { CaseDuplicateRow } from '../queries/case-duplicates.ts';
import type { CaseEventRow } from '../queries/case-events.ts';
import type { ActionRow } from '../queries/list-actions.ts';
import type { DeadLetterRow } from '../queries/list-dead-letters.ts';
import type { DoorRefusalRow } from '../queries/list-door-refusals.ts';
import type { TransferRow } from '../queries/transfer-columns.ts';
import { showDoorRefusal } from '../refusals/show-refusal.ts';
import { showTransfer } from '../transfers/show-transfer.ts';
import { ATTEMPT_OUTCOMES, EVENT_OUTCOMES, partyZh } from '../words.ts';
import type { AttemptEntry, DuplicateEntry, EventEntry, TimelineEntry } from './timeline.answer.ts';

/** Everything the ledger has on one case, list by list. */
export interface CaseRecord {
  readonly events: readonly CaseEventRow[];
  readonly duplicates: readonly CaseDuplicateRow[];
  readonly transfers: readonly TransferRow[];
  readonly attempts: readonly CaseAttemptRow[];
  readonly refusals: readonly DoorRefusalRow[];
  readonly deadLetters: readonly DeadLetterRow[];
  readonly actions: readonly ActionRow[];
}

/**
 * Where an entry stands. Only the ledger's own clock orders the whole; the clocks of senders and adapters may be off by minutes and are
 * shown beside it. One batch writes many rows at one instant: there, cause comes before effect (an event, then what it caused).
 */
interface Placed {
  readonly at: Date;
  readonly cause: number;
  readonly rank: number;
  readonly turn: number;
  readonly entry: TimelineEntry;
}

/** One case's timeline, oldest first. */
export function timelineOf(record: CaseRecord): TimelineEntry[] {
  return placed(record).sort(inOrder).map(({ entry }) => entry);
}

function placed({ events, duplicates, transfers, attempts, refusals, deadLetters, actions }: CaseRecord): Placed[] {
  return [
    ...events.map((row) => ({ at: row.recorded_at, cause: row.seq, rank: 0, turn: row.seq, entry: showEvent(row) })),
    ...duplicates.map((row) => ({ at: row.recorded_at, cause: row.event_seq, rank: 1, turn: row.seq, entry: showDuplicate(row) })),
    ...transfers.map((row) => ({
      at: row.created_at, cause: row.event_seq, rank: 2, turn: row.ordinal,
      entry: { kind: 'transfer' as const, at: beijingTime(row.created_at), ...showTransfer(row) },
    })),
    ...attempts.map((row) => ({ at: row.recorded_at, cause: row.event_seq, rank: 3, turn: row.seq, entry: showAttempt(row) })),
    ...refusals.map((row) => ({
      at: row.recorded_at, cause: Infinity, rank: 4, turn: row.seq,
      entry: { kind: 'refusal' as const, at: beijingTime(row.recorded_at), ...showDoorRefusal(row) },
    })),
    ...deadLetters.map((row) => ({
      at: row.received_at, cause: Infinity, rank: 5, turn: row.seq,
      entry: { kind: 'dead-letter' as const, at: beijingTime(row.received_at), ...showDeadLetter(row) },
    })),
    ...actions.map((row) => ({ at: row.at, cause: Infinity, rank: 6, turn: row.seq, entry: { kind: 'action' as const, ...showAction(row) } })),
  ];
}

function inOrder(one: Placed, other: Placed): number {
  return one.at.getTime() - other.at.getTime() || compare(one.cause, other.cause) || one.rank - other.rank || one.turn - other.turn;
}

/** Subtraction would make NaN of two infinities. */
function compare(one: number, other: number): number {
  return one === other ? 0 : one < other ? -1 : 1;
}

function showEvent(row: CaseEventRow): EventEntry {
  return {
    kind: 'event', at: beijingTime(row.recorded_at),
    seq: row.seq, eventId: row.event_id, source: row.source,
    type: row.type, typeZh: EVENT_TYPES[row.type].zh,
    sender: row.party, senderZh: partyZh(row.party),
    dataVersion: row.data_version, sequence: row.sequence, traceId: row.trace_id,
    occurredAt: beijingTime(row.occurred_at), doorAt: beijingTime(row.door_at), recordedAt: beijingTime(row.recorded_at),
    outcome: row.outcome, outcomeZh: EVENT_OUTCOMES[row.outcome], outcomeAt: beijingTime(row.outcome_at),
    code: row.outcome_code, reasonZh: scrubbedOrNull(row.outcome_zh),
    statusAfter: row.status_after, statusAfterZh: row.status_after === null ? null : CASE_STATUSES[row.status_after].zh,
  };
}

function showDuplicate(row: CaseDuplicateRow): DuplicateEntry {
  return {
    kind: 'duplicate', at: beijingTime(row.recorded_at),
    eventId: row.event_id, type: row.type, typeZh: EVENT_TYPES[row.type].zh,
    sender: row.party, senderZh: partyZh(row.party),
    doorAt: beijingTime(row.door_at), recordedAt: beijingTime(row.recorded_at),
    sameBody: row.same_body,
  };
}

function showAttempt(row: CaseAttemptRow): AttemptEntry {
  return {
    kind: 'attempt', at: beijingTime(row.recorded_at),
    transferId: row.transfer_id,
    destination: row.destination, destinationZh: partyZh(row.destination),
    attempt: row.attempt,
    startedAt: beijingTime(row.started_at), finishedAt: beijingTime(row.finished_at), recordedAt: beijingTime(row.recorded_at),
    latencyMs: row.latency_ms,
    outcome: row.outcome, outcomeZh: ATTEMPT_OUTCOMES[row.outcome],
    httpStatus: row.http_status, errorCode: row.error_code, errorDetail: scrubbedOrNull(row.error_detail),
    responseDigest: row.response_digest,
  };
}
