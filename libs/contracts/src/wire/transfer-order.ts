import type { CompletionUpdate } from './completion-update.ts';
import type { WorkItem } from './work-item.ts';

/** Where a transfer goes: the centre, or one hall. */
export type Destination = 'centre' | `hall:${string}`;

/**
 * One attempt the gateway asks an adapter to make: deliver `payload` to `destination`.
 * `transferId` is also the Idempotency-Key the receiver sees, the same for every attempt.
 */
export interface TransferOrder {
  readonly transferId: string;
  readonly projectNo: string;
  readonly destination: Destination;
  /** Work item kind or record kind: what the payload is. */
  readonly kind: string;
  /** 1 for the first attempt. */
  readonly attempt: number;
  readonly payload: WorkItem | CompletionUpdate;
}
