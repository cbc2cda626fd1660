import type { DeliveryReceipt, Destination } from '#contracts';
import type { KeyRing } from '#runtime';
import type { Transaction } from 'kysely';
import { applyLocked, lookUp } from '../cases/apply-events.ts';
import type { AppliedBatch, ApplyOptions } from '../cases/apply-events.ts';
import { lockBatch } from '../cases/batch-time.ts';
import { failuresOf } from '../cases/failed-transfers.ts';
import { recordAction } from '../evidence/record-action.ts';
import { countFailures, failureGroupOf } from '../failures/count-failures.ts';
import type { TimedFailure } from '../failures/count-failures.ts';
import { insertAttempts } from '../ledger/attempt-rows.ts';
import type { NewAttempt } from '../ledger/attempt-rows.ts';
import type { LedgerTables } from '../ledger/tables.ts';
import { loadTransfers, loadUnanswered, markDeliveredLate, releaseNext, settleTransfers } from '../ledger/transfer-rows.ts';
import type { Lane, TransferState, TransferVerdict } from '../ledger/transfer-rows.ts';
import { acknowledgementOf } from './acknowledge-open.ts';
import { judgeReceipt } from './judge-receipt.ts';
import type { ReceiptVerdict, RetryPolicy } from './judge-receipt.ts';
import { rowToOrder } from './transfer-order.ts';
import type { OrderedTransfer } from './transfer-order.ts';

/** The bridge itself, where the records name who did something. */
const BRIDGE = { id: 'service:gateway', name: '系统', address: '' };

/** What a batch of receipts came to, once its transaction is committed. */
export interface AppliedReceipts {
  /** Transfers that failed now: a person must look at them. */
  readonly failed: readonly NamedTransfer[];
  /** Transfers that people had given up and that were delivered, as it turns out now: they must be told. */
  readonly late: readonly NamedTransfer[];
  /** Attempts to be made later. */
  readonly retries: readonly Retry[];
  /** What the acknowledged deliveries did to their cases. */
  readonly applied: AppliedBatch | null;
  /** What must be published now. */
  readonly orders: readonly OrderedTransfer[];
  /** Receipts that name no transfer of this ledger. */
  readonly unknown: readonly DeliveryReceipt[];
}

interface NamedTransfer {
  readonly transferId: string;
  readonly projectNo: string;
  readonly destination: Destination;
}

/** A receipt as it came off the bus. */
export interface ArrivedReceipt {
  readonly receipt: DeliveryReceipt;
  /** Whether its message may have been worked on before, so that what followed from it may have been cut short. */
  readonly again: boolean;
}

/** The attempt that follows attempt number `attempt` of a transfer, and how long it still waits. */
export interface Retry {
  readonly transferId: string;
  readonly attempt: number;
  readonly waitMs: number;
}

/** How transfers to one destination are tried again. */
export type PolicyOf = (destination: Destination) => RetryPolicy;

interface Judged {
  readonly row: TransferState;
  readonly receipt: DeliveryReceipt;
  readonly verdict: ReceiptVerdict;
}

/**
 * Applies a batch of receipts inside the caller's transaction: attempts are recorded, transfers settled, the next of each lane whose
 * transfer arrived is set under way, and a delivered opening work item acknowledges its case through the lifecycle. Of receipts that
 * may have been applied before, the timers and orders are given out once more: they may never have left the process.
 */
export async function applyReceipts(
  trx: Transaction<LedgerTables>, arrived: readonly ArrivedReceipt[], policyOf: PolicyOf, options: ApplyOptions,
): Promise<AppliedReceipts> {
  const receipts = arrived.map(({ receipt }) => receipt);
  const [time, found] = await Promise.all([
    lockBatch(trx, receipts.map((receipt) => receipt.projectNo), options.patience), loadTransfers(trx, receipts.map((receipt) => receipt.transferId)),
  ]);
  const rows = new Map(found.map((row) => [row.id, row]));
  // The lock is that of the case which the receipt names: one that names another case than its transfer's is not believed.
  const isKnown = (receipt: DeliveryReceipt): boolean => rows.get(receipt.transferId)?.project_no === receipt.projectNo;
  const known = receipts.filter(isKnown);
  const judged = judgeAll(known, rows, policyOf);
  const verdicts = judged.flatMap((one) => verdictRow(one, time.at));
  const delivered = judged.filter(({ verdict }) => verdict.kind === 'delivered');
  const late = await findLate(trx, judged, time.at);
  // The centre has it, also where people had given it up: what it says of the case from now on has to fit.
  const opened = [...delivered, ...late].filter(({ row }) => row.kind === 'open');
  const acknowledgements = opened.map(({ row, receipt }) => acknowledgementOf(receipt, row.trace_id));
  // One trip, in this order: a lane is free for the next transfer once the one before it is settled.
  const [, , released, lookedUp] = await Promise.all([
    known.length > 0 && insertAttempts(trx, attemptRows(known, time.at)),
    verdicts.length > 0 && settleTransfers(trx, verdicts),
    delivered.length === 0 ? [] : releaseNext(trx, delivered.map(laneOf), time.at, time.receiptDueAt),
    acknowledgements.length === 0 ? null : lookUp(trx, acknowledgements, options.keys),
  ]);
  const applied = lookedUp === null ? null : await applyLocked(trx, acknowledgements, lookedUp, time, options);
  const orders = [...released.map((row) => rowToOrder(row, options.keys)), ...(applied?.orders ?? [])];
  // Everything that failed in this transaction, together: two statements could take the same groups in another order.
  await countFailures(trx, [...judged.flatMap((one) => failureOf(one, time.at)), ...failuresOf(applied?.transfers ?? [], time.at)]);
  const repeated = arrived.filter(({ receipt, again }) => again && isKnown(receipt)).map(({ receipt }) => receipt);
  const lost = await ordersLost(trx, repeated, orders, options.keys);
  await recordLate(trx, late);
  return {
    failed: judged.filter(({ verdict }) => verdict.kind === 'failed').map(nameOf),
    late: late.map(nameOf),
    retries: [...judged.flatMap(retryOf), ...timersLost(repeated, rows, time.at)],
    applied,
    orders: [...orders, ...lost],
    unknown: receipts.filter((receipt) => !isKnown(receipt)),
  };
}

/** What had been given up and was delivered, as nobody knew before this batch. Costs nothing while there is none. */
async function findLate(trx: Transaction<LedgerTables>, judged: readonly Judged[], at: Date): Promise<Judged[]> {
  const late = judged.filter(({ verdict }) => verdict.kind === 'delivered-late');
  if (late.length === 0) return [];
  const fresh = new Set(await markDeliveredLate(trx, late.map(({ row }) => row.id), at));
  return late.filter(({ row }) => fresh.has(row.id));
}

/** In the case's history and in the chain of evidence: what the bridge had said is not so. */
async function recordLate(trx: Transaction<LedgerTables>, late: readonly Judged[]): Promise<void> {
  for (const { row, receipt } of late) {
    await recordAction(trx, {
      caller: BRIDGE, action: 'transfer.delivered-late', subjectKind: 'transfer', subject: row.id, reason: '放弃之后收到送达的回执', result: 'done',
      facts: { projectNo: row.project_no, destination: row.destination, attempt: receipt.attempt, deliveredAt: receipt.finishedAt },
    });
  }
}

function nameOf({ row }: Judged): NamedTransfer {
  return { transferId: row.id, projectNo: row.project_no, destination: row.destination };
}

function timersLost(repeated: readonly DeliveryReceipt[], rows: ReadonlyMap<string, TransferState>, now: Date): Retry[] {
  return repeated.flatMap(({ transferId, attempt }) => {
    const row = rows.get(transferId);
    if (row?.status !== 'retry_wait' || row.attempts !== attempt || row.next_attempt_at === null) return [];
    return [{ transferId, attempt, waitMs: Math.max(0, row.next_attempt_at.getTime() - now.getTime()) }];
  });
}

async function ordersLost(
  trx: Transaction<LedgerTables>, repeated: readonly DeliveryReceipt[], ordered: readonly OrderedTransfer[], keys: KeyRing,
): Promise<OrderedTransfer[]> {
  if (repeated.length === 0) return [];
  const present = new Set(ordered.map(({ order }) => order.transferId));
  const rows = await loadUnanswered(trx, repeated.map((receipt) => receipt.projectNo));
  return rows.filter((row) => !present.has(row.id)).map((row) => ({ ...rowToOrder(row, keys), resend: true }));
}

/** Several receipts of one transfer may come in one batch: each is judged by what the one before it left. */
function judgeAll(receipts: readonly DeliveryReceipt[], rows: ReadonlyMap<string, TransferState>, policyOf: PolicyOf): Judged[] {
  const last = new Map<string, Judged>();
  for (const receipt of receipts) {
    const row = rows.get(receipt.transferId);
    if (row === undefined) continue;
    const before = last.get(row.id);
    const verdict = judgeReceipt({ status: statusAfter(before) ?? row.status, attempts: row.attempts, attemptsBase: row.attempts_base }, receipt, policyOf(row.destination));
    if (verdict.kind !== 'stale') last.set(row.id, { row, receipt, verdict });
  }
  return [...last.values()];
}

function statusAfter(judged: Judged | undefined): TransferState['status'] | null {
  switch (judged?.verdict.kind) {
    case 'delivered':
      return 'delivered';
    case 'retry':
      return 'retry_wait';
    case 'failed':
      return 'failed';
    default:
      return null;
  }
}

function verdictRow({ row, receipt, verdict }: Judged, now: Date): TransferVerdict[] {
  const status = statusAfter({ row, receipt, verdict });
  if (status === null) return [];
  const { outcome, errorCode, errorDetail, httpStatus, finishedAt } = receipt;
  const [failure] = failureOf({ row, receipt, verdict }, now);
  return [{
    id: row.id,
    status,
    next_attempt_at: verdict.kind === 'retry' ? new Date(now.getTime() + verdict.afterMs) : null,
    error_word: outcome === 'delivered' ? null : outcome,
    error_code: errorCode, error_detail: errorDetail, http_status: httpStatus,
    delivered_at: verdict.kind === 'delivered' ? finishedAt : null,
    finished_at: verdict.kind === 'retry' ? null : finishedAt,
    failure_group: failure === undefined ? null : failureGroupOf(failure), failed_at: failure?.at ?? null,
  }];
}

/** A receipt counts as a failure when it ends its transfer, and then once: a stale one has been judged to say nothing. */
function failureOf({ row, receipt, verdict }: Judged, at: Date): TimedFailure[] {
  const { outcome, errorCode, errorDetail, httpStatus } = receipt;
  if (verdict.kind !== 'failed' || outcome === 'delivered') return [];
  return [{ projectNo: row.project_no, destination: row.destination, kind: row.kind, errorWord: outcome, errorCode, errorDetail, httpStatus, at }];
}

/** One row for each attempt, its delivery when one of its receipts says so. */
function attemptRows(receipts: readonly DeliveryReceipt[], at: Date): NewAttempt[] {
  const byAttempt = Map.groupBy(receipts, (receipt) => `${receipt.transferId} ${receipt.attempt}`);
  return [...byAttempt.values()].flatMap((same) => same.find((receipt) => receipt.outcome === 'delivered') ?? same[0] ?? []).map((receipt) => attemptRow(receipt, at));
}

function attemptRow(receipt: DeliveryReceipt, at: Date): NewAttempt {
  return {
    transfer_id: receipt.transferId, attempt: receipt.attempt, started_at: receipt.startedAt, finished_at: receipt.finishedAt,
    latency_ms: Math.round(receipt.latencyMs), outcome: receipt.outcome, http_status: receipt.httpStatus, error_code: receipt.errorCode,
    error_detail: receipt.errorDetail, response_digest: receipt.responseDigest, recorded_at: at,
  };
}

function laneOf({ row }: Judged): Lane {
  return { project_no: row.project_no, destination: row.destination };
}

function retryOf({ row, verdict }: Judged): Retry[] {
  return verdict.kind === 'retry' ? [{ transferId: row.id, attempt: row.attempts, waitMs: verdict.afterMs }] : [];
}
