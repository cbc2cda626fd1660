import type { EventType } from '#contracts';
import type { Selectable } from 'kysely';
import type { TransfersTable } from '../../ledger/tables.ts';

/** What is shown of a transfer, with the event that caused it; never its sealed payload. */
export const TRANSFER_COLUMNS = [
  'transfers.id', 'transfers.project_no', 'transfers.destination', 'transfers.kind', 'transfers.ordinal', 'transfers.event_seq',
  'transfers.trace_id', 'transfers.status', 'transfers.attempts', 'transfers.redispatches', 'transfers.next_attempt_at', 'transfers.paused_channel',
  'transfers.error_word', 'transfers.error_code', 'transfers.error_detail', 'transfers.http_status', 'transfers.created_at',
  'transfers.dispatched_at', 'transfers.delivered_at', 'transfers.finished_at', 'transfers.failure_group', 'transfers.failed_at', 'transfers.attempts_base', 'transfers.discard_code', 'transfers.discard_reason', 'transfers.revision', 'transfers.returned_at', 'transfers.delivered_late_at', 'events.event_id', 'events.type as event_type',
] as const;

export type TransferRow = Omit<Selectable<TransfersTable>, 'sealed' | 'key_version' | 'receipt_due_at' | 'unpublished_since'> & {
  readonly event_id: string;
  readonly event_type: EventType;
};
