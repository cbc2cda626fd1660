import type { EventType, Party } from '../event-types.ts';
import type { RecordKind, WorkItemKind } from '../wire/transfer-kinds.ts';
import type { CaseStatus } from './case-status.ts';
import type { LifecycleCode } from './lifecycle-codes.ts';

/** What the lifecycle remembers of a case (办件): plain JSON, stored beside the case and handed back with the next event. */
export interface CaseFacts {
  readonly status: CaseStatus;
  /** 办件类型, GB/T 39046 A.6: 1 即办件, 2 承诺件, 9 其他. */
  readonly projectType: '1' | '2' | '9';
  /** The one hall whose case this is; no other hall may speak of it. */
  readonly hallCode: string;
  /** Supplement notices (补正告知) so far. */
  readonly supplementRounds: number;
  /** Highest data version (数据版本号) seen from the hall; corrections must be higher. */
  readonly hallVersion: number;
  /** The same for the centre; 0 before it has said anything. */
  readonly centreVersion: number;
  /** Number of the last event of the hall in this case; `null` while it has numbered none. */
  readonly hallSequence: number | null;
  readonly centreSequence: number | null;
  /** The centre's decision; `null` before it. */
  readonly approved: boolean | null;
  /** RFC 3339, as the hall wrote it (a correction replaces it). */
  readonly receivedAt: string;
  /** RFC 3339; when the last asked-for materials came, `null` without a supplement. */
  readonly supplementedAt: string | null;
  /** RFC 3339; until when the last supplement notice gives the applicant time. */
  readonly supplementDueAt: string | null;
  /** Codes of the materials which the last supplement notice asks for. */
  readonly lastSupplementMaterials: readonly string[];
}

/** What a deployment decides where the rules leave it open. */
export interface LifecyclePolicy {
  /** How many supplement notices one case may get. Administrative Licensing Law art. 32(4) wants all of it in one notice. */
  readonly maxSupplementRounds: number;
  /** Whether the centre may ask for materials after acceptance (受理). The notice puts it before. The case must then be accepted again. */
  readonly supplementAfterAcceptance: boolean;
}

export const DEFAULT_LIFECYCLE_POLICY: LifecyclePolicy = { maxSupplementRounds: 1, supplementAfterAcceptance: false };

/** The part of an event that the lifecycle looks at. `data` is one of the event data classes, already validated at the door. */
export interface LifecycleEvent {
  readonly type: EventType;
  /** The proven sender. */
  readonly party: Party;
  readonly dataVersion: number;
  readonly sequence: number | null;
  readonly data: object;
}

/** A transfer that an applied event causes. Each event causes at most one per receiver. */
export type TransferIntent =
  | { readonly to: 'centre'; readonly kind: WorkItemKind }
  | { readonly to: 'hall'; readonly kind: RecordKind };

interface Words {
  readonly code: LifecycleCode;
  readonly zh: string;
  readonly en: string;
}

/**
 * What becomes of an event.
 *
 * - `apply`: store `next`, send the transfers.
 * - `refuse`: against the rules now and for ever. `next` is not null when only the sender's numbering moved on:
 *   a refused number is used up, so that the numbers after it need not wait for it.
 * - `park`: may become legal later, keep it and ask again whenever the case's facts have changed. Nothing is stored.
 * - `ignore`: says nothing new (an old version, a repetition); `next` as for `refuse`.
 */
export type LifecycleDecision =
  | { readonly kind: 'apply'; readonly next: CaseFacts; readonly transfers: readonly TransferIntent[] }
  | ({ readonly kind: 'refuse'; readonly next: CaseFacts | null } & Words)
  | ({ readonly kind: 'ignore'; readonly next: CaseFacts | null } & Words)
  | ({ readonly kind: 'park' } & Words);
