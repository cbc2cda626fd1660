import { canaryLate } from './canary-condition.ts';
import { channelPaused } from './channel-condition.ts';
import type { Condition } from './condition.ts';
import { certificateExpiring, signingKeyExpiring } from './expiry-conditions.ts';
import { evidenceLate } from './evidence-condition.ts';
import { circuitOpen, programSilent } from './edge-conditions.ts';
import { deadLetters, ordersUnpublished, parkedTooLong, receiptsOverdue, retriesOverdue, transfersFailed } from './ledger-conditions.ts';
import { deliveredLate, operationAborted, operationFailing, operationPaused } from './operation-conditions.ts';
import { brokerUnreachable, consumerMissing, queueMissing } from './queue-conditions.ts';
import { journalOld, redisUnsafe, spoolBacklog } from './store-conditions.ts';

/**
 * Every condition that opens an alert, by the name under which the ledger keeps it. A new one is a line here, what it needs to know in
 * `WatchFacts`, and its section in docs/runbook.md.
 */
export const CONDITIONS = {
  'broker-unreachable': brokerUnreachable,
  'queue-missing': queueMissing,
  'consumer-missing': consumerMissing,
  'program-silent': programSilent,
  'circuit-open': circuitOpen,
  'receipts-overdue': receiptsOverdue,
  'orders-unpublished': ordersUnpublished,
  'retries-overdue': retriesOverdue,
  'transfers-failed': transfersFailed,
  'parked-too-long': parkedTooLong,
  'dead-letters': deadLetters,
  'spool-backlog': spoolBacklog,
  'journal-old': journalOld,
  'redis-unsafe': redisUnsafe,
  'canary-late': canaryLate,
  'evidence-late': evidenceLate,
  'channel-paused': channelPaused,
  'operation-paused': operationPaused,
  'operation-aborted': operationAborted,
  'operation-failing': operationFailing,
  'delivered-late': deliveredLate,
  'certificate-expiring': certificateExpiring,
  'signing-key-expiring': signingKeyExpiring,
} as const satisfies Record<string, Condition>;

export type ConditionName = keyof typeof CONDITIONS;
