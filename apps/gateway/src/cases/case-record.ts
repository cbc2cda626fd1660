import { catalogue, isCanary, paperDueAt } from '#contracts';
import type { CaseFacts, JiujinEvent, JiujinEventOf, Receipt } from '#contracts';
import type { KeyRing } from '#runtime';
import { applyCorrection, mergeSupplement } from '../hall-to-centre/intake-snapshot.ts';
import type { CaseProgress, CaseState, NewCase } from '../ledger/case-rows.ts';
import { openJson, sealJson } from '../ledger/sealed-json.ts';
import type { PaperStatus } from '../ledger/tables.ts';
import { applicantIndex, maskedName } from './applicant.ts';
import { paperStatusAfter, paperStatusOfReceipt } from './paper.ts';

/** A case in memory while a batch is applied to it. Never changed in place: each event makes the next record. */
export interface CaseRecord {
  readonly projectNo: string;
  readonly facts: CaseFacts;
  readonly itemCode: string;
  /** The intake data as last supplemented or corrected; opened when first asked for, for most events need nothing of it. */
  readonly receipt: () => Receipt;
  readonly paperStatus: PaperStatus;
  readonly paperDiscrepancyAt: Date | string | null;
  readonly updateSequence: number;
  readonly transferCount: number;
  readonly resultCode: string | null;
  readonly promiseDueAt: Date | string | null;
  readonly acceptedAt: Date | string | null;
  readonly completedAt: Date | string | null;
}

/** The record of a case that has just been received. */
export function openedCase(event: JiujinEventOf<'case.received'>, facts: CaseFacts): CaseRecord {
  const { operator: _operator, ...receipt } = event.data;
  return {
    projectNo: event.subject, facts, itemCode: receipt.itemCode, receipt: () => receipt,
    paperStatus: paperStatusOfReceipt(receipt), paperDiscrepancyAt: null,
    updateSequence: 0, transferCount: 0, resultCode: null, promiseDueAt: null, acceptedAt: null, completedAt: null,
  };
}

/** The record after an event the lifecycle applied, with the facts the lifecycle left. */
export function caseAfter(record: CaseRecord, event: JiujinEvent, facts: CaseFacts): CaseRecord {
  return { ...record, facts, paperStatus: paperStatusAfter(record.paperStatus, event.type), ...changeBy(record, event) };
}

function changeBy(record: CaseRecord, event: JiujinEvent): Partial<CaseRecord> {
  switch (event.type) {
    case 'case.supplement.submitted':
      return { receipt: lazily(() => mergeSupplement(record.receipt(), event.data)) };
    case 'case.accepted':
      return { acceptedAt: event.data.acceptedAt, promiseDueAt: event.data.promise.dueAt };
    case 'case.completed':
      return { completedAt: event.data.result.completedAt, resultCode: event.data.result.code };
    case 'case.corrected':
      return correctionBy(record, event.data);
    case 'paper.discrepancy':
      return { paperDiscrepancyAt: event.data.at };
    default:
      return endBy(event);
  }
}

/** The ends that are no completion (退件、撤回、作废). */
function endBy(event: JiujinEvent): Partial<CaseRecord> {
  switch (event.type) {
    case 'case.returned':
      return { completedAt: event.data.returnedAt, resultCode: event.data.code };
    case 'case.withdrawn':
      return { completedAt: event.data.withdrawnAt, resultCode: 'WITHDRAWN' };
    case 'case.voided':
      return { completedAt: event.data.voidedAt, resultCode: event.data.code };
    default:
      return {};
  }
}

function correctionBy(record: CaseRecord, data: JiujinEventOf<'case.corrected'>['data']): Partial<CaseRecord> {
  return {
    ...(data.receipt === undefined ? {} : { itemCode: data.receipt.itemCode, receipt: lazily(() => applyCorrection(record.receipt(), data)) }),
    acceptedAt: data.acceptance?.acceptedAt ?? record.acceptedAt,
    promiseDueAt: data.acceptance?.promise.dueAt ?? record.promiseDueAt,
    completedAt: data.completion?.completedAt ?? record.completedAt,
    resultCode: data.completion?.code ?? record.resultCode,
  };
}

/** A case as the ledger holds it. */
export function recordOf(row: CaseState, keys: KeyRing): CaseRecord {
  return {
    projectNo: row.project_no, facts: row.facts, itemCode: row.item_code, receipt: lazily(() => receiptOf(row, keys)), paperStatus: row.paper_status,
    paperDiscrepancyAt: row.paper_discrepancy_at, updateSequence: row.update_sequence, transferCount: row.transfer_count,
    resultCode: row.result_code, promiseDueAt: row.promise_due_at, acceptedAt: row.accepted_at, completedAt: row.completed_at,
  };
}

function receiptOf({ sealed, key_version }: CaseState, keys: KeyRing): Receipt {
  if (sealed === null) throw new Error('the intake data of a case were not loaded, and an event needs them');
  return openJson<Receipt>(keys, { sealed, key_version });
}

/** The whole row of a case: when it is new, or its intake data changed. */
export function rowOf(record: CaseRecord, keys: KeyRing, at: Date): NewCase {
  const { facts } = record;
  const receipt = record.receipt();
  const { applicant } = receipt;
  return {
    ...progressOf(record, at), hall_code: facts.hallCode, item_code: receipt.itemCode, item_name: itemName(receipt),
    paper_due_at: paperDueAt(receipt.receivedAt), project_type: facts.projectType, applicant_masked: maskedName(applicant),
    applicant_index: applicantIndex(keys, applicant.certType, applicant.certNo), received_at: receipt.receivedAt,
    canary: isCanary(record.projectNo), ...sealJson(keys, receipt),
  };
}

/** What of the row changes when the intake data do not. */
export function progressOf(record: CaseRecord, at: Date): CaseProgress {
  const { facts } = record;
  return {
    project_no: record.projectNo, status: facts.status, paper_status: record.paperStatus, paper_discrepancy_at: record.paperDiscrepancyAt,
    supplement_rounds: facts.supplementRounds, hall_version: facts.hallVersion, centre_version: facts.centreVersion,
    hall_sequence: facts.hallSequence, centre_sequence: facts.centreSequence, update_sequence: record.updateSequence,
    transfer_count: record.transferCount, approved: facts.approved, result_code: record.resultCode, promise_due_at: record.promiseDueAt,
    accepted_at: record.acceptedAt, completed_at: record.completedAt, updated_at: at, facts,
  };
}

function lazily<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => (made ??= { value: make() }).value;
}

function itemName(receipt: Receipt): string {
  return catalogue().item(receipt.itemCode)?.nameZhDisplay ?? receipt.itemName ?? receipt.itemCode;
}
