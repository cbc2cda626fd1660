import type { JiujinEvent, Receipt } from '#contracts';
import type { ArrivedEvent } from './arrived-event.ts';
import type { BatchTime } from './batch-time.ts';
import type { CaseRecord } from './case-record.ts';
import type { Grant } from './grants.ts';
import type { Verdict } from './verdict.ts';

/** An event and what became of it; the verdict changes when a parked event's turn comes. */
export interface JudgedEvent {
  readonly arrived: ArrivedEvent;
  /** Its row, when it was in the ledger before this batch. */
  readonly seq: number | null;
  verdict: Verdict;
}

/** What a batch knows of the ledger, and what it makes of it. Lives for one transaction. */
export interface BatchMemory {
  readonly time: BatchTime;
  readonly cases: Map<string, CaseRecord>;
  /** The intake data that the ledger holds, by project number: none for a new case. */
  readonly storedReceipts: ReadonlyMap<string, () => Receipt>;
  readonly grants: Map<string, Grant>;
  /** Events that wait, by order key, in the order they arrived. */
  readonly parked: Map<string, JudgedEvent[]>;
  /** Lanes ({@link laneKey}) in which something is not yet delivered. */
  readonly busyLanes: Set<string>;
  /** Project numbers whose record is no longer what the ledger holds. */
  readonly changed: Set<string>;
  /** Permission events that were applied, in order. */
  readonly permissionEvents: JiujinEvent[];
}

/** One case towards one destination, as a key. */
export function laneKey(projectNo: string, destination: string): string {
  return `${projectNo} ${destination}`;
}
