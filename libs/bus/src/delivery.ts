import type { ConsumeMessage } from 'amqplib';
import type { KeyRing } from '#runtime';
import type { FailureCounts } from './failure-counts.ts';
import type { IncomingMessage } from './message.ts';
import { KEY_VERSION_HEADER, openBody } from './sealed-body.ts';

/** A message as the broker delivered it, with what the bus reads from it before a handler sees it. */
export interface Delivery {
  readonly raw: ConsumeMessage;
  readonly headers: Readonly<Record<string, string>>;
  readonly deliveryCount: number;
}

export type OpenedDelivery =
  | { readonly delivery: Delivery; readonly message: IncomingMessage }
  | { readonly delivery: Delivery; readonly unreadable: string };

/**
 * The broker's own counters. Up to RabbitMQ 4.2 the first counts every time a message was handed out before; from 4.3 on it counts only
 * those that count towards the delivery limit, and the second counts all.
 */
export const COUNTERS = ['x-delivery-count', 'x-acquired-count'] as const;

export function readDelivery(raw: ConsumeMessage): Delivery {
  const headers: Record<string, unknown> = raw.properties.headers ?? {};
  return { raw, headers: textHeaders(headers), deliveryCount: Math.max(...COUNTERS.map((name) => Number(headers[name] ?? 0))) };
}

/** Opens the body; one that cannot be opened is said to be unreadable, with the reason, and disturbs no other. */
export function openDelivery(delivery: Delivery, source: { queue: string; sealer: KeyRing; keepRaw: boolean; failures: FailureCounts }): OpenedDelivery {
  const { queue, sealer, keepRaw, failures } = source;
  const { raw, headers, deliveryCount } = delivery;
  const { messageId, type } = raw.properties as { messageId?: string; type?: string };
  try {
    const body: unknown = keepRaw ? raw.content : openBody(sealer, raw.content, headers[KEY_VERSION_HEADER]);
    const sealed = keepRaw ? {} : { sealed: { bytes: raw.content, version: Number(headers[KEY_VERSION_HEADER]) } };
    return { delivery, message: { queue, messageId: messageId ?? '', type: type ?? '', body, ...sealed, headers, deliveryCount, failures: failures.of(messageId ?? '') } };
  } catch (error) {
    return { delivery, unreadable: (error as Error).message };
  }
}

function textHeaders(headers: Record<string, unknown>): Record<string, string> {
  const text: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined && value !== null) text[name] = typeof value === 'string' ? value : JSON.stringify(value);
  }
  return text;
}

/** From this delivery on a message is handed to its handler alone, so that one that breaks its batch cannot take the others along. */
const ALONE_FROM_DELIVERY = 2;

/** Whether a message came back so often that it may be what breaks its batch, or kills its process. */
export function isSuspect(deliveryCount: number): boolean {
  return deliveryCount >= ALONE_FROM_DELIVERY;
}

/** How many of the waiting messages make the next batch, given how often each was handed out before. */
export function nextBatchLength(deliveryCounts: readonly number[], maximum: number): number {
  const firstAlone = deliveryCounts.findIndex(isSuspect);
  if (firstAlone === 0) return 1;
  return Math.min(maximum, firstAlone === -1 ? deliveryCounts.length : firstAlone);
}
