import type { DoorRefusal } from '#contracts';
import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { NewAttempt } from '../ledger/attempt-rows.ts';
import { upsertCases } from '../ledger/case-rows.ts';
import type { NewCase } from '../ledger/case-rows.ts';
import type { NewDeadLetter } from '../ledger/dead-letter-rows.ts';
import { insertEvents } from '../ledger/event-rows.ts';
import type { NewDuplicate, NewEvent } from '../ledger/event-rows.ts';
import type { LedgerTables } from '../ledger/tables.ts';
import { insertTransfers } from '../ledger/transfer-rows.ts';
import type { NewTransfer } from '../ledger/transfer-rows.ts';

type Ledger = Kysely<LedgerTables>;

const NO_BODY = { sealed: Buffer.from('sealed'), key_version: 1 };
const DIGEST = '0'.repeat(64);
const NOON = '2026-11-20T04:00:00Z';

/** Rows of the ledger with everything a test does not care about filled in. They go in through the ledger's own functions. */
export function aCase(projectNo: string, given: Partial<NewCase> = {}): NewCase {
  return {
    project_no: projectNo, hall_code: '410204', item_code: '725849853QT50024002', item_name: '住房公积金汇缴', status: 'RECEIVED',
    paper_status: 'IN_HALL', paper_due_at: '2026-12-20T04:00:00Z', paper_discrepancy_at: null, project_type: '2', applicant_masked: '测**',
    applicant_index: 'nobody', supplement_rounds: 0, hall_version: 1, centre_version: 0, hall_sequence: 1, centre_sequence: null, update_sequence: 0,
    transfer_count: 0, approved: null, result_code: null, promise_due_at: null, received_at: NOON, accepted_at: null, completed_at: null, updated_at: new Date(), facts: {}, canary: false,
    ...NO_BODY, ...given,
  };
}

export function anEvent(projectNo: string | null, eventId: string, given: Partial<NewEvent> = {}): NewEvent {
  return {
    source: '/halls/410204', event_id: eventId, type: 'case.received', party: 'hall:410204', order_key: projectNo ?? eventId, project_no: projectNo,
    hall_code: '410204', data_version: 1, sequence: null, trace_id: null, occurred_at: NOON, door_at: NOON, digest: DIGEST, outcome: 'applied',
    outcome_code: null, outcome_zh: null, status_after: 'RECEIVED', recorded_at: new Date(), ...NO_BODY, ...given,
  };
}

export function aTransfer(projectNo: string, id: string, eventSeq: number, given: Partial<NewTransfer> = {}): NewTransfer {
  return {
    id, project_no: projectNo, destination: 'centre', kind: 'open', ordinal: 1, event_seq: eventSeq, trace_id: null, status: 'in_flight', attempts: 1,
    receipt_due_at: null, error_word: null, error_code: null, error_detail: null, http_status: null, created_at: new Date(), dispatched_at: NOON, finished_at: null,
    failure_group: null, failed_at: null,
    ...NO_BODY, ...given,
  };
}

export function anAttempt(transferId: string, attempt: number, given: Partial<NewAttempt> = {}): NewAttempt {
  return {
    transfer_id: transferId, attempt, started_at: NOON, finished_at: '2026-11-20T04:00:00.025Z', latency_ms: 25, outcome: 'delivered', http_status: 200,
    error_code: null, error_detail: null, response_digest: DIGEST, recorded_at: new Date(), ...given,
  };
}

/** An event that came again after its first. */
export function aDuplicate(eventSeq: number, given: Partial<NewDuplicate> = {}): NewDuplicate {
  return { event_seq: eventSeq, door_at: '2026-11-20T05:00:00Z', recorded_at: new Date(), same_body: true, digest: 'f'.repeat(64), again: false, ...given };
}

export function aRefusal(refusalId: string, given: Partial<DoorRefusal> = {}): DoorRefusal {
  return {
    refusalId, at: NOON, app: 'district-adapter', path: '/v1/halls/410204/intake-events', party: 'hall:410204', keyId: 'k1', status: 422,
    code: 'contract-broken', problems: [], eventId: null, eventType: 'case.received', projectNo: null, bodyBytes: 100, bodyDigest: DIGEST, ...given,
  };
}

export function aDeadLetter(given: Partial<NewDeadLetter> = {}): NewDeadLetter {
  return {
    queue: 'gateway.intake', app: 'gateway', handler: 'intake', reason: 'not JSON', code: 'unreadable', delivery_count: 1, message_id: 'm-1',
    type: 'case.received', project_no: null, headers: {}, raw: Buffer.from('raw'), ...given,
  };
}

/** A case with one event and one transfer per status given: the least that has a delivery status. */
export async function putCase(db: Ledger, projectNo: string, given: Partial<NewCase> = {}, transfers: NewTransfer['status'][] = ['delivered']): Promise<number> {
  await upsertCases(db, [aCase(projectNo, { transfer_count: transfers.length, ...given })]);
  const [event] = await insertEvents(db, [anEvent(projectNo, `e-${projectNo}`)]);
  const seq = event?.seq ?? 0;
  if (transfers.length > 0) await insertTransfers(db, transfers.map((status, index) => aTransfer(projectNo, `tr_${projectNo}_${index}`, seq, { status, ordinal: index + 1 })));
  return seq;
}

/** Moves a case to the moment it was recorded at, to the microsecond. */
export async function recordedAt(db: Ledger, projectNo: string, at: string): Promise<void> {
  await sql`update cases set created_at = ${at}::timestamptz where project_no = ${projectNo}`.execute(db);
  await sql`update transfers set created_at = ${at}::timestamptz where project_no = ${projectNo}`.execute(db);
}

