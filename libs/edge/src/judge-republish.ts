import { MOST_PARTS, type QueueState } from '#bus';

/** What is known when overdue journal entries are found. */
export interface RepublishSituation {
  /** The gateway's queue as the broker sees it; `null` when it does not exist. */
  readonly queue: QueueState | null;
  /** Entries that are overdue now. */
  readonly due: number;
  /** How long the first of them has been overdue. */
  readonly lateMs: number;
  /** After this time a gateway that is at work has had its chance. */
  readonly capMs: number;
}

/**
 * Whether overdue events are published again. The queue that may still hold as many as are overdue, each of its messages
 * being perhaps a bundle, probably holds just these: they are on their way, and a second copy would only lengthen the way. Unless somebody has been consuming for long and they still
 * have not come: then it holds others. Without a queue there is nothing to publish to.
 */
export function judgeRepublish({ queue, due, lateMs, capMs }: RepublishSituation): 'go' | 'wait' {
  if (queue === null || due === 0) return 'wait';
  if (queue.messages * MOST_PARTS < due) return 'go';
  return queue.consumers > 0 && lateMs > capMs ? 'go' : 'wait';
}
