import type { QueueState } from '#bus';
import type { Destination } from '#contracts';

/** What is known of the orders to one destination when some of their receipts are overdue. */
export interface OverdueOrders {
  readonly destination: Destination;
  /** Orders that went out and have no receipt yet. */
  readonly underWay: number;
  /** Of these: past the time for it. */
  readonly overdue: number;
  /** Of these: kept in hand by adapters until the endpoint answers again. */
  readonly held: number;
  /** The destination's queue as the broker sees it; `null` when it does not exist. */
  readonly queue: QueueState | null;
}

/**
 * How many of the overdue orders are missing, and so are ordered again. Each order under way lies in the queue, is held by an adapter, or
 * is missing (or just in somebody's hand): what the queue and the adapters account for would only be there twice. After the queue lost its
 * data it accounts for nothing, and all are ordered again; each of them then lies in the queue, so none is ordered a third time before its
 * turn. Where nobody consumes, a copy would only lie beside the original, and a broker that does not know yet says just that.
 */
export function judgeReorder({ underWay, overdue, held, queue }: OverdueOrders): number {
  if (queue === null || queue.consumers === 0) return 0;
  return Math.max(0, Math.min(overdue, underWay - queue.messages - held));
}

/** How many orders of a destination are taken at once. */
export interface Share {
  readonly destination: Destination;
  readonly share: number;
}

/** Divides one take among the destinations that miss orders, so that one of them cannot keep the others waiting. */
export function shareOut(missing: ReadonlyMap<Destination, number>, limit: number): Share[] {
  const wanting = [...missing].filter(([, count]) => count > 0).slice(0, limit);
  const each = Math.max(1, Math.floor(limit / Math.max(1, wanting.length)));
  return wanting.map(([destination, count]) => ({ destination, share: Math.min(count, each) }));
}
