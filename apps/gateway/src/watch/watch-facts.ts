import type { Destination, QueueSpec } from '#contracts';
import type { CanaryFact } from '../ledger/canary-rows.ts';
import type { PauseRow } from '../ledger/channel-rows.ts';
import type { SettingsRow } from '../ledger/channel-settings-rows.ts';
import type { CircuitRow, EdgeInstanceRow } from '../ledger/edge-rows.ts';
import type { LateDeliveries, OperationStand } from '../ledger/operation-watch-rows.ts';
import type { DeadLetterCount, LongestWaiting, ParkedEvents, TroubledDestination } from '../ledger/trouble-rows.ts';

/** What the broker says of one declared queue, and what was to be expected. */
export interface QueueFact {
  readonly name: string;
  readonly purpose: string;
  readonly consumer: QueueSpec['consumer'];
  /** For a queue that leads to an endpoint. */
  readonly destination: Destination | null;
  readonly missing: boolean;
  /** Messages that wait for a consumer. */
  readonly ready: number;
  readonly present: number;
  readonly expected: number;
  /** Since when there have been fewer consumers than expected; null when there are enough. */
  readonly shortSince: Date | null;
}

/** A destination whose longest overdue transfer has been the same since `since`: nothing moves there. */
export type StandingDestination = LongestWaiting & { readonly since: Date };

/** All that alerts are judged by, at one moment. */
export interface WatchFacts {
  /** The ledger's clock. */
  readonly now: Date;
  /** Since when this gateway has looked without a gap: before that moment, silence proves nothing. */
  readonly watchingSince: Date;
  /** Since when the broker could not be asked; null while it can. */
  readonly brokerAwaySince: Date | null;
  /** Null while the broker cannot be asked, and until everybody had time to come back to it. */
  readonly queues: readonly QueueFact[] | null;
  readonly programs: readonly EdgeInstanceRow[];
  readonly circuits: readonly CircuitRow[];
  readonly unanswered: readonly TroubledDestination[];
  readonly standing: readonly StandingDestination[];
  readonly unpublished: readonly TroubledDestination[];
  readonly overdueRetries: readonly TroubledDestination[];
  readonly failed: readonly TroubledDestination[];
  readonly parked: readonly ParkedEvents[];
  readonly deadLetters: readonly DeadLetterCount[];
  readonly canaries: readonly CanaryFact[];
  /** Every message recorded until then is under seal. */
  readonly evidenceCaughtUpAt: Date;
  /** The last pause of every channel that ever had one; what it keeps from going on counts nowhere above. */
  readonly pauses: readonly PauseRow[];
  readonly channelSettings: readonly SettingsRow[];
  /** Those that are not over, and those that stopped themselves within a day. */
  readonly operations: readonly OperationStand[];
  /** Given up and delivered all the same, within a week. */
  readonly lateDeliveries: readonly LateDeliveries[];
}
