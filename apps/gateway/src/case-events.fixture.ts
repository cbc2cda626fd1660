import { hash, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { IncomingMessage } from '#bus';
import { QUEUES } from '#contracts';
import type { DeliveryReceipt, Destination, EventDataOf, EventType, JiujinEvent, JiujinEventOf } from '#contracts';

const EXAMPLES = new URL('../../../libs/contracts/examples/', import.meta.url);

const FIRST_AT_DOOR = Date.parse('2026-11-23T09:30:01.000+08:00');
let atDoor = 0;

/** A fresh event of one type, made from the published example: an id of its own, no sequence. */
export function eventOf<T extends EventType>(type: T, change: { subject?: string; id?: string; source?: string; sequence?: number; canary?: boolean; dataversion?: number; data?: Partial<EventDataOf<T>> } = {}): JiujinEventOf<T> {
  const { sequence: _sequence, ...example } = JSON.parse(readFileSync(new URL(`${type}.json`, EXAMPLES), 'utf8')) as JiujinEventOf<T>;
  const { data, ...attributes } = change;
  return { ...example, id: `evt-${randomUUID()}`, ...attributes, data: { ...example.data, ...data } } as JiujinEventOf<T>;
}

/** A project number that no other test uses. */
export function newProjectNo(): string {
  return `P-${randomUUID()}`;
}

/** The event as the door would have published it: at a moment of its own, as each sending has. */
export function messageOf(event: JiujinEvent, delivery: { readonly deliveryCount?: number; readonly failures?: number } = {}): IncomingMessage {
  const party = event.source.startsWith('/halls/') ? `hall:${event.source.slice('/halls/'.length)}` : event.source.slice(1);
  const { traceparent: _trace, ...said } = event;
  return {
    queue: QUEUES.intake, messageId: event.id, type: event.type, body: event, deliveryCount: delivery.deliveryCount ?? 0, failures: delivery.failures ?? 0,
    headers: { 'x-party': party, 'x-door-at': new Date(FIRST_AT_DOOR + ++atDoor).toISOString(), 'x-digest': hash('sha256', JSON.stringify(said), 'hex') },
  };
}

/** The receipt of one attempt, delivered unless told otherwise. */
export function receiptOf(transfer: { id: string; project_no: string; destination: Destination; attempts: number }, change: Partial<DeliveryReceipt> = {}): DeliveryReceipt {
  return {
    transferId: transfer.id, projectNo: transfer.project_no, destination: transfer.destination, attempt: transfer.attempts,
    startedAt: '2026-11-23T09:30:02.000+08:00', finishedAt: '2026-11-23T09:30:02.040+08:00', latencyMs: 40,
    outcome: 'delivered', httpStatus: 200, errorCode: null, errorDetail: null, retryAfterMs: null, responseDigest: null, ...change,
  };
}

/** The receipt as its adapter would have published it. */
export function receiptMessage(receipt: unknown): IncomingMessage {
  return { queue: QUEUES.receipts, messageId: randomUUID(), type: 'receipt', body: receipt, headers: {}, deliveryCount: 0, failures: 0 };
}
