/** One entry of a case's timeline, as far as a journey looks at it. */
export interface TimelineEntry {
  readonly kind: 'event' | 'duplicate' | 'transfer' | 'attempt' | 'refusal' | 'dead-letter';
  readonly type?: string;
  readonly outcome?: string;
  readonly occurredAt?: string;
  readonly sequence?: number | null;
  readonly code?: string | null;
  readonly statusAfter?: string | null;
  readonly transferId?: string;
  readonly transferKind?: string;
  readonly destination?: string;
  readonly status?: string;
  readonly ordinal?: number;
  readonly attempts?: number;
}

/** `GET /api/cases/{projectNo}`. */
export interface CaseView {
  readonly projectNo: string;
  readonly hallCode: string;
  readonly status: string;
  readonly deliveryStatus: string;
  readonly resultCode: string | null;
  readonly supplementRounds: number;
  readonly timeline: readonly TimelineEntry[];
  readonly timelineTruncated: boolean;
}

/** Events that never touch the status of a case. */
const STILL = /^(paper\.|case\.corrected$)/;

/** The statuses the case went through, in the order in which things happened. */
export function statusWalk({ timeline }: CaseView): string {
  const moves = timeline.filter((entry) => entry.kind === 'event' && entry.outcome === 'applied' && !STILL.test(entry.type ?? ''));
  return moves.sort(asItHappened).map(({ statusAfter }) => statusAfter).join(' ');
}

/** By the clocks of the senders, which are one on one machine; but receipt and acknowledgement come before all else, however late the latter was written. */
function asItHappened(one: TimelineEntry, other: TimelineEntry): number {
  return placeOf(one) - placeOf(other) || Date.parse(one.occurredAt ?? '') - Date.parse(other.occurredAt ?? '') || Number(one.sequence) - Number(other.sequence);
}

function placeOf({ type }: TimelineEntry): number {
  return type === 'case.received' ? 0 : type === 'case.delivery.acknowledged' ? 1 : 2;
}

/** The kinds of the delivered transfers to one destination, in their order. */
export function transfersTo({ timeline }: CaseView, destination: string): string {
  const transfers = timeline.filter((entry) => entry.kind === 'transfer' && entry.destination === destination && entry.status === 'delivered');
  return transfers.sort((one, other) => Number(one.ordinal) - Number(other.ordinal)).map(({ transferKind }) => transferKind).join(' ');
}
