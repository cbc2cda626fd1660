import { transferIdOf } from '#contracts';
import type { CompletionUpdate, Destination, JiujinEvent, TransferIntent, WorkItem } from '#contracts';
import { translateCompletionUpdate } from '../centre-to-hall/translate-completion-update.ts';
import { translateWorkItem } from '../hall-to-centre/translate-work-item.ts';
import type { Translated } from '../hall-to-centre/untranslatable.ts';
import type { BatchMemory, JudgedEvent } from './batch-memory.ts';
import { laneKey } from './batch-memory.ts';
import type { CaseRecord } from './case-record.ts';

/** A transfer as decided: where it goes, its place in the case, and what it carries or why it carries nothing. */
export interface PlannedTransfer {
  readonly id: string;
  readonly projectNo: string;
  readonly destination: Destination;
  readonly kind: string;
  readonly ordinal: number;
  readonly cause: JudgedEvent;
  readonly traceId: string | null;
  /** `held` when something earlier of its lane is undelivered, `failed` when it cannot be translated. */
  readonly status: 'in_flight' | 'held' | 'failed';
  readonly payload: WorkItem | CompletionUpdate | null;
  /** Why there is no payload: the field that has no counterpart on the other side, and what is wrong with it. */
  readonly problem: string | null;
}

/** The transfers an applied event causes, numbered within their case. One that cannot be translated still takes its place and blocks its lane. */
export function planTransfers(memory: BatchMemory, cause: JudgedEvent, intents: readonly TransferIntent[]): PlannedTransfer[] {
  return intents.map((intent) => planTransfer(memory, cause, intent));
}

function planTransfer(memory: BatchMemory, cause: JudgedEvent, intent: TransferIntent): PlannedTransfer {
  const { event, traceId, orderKey: projectNo } = cause.arrived;
  const record = numbered(memory, projectNo, intent);
  const destination: Destination = intent.to === 'centre' ? 'centre' : `hall:${record.facts.hallCode}`;
  const lane = laneKey(projectNo, destination);
  const busy = memory.busyLanes.has(lane);
  memory.busyLanes.add(lane);
  const translated = translate(intent, event, record);
  return {
    id: transferIdOf(event.source, event.id, intent.to), projectNo, destination, kind: intent.kind, ordinal: record.transferCount, cause, traceId,
    status: statusOf(translated.ok, busy),
    payload: translated.ok ? translated.payload : null,
    problem: translated.ok ? null : `${translated.field}: ${translated.zh}`,
  };
}

function statusOf(translated: boolean, busy: boolean): PlannedTransfer['status'] {
  if (!translated) return 'failed';
  return busy ? 'held' : 'in_flight';
}

function translate(intent: TransferIntent, event: JiujinEvent, record: CaseRecord): Translated<WorkItem | CompletionUpdate> {
  const intake = { projectNo: record.projectNo, hallCode: record.facts.hallCode, itemCode: record.itemCode, get receipt() { return record.receipt(); } };
  return intent.to === 'centre' ? translateWorkItem(intent, intake, event) : translateCompletionUpdate(intent, intake, event, record.updateSequence);
}

/** Gives the case its next transfer number, and its next update number when the transfer goes to the hall. */
function numbered(memory: BatchMemory, projectNo: string, intent: TransferIntent): CaseRecord {
  const record = memory.cases.get(projectNo);
  if (record === undefined) throw new Error('a transfer was caused in a case that does not exist');
  const next = {
    ...record,
    transferCount: record.transferCount + 1,
    updateSequence: record.updateSequence + (intent.to === 'hall' ? 1 : 0),
  };
  memory.cases.set(projectNo, next);
  memory.changed.add(projectNo);
  return next;
}
