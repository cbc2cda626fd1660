import type { AlertAnswer } from '../alerts/alert.answer.ts';
import type { OperationAnswer } from '../operations/operation.answer.ts';
import type { QueueList } from '../queues/queue.answer.ts';
import type { SummaryAnswer } from '../summary/summary.answer.ts';

/** What a live view is told of (实时事件). */
export type LiveEvent =
  | { readonly event: 'summary'; readonly data: SummaryAnswer }
  | { readonly event: 'queues'; readonly data: QueueList }
  | { readonly event: 'alert'; readonly data: AlertAnswer }
  | { readonly event: 'operation'; readonly data: OperationAnswer };

/** How things are at one moment. Alerts that were open and operations that were pinned at the look before are there once more, as they ended. */
export interface LiveState {
  readonly summary: SummaryAnswer;
  readonly queues: QueueList;
  readonly alerts: readonly AlertAnswer[];
  readonly operations: readonly OperationAnswer[];
}

/** What to tell somebody who has seen `before`; who has seen nothing is told everything that is open, and which operations ended and nobody has acknowledged. */
export function eventsBetween(before: LiveState | null, now: LiveState): LiveEvent[] {
  const alerts = changed(before?.alerts ?? [], now.alerts, alertKey).filter(({ open }) => before !== null || open);
  const operations = changed(before?.operations ?? [], now.operations, ({ operationId }) => operationId).filter(({ pinned }) => before !== null || pinned);
  return [
    { event: 'summary', data: now.summary },
    { event: 'queues', data: now.queues },
    ...alerts.map((data): LiveEvent => ({ event: 'alert', data })),
    ...operations.map((data): LiveEvent => ({ event: 'operation', data })),
  ];
}

/** One event as it goes over the wire (text/event-stream). JSON holds no line break, so the data is one line. */
export function frameOf(id: string, { event, data }: LiveEvent): string {
  return `id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}

/** A line that every client passes over: it shows both sides that the connection is there. */
export const HEARTBEAT_FRAME = ': \n\n';

function alertKey({ alertId }: AlertAnswer): string {
  return String(alertId);
}

/** When an alert was last seen says nothing new. */
function changed<T extends object>(before: readonly T[], now: readonly T[], keyOf: (item: T) => string): T[] {
  const known = new Map(before.map((item) => [keyOf(item), textOf(item)]));
  return now.filter((item) => known.get(keyOf(item)) !== textOf(item));
}

function textOf(item: object): string {
  return JSON.stringify({ ...item, lastSeenAt: null });
}
