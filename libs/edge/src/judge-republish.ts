import { MOST_PARTS, type QueueState } from '#bus';

/** What is known when overdue journal entries are found. */
export interface RepublishSituation {
  /** The gateway's queue as the broker sees it; `null` when it does not exist. */
  readonly queue: QueueState | null;
  /** Entries that are overdue now. */
  readonly due: number;
  /** How long the first of them has been overdue. */
  readonly lateMs: number;
  /** How long an event waits for its acknowledgement before it is overdue at all. */
  readonly patienceMs: number;
  /** No event waits longer than so. */
  readonly capMs: number;
}

/** So many times its patience a gateway that is at work gets to come to what is overdue. */
const CHANCES = 3;

/**
 * Whether overdue events are published again. A queue that may still hold as many as are overdue, each of its messages being perhaps a bundle,
 * probably holds just these: they are on their way, and a second copy would only lengthen the way. But one message may be a single event as well,
 * and hide many that are lost: where somebody consumes and they have still not come after a while, the queue holds others. Without a queue there is
 * nothing to publish to.
 */
export function judgeRepublish({ queue, due, lateMs, patienceMs, capMs }: RepublishSituation): 'go' | 'wait' {
  if (queue === null || due === 0) return 'wait';
  if (queue.messages * MOST_PARTS < due) return 'go';
  return queue.consumers > 0 && lateMs > Math.min(CHANCES * patienceMs, capMs) ? 'go' : 'wait';
}
