import { EXCHANGES, transferRoute } from '#contracts';
import type { OutgoingMessage } from '#bus';
import type { TransferOrder } from '#contracts';
import { childTraceparent } from '#runtime';
import type { KeyRing } from '#runtime';
import { openJson } from '../ledger/sealed-json.ts';
import type { OrderRow, TransferRow } from '../ledger/transfer-rows.ts';

/** The ledger keeps the trace, not its spans. */
const ANY_SPAN = '0000000000000001';

/** An order that is committed in the ledger and must be published. */
export interface OrderedTransfer {
  readonly order: TransferOrder;
  readonly traceId: string | null;
  /** Whether it may have been sent before: a receiver that cannot recognise a repetition is then asked first. */
  readonly resend: boolean;
  /** Since when it should have been out, for one that the broker did not take before. */
  readonly unpublishedSince?: Date;
}

/** Header of an order that may have been sent before. */
export const RESEND_HEADER = 'x-resend';

/** The order for the present attempt of a transfer as the ledger holds it; it may be the first. Throws when its payload cannot be opened. */
export function rowToOrder(row: OrderRow, keys: KeyRing): OrderedTransfer {
  if (row.sealed === null || row.key_version === null) throw new Error('a transfer without a payload cannot be ordered');
  const payload = openJson<TransferOrder['payload']>(keys, { sealed: row.sealed, key_version: row.key_version });
  const order = { transferId: row.id, projectNo: row.project_no, destination: row.destination, kind: row.kind, attempt: row.attempts, payload };
  return { order, traceId: row.trace_id, resend: row.attempts > 1 || row.redispatches > 0 };
}

/** Whether a transfer that was set under way goes out now: in a limited channel it is held, and goes when its turn comes by the rate. */
export function isOrdered({ status }: Pick<TransferRow, 'status'>): boolean {
  return status === 'in_flight';
}

/** The number of the attempt that a transfer makes which was set under way, now or when its turn comes. */
export function attemptOf(row: Pick<TransferRow, 'status' | 'attempts'>): number {
  return isOrdered(row) ? row.attempts : row.attempts + 1;
}

/** The message that carries an order; it goes on with the trace of the event that caused it. */
export function orderMessage({ order, traceId, resend }: OrderedTransfer): OutgoingMessage {
  return {
    exchange: EXCHANGES.transfers,
    routingKey: transferRoute(order.destination),
    messageId: `${order.transferId}.${order.attempt}`,
    type: `transfer.${order.kind}`,
    body: order,
    headers: {
      'x-project-no': order.projectNo,
      traceparent: childTraceparent(traceId === null ? undefined : `00-${traceId}-${ANY_SPAN}-01`),
      ...(resend ? { [RESEND_HEADER]: '1' } : {}),
    },
  };
}
