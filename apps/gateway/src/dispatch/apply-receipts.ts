import type { DeliveryReceipt, Destination } from '#contracts';
import type { Transaction } from 'kysely';
import { applyEvents } from '../cases/apply-events.ts';
import type { AppliedBatch, ApplyOptions } from '../cases/apply-events.ts';
import { insertAttempts } from '../ledger/attempt-rows.ts';
import type { NewAttempt } from '../ledger/attempt-rows.ts';
import { lockOrderKeys } from '../ledger/case-rows.ts';
import type { LedgerTables } from '../ledger/tables.ts';
import { loadTransfers, releaseNext, settleTransfers } from '../ledger/transfer-rows.ts';
import type { Lane, TransferRow, TransferVerdict } from '../ledger/transfer-rows.ts';
import { acknowledgementOf } from './acknowledge-open.ts';
import { judgeReceipt } from './judge-receipt.ts';
import type { ReceiptVerdict, RetryPolicy } from './judge-receipt.ts';
import { rowToOrder } from './transfer-order.ts';
import type { OrderedTransfer } from './transfer-order.ts';

/** What a batch of receipts came to, once its transaction is committed. */
export interface AppliedReceipts {
  /** Transfers that failed now: a person must look at them. */
  readonly failed: readonly { readonly transferId: string; readonly projectNo: string; readonly destination: Destination }[];
  /** Attempts to be made later. */
  readonly retries: readonly Retry[];
  /** What the acknowledged deliveries did to their cases. */
  readonly applied: AppliedBatch | null;
  /** What must be published now. */
  readonly orders: readonly OrderedTransfer[];
  /** Receipts that name no transfer of this ledger. */
  readonly unknown: readonly DeliveryReceipt[];
}

/** The attempt that follows attempt number `attempt` of a transfer, and when. */
export interface Retry {
  readonly transferId: string;
  readonly attempt: number;
  readonly at: Date;
}

interface Judged {
  readonly row: TransferRow;
  readonly receipt: DeliveryReceipt;
  readonly verdict: ReceiptVerdict;
}

/**
 * Applies a batch of receipts inside the caller's transaction: attempts are recorded, transfers settled, the next of each lane whose
 * transfer arrived is set under way, and a delivered opening work item acknowledges its case through the lifecycle.
 */
export async function applyReceipts(
  trx: Transaction<LedgerTables>, receipts: readonly DeliveryReceipt[], policy: RetryPolicy, options: ApplyOptions,
): Promise<AppliedReceipts> {
  await lockOrderKeys(trx, receipts.map((receipt) => receipt.projectNo));
  const rows = new Map((await loadTransfers(trx, receipts.map((receipt) => receipt.transferId))).map((row) => [row.id, row]));
  const known = receipts.filter((receipt) => rows.has(receipt.transferId));
  const judged = judgeAll(known, rows, policy);
  if (known.length > 0) await insertAttempts(trx, attemptRows(known));
  const verdicts = judged.flatMap((one) => verdictRow(one));
  if (verdicts.length > 0) await settleTransfers(trx, verdicts);
  const delivered = judged.filter(({ verdict }) => verdict.kind === 'delivered');
  const released = delivered.length === 0 ? [] : await releaseNext(trx, delivered.map(laneOf), options.receiptDueAt);
  const opened = delivered.filter(({ row }) => row.kind === 'open');
  const acknowledgements = opened.map(({ row, receipt }) => acknowledgementOf(receipt, row.trace_id));
  const applied = acknowledgements.length === 0 ? null : await applyEvents(trx, acknowledgements, options);
  return {
    failed: judged.filter(({ verdict }) => verdict.kind === 'failed').map(({ row }) => ({ transferId: row.id, projectNo: row.project_no, destination: row.destination })),
    retries: verdicts.flatMap(({ id, next_attempt_at }) => retryOf(id, rows.get(id), next_attempt_at)),
    applied,
    orders: [...released.map((row) => rowToOrder(row, options.keys)), ...(applied?.orders ?? [])],
    unknown: receipts.filter((receipt) => !rows.has(receipt.transferId)),
  };
}

/** Several receipts of one transfer may come in one batch: each is judged by what the one before it left. */
function judgeAll(receipts: readonly DeliveryReceipt[], rows: ReadonlyMap<string, TransferRow>, policy: RetryPolicy): Judged[] {
  const last = new Map<string, Judged>();
  for (const receipt of receipts) {
    const row = rows.get(receipt.transferId);
    if (row === undefined) continue;
    const before = last.get(row.id);
    const verdict = judgeReceipt({ status: statusAfter(before) ?? row.status, attempts: row.attempts }, receipt, policy);
    if (verdict.kind !== 'stale') last.set(row.id, { row, receipt, verdict });
  }
  return [...last.values()];
}

function statusAfter(judged: Judged | undefined): TransferRow['status'] | null {
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

function verdictRow({ row, receipt, verdict }: Judged): TransferVerdict[] {
  const status = statusAfter({ row, receipt, verdict });
  if (status === null) return [];
  const { outcome, errorCode, errorDetail, httpStatus, finishedAt } = receipt;
  return [{
    id: row.id,
    status,
    next_attempt_at: verdict.kind === 'retry' ? new Date(Date.now() + verdict.afterMs) : null,
    error_word: outcome === 'delivered' ? null : outcome,
    error_code: errorCode, error_detail: errorDetail, http_status: httpStatus,
    delivered_at: verdict.kind === 'delivered' ? finishedAt : null,
    finished_at: verdict.kind === 'retry' ? null : finishedAt,
  }];
}

/** One row for each attempt, its delivery when one of its receipts says so. */
function attemptRows(receipts: readonly DeliveryReceipt[]): NewAttempt[] {
  const byAttempt = Map.groupBy(receipts, (receipt) => `${receipt.transferId} ${receipt.attempt}`);
  return [...byAttempt.values()].flatMap((same) => same.find((receipt) => receipt.outcome === 'delivered') ?? same[0] ?? []).map(attemptRow);
}

function attemptRow(receipt: DeliveryReceipt): NewAttempt {
  return {
    transfer_id: receipt.transferId, attempt: receipt.attempt, started_at: receipt.startedAt, finished_at: receipt.finishedAt,
    latency_ms: Math.round(receipt.latencyMs), outcome: receipt.outcome, http_status: receipt.httpStatus, error_code: receipt.errorCode,
    error_detail: receipt.errorDetail, response_digest: receipt.responseDigest,
  };
}

function laneOf({ row }: Judged): Lane {
  return { project_no: row.project_no, destination: row.destination };
}

function retryOf(id: string, row: TransferRow | undefined, at: Date | null): Retry[] {
  return row === undefined || at === null ? [] : [{ transferId: id, attempt: row.attempts, at }];
}
