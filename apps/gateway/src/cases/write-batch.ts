import { hallCodeOfParty } from '#contracts';
import type { KeyRing } from '#runtime';
import type { Transaction } from 'kysely';
import { updateCases, upsertCases } from '../ledger/case-rows.ts';
import { insertEvents, settleParked } from '../ledger/event-rows.ts';
import type { EventVerdict, NewEvent } from '../ledger/event-rows.ts';
import { insertGrants, revokeGrants } from '../ledger/grant-rows.ts';
import { asItCame, sealJson } from '../ledger/sealed-json.ts';
import type { LedgerTables } from '../ledger/tables.ts';
import { failureGroupOf } from '../failures/count-failures.ts';
import { insertTransfers } from '../ledger/transfer-rows.ts';
import type { CausedTransfer } from '../ledger/transfer-rows.ts';
import { eventKey } from './arrived-event.ts';
import type { BatchMemory, JudgedEvent } from './batch-memory.ts';
import type { BatchTime } from './batch-time.ts';
import { progressOf, rowOf } from './case-record.ts';
import { untranslatedFailure } from './failed-transfers.ts';
import type { BatchPlan } from './plan-batch.ts';
import type { PlannedTransfer } from './plan-transfers.ts';

/** Rows of events by {@link eventKey}. */
export type EventSeqs = ReadonlyMap<string, number>;

/** What was written. */
export interface WrittenBatch {
  readonly seqs: EventSeqs;
  /** The planned transfers that may go out now. */
  readonly outgoing: readonly PlannedTransfer[];
}

/**
 * Writes what the batch came to, in one trip: the inbox first, because transfers name the event that caused them, and the cases before these. What a
 * paused channel keeps back is held.
 */
export async function writeBatch(
  trx: Transaction<LedgerTables>, memory: BatchMemory, plan: BatchPlan, keys: KeyRing, time: BatchTime,
): Promise<WrittenBatch> {
  const rows = plan.transfers.map((transfer) => transferRow(transfer, keys, time));
  const [seqs, , held] = await Promise.all([
    writeEvents(trx, memory, plan, keys, time.at), writeCases(trx, memory, keys, time.at), writeTransfers(trx, rows), writeGrants(trx, memory, keys, time.at),
  ]);
  return { seqs, outgoing: plan.transfers.filter(({ id, status }) => status === 'in_flight' && !held.has(id)) };
}

async function writeCases(trx: Transaction<LedgerTables>, memory: BatchMemory, keys: KeyRing, at: Date): Promise<void> {
  const changed = [...memory.changed].flatMap((projectNo) => memory.cases.get(projectNo) ?? []);
  // Records are never changed in place: the same receipt is the very same object.
  const { same = [], other = [] } = Object.groupBy(changed, (record) => (memory.storedReceipts.get(record.projectNo) === record.receipt ? 'same' : 'other'));
  await Promise.all([
    same.length > 0 && updateCases(trx, same.map((record) => progressOf(record, at))),
    other.length > 0 && upsertCases(trx, other.map((record) => rowOf(record, keys, at))),
  ]);
}

async function writeTransfers(trx: Transaction<LedgerTables>, rows: readonly CausedTransfer[]): Promise<ReadonlySet<string>> {
  return rows.length === 0 ? new Set() : insertTransfers(trx, rows);
}

async function writeEvents(trx: Transaction<LedgerTables>, memory: BatchMemory, plan: BatchPlan, keys: KeyRing, at: Date): Promise<EventSeqs> {
  const { judged, unparked } = plan;
  const [inserted] = await Promise.all([
    judged.length === 0 ? [] : insertEvents(trx, judged.map((event) => ({ ...eventRow(event, memory, keys), recorded_at: at }))),
    unparked.length > 0 && settleParked(trx, unparked.map((event) => ({ seq: seqOf(event), outcome_at: at, ...outcomeOf(event) }))),
  ]);
  return new Map([
    ...inserted.map((row) => [eventKey({ source: row.source, id: row.event_id }), row.seq] as const),
    ...unparked.map((event) => [eventKey(event.arrived.event), seqOf(event)] as const),
  ]);
}

function eventRow(judged: JudgedEvent, memory: BatchMemory, keys: KeyRing): Omit<NewEvent, 'recorded_at'> {
  const { event, party, orderKey, projectNo, traceId, doorAt, digest, sealed } = judged.arrived;
  return {
    source: event.source, event_id: event.id, type: event.type, party, order_key: orderKey, project_no: projectNo,
    hall_code: hallCodeOfParty(party) ?? memory.cases.get(orderKey)?.facts.hallCode ?? null,
    data_version: event.dataversion ?? 1, sequence: event.sequence ?? null, trace_id: traceId,
    occurred_at: event.time, door_at: doorAt, digest, ...outcomeOf(judged), ...(asItCame(sealed) ?? sealJson(keys, event)),
  };
}

function outcomeOf({ verdict }: JudgedEvent): Omit<EventVerdict, 'seq' | 'outcome_at'> {
  return { outcome: verdict.outcome, outcome_code: verdict.code, outcome_zh: verdict.zh, status_after: verdict.statusAfter };
}

function transferRow(transfer: PlannedTransfer, keys: KeyRing, { at, receiptDueAt }: BatchTime): CausedTransfer {
  const { source, id: event_id } = transfer.cause.arrived.event;
  const underWay = transfer.status === 'in_flight';
  return {
    id: transfer.id, project_no: transfer.projectNo, destination: transfer.destination, kind: transfer.kind, ordinal: transfer.ordinal,
    source, event_id, trace_id: transfer.traceId, status: transfer.status, attempts: underWay ? 1 : 0,
    receipt_due_at: underWay ? receiptDueAt : null, created_at: at, dispatched_at: underWay ? at : null, error_detail: transfer.problem, http_status: null,
    ...failureColumns(transfer, at),
    ...(transfer.payload === null ? { sealed: null, key_version: null } : sealJson(keys, transfer.payload)),
  };
}

function failureColumns(transfer: PlannedTransfer, at: Date): Pick<CausedTransfer, 'finished_at' | 'error_word' | 'error_code' | 'failure_group' | 'failed_at'> {
  if (transfer.status !== 'failed') return { finished_at: null, error_word: null, error_code: null, failure_group: null, failed_at: null };
  const failure = untranslatedFailure(transfer, at);
  return { finished_at: at, error_word: failure.errorWord, error_code: failure.errorCode, failure_group: failureGroupOf(failure), failed_at: at };
}

async function writeGrants(trx: Transaction<LedgerTables>, memory: BatchMemory, keys: KeyRing, at: Date): Promise<void> {
  const granted = memory.permissionEvents.flatMap((event) => (event.type === 'permission.granted' ? [event.data] : []));
  const revoked = memory.permissionEvents.flatMap((event) => (event.type === 'permission.revoked' ? [event.data] : []));
  if (granted.length > 0) {
    await insertGrants(trx, granted.map((grant) => ({
      grant_id: grant.grantId, user_id: grant.userId, hall_code: grant.hallCode, org_name: grant.orgName ?? null, window_no: grant.windowNo ?? null,
      valid_from: grant.validFrom, valid_to: grant.validTo ?? null, revoked_at: null, revoke_reason: null, roster_version: grant.rosterVersion,
      recorded_at: at, ...sealJson(keys, grant.name),
    })), granted.flatMap((grant) => grant.itemCodes.map((item_code) => ({ grant_id: grant.grantId, item_code }))));
  }
  if (revoked.length > 0) {
    await revokeGrants(trx, revoked.map((end) => ({ grant_id: end.grantId, revoked_at: end.revokedAt, revoke_reason: end.reason, updated_at: at })));
  }
}

function seqOf(event: JudgedEvent): number {
  if (event.seq === null) throw new Error('an event that was not parked in the ledger cannot be unparked there');
  return event.seq;
}
