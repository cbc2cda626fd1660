import type { BatchResult, NotNow, Settlement } from './message.ts';

/** What the bus does with one message. */
export type SettleAction =
  | { readonly kind: 'ack' }
  | { readonly kind: 'requeue'; readonly afterMs: number; readonly reason: string }
  | { readonly kind: 'dead-letter'; readonly key: string; readonly reason: string; readonly code: string };

/** Where the message stands: how often it was handed out before, and where its queue's dead letters go (`null`: nowhere). */
export interface SettleSituation {
  readonly deliveryCount: number;
  readonly deadLetterKey: string | null;
  /** Whether the queue has rested already, so that what is given back need not wait once more. */
  readonly rested: boolean;
}

const AGAIN_BASE_MS = 200;
const AGAIN_MAX_MS = 5_000;

/**
 * A message given back waits a little longer each time, so that a short trouble does not burn its deliveries in an instant; without
 * jitter, so that what is given back together comes back in order. From a dead-letter queue nothing can be made a dead letter again:
 * it is given back, never dropped.
 */
export function actionFor(settlement: Settlement, { deliveryCount, deadLetterKey, rested }: SettleSituation): SettleAction {
  if (settlement === 'done') return { kind: 'ack' };
  if (settlement.kind === 'dead' && deadLetterKey !== null) {
    return { kind: 'dead-letter', key: deadLetterKey, reason: settlement.reason, code: settlement.code ?? 'refused-by-handler' };
  }
  return { kind: 'requeue', afterMs: rested ? 0 : againAfterMs(deliveryCount), reason: settlement.reason };
}

/** @param deliveryCount how often the message was handed out before */
export function againAfterMs(deliveryCount: number): number {
  return Math.min(AGAIN_MAX_MS, AGAIN_BASE_MS * 2 ** Math.min(deliveryCount, 10));
}

/** Whether the handler asked for the whole batch to be handed to it again later. */
export function isNotNow(result: unknown): result is NotNow {
  return typeof result === 'object' && result !== null && (result as NotNow).kind === 'not-now';
}

/** The handler's answer, proven to be one settlement for each message. @throws when it is not: then nothing it said can be trusted. */
export function settlementsOf(result: BatchResult | undefined, batchLength: number): readonly Settlement[] {
  if (!Array.isArray(result) || result.length !== batchLength) {
    const got = Array.isArray(result) ? `${result.length} settlements` : typeof result;
    throw new Error(`the handler returned ${got} for ${batchLength} messages; it must return one settlement for each, in the same order`);
  }
  const settlements = result as readonly Settlement[];
  if (!settlements.every(isSettlement)) throw new Error('the handler returned something that is no settlement (done, again or dead)');
  return settlements;
}

function isSettlement(value: Settlement): boolean {
  return value === 'done' || (typeof value === 'object' && value !== null && (value.kind === 'again' || value.kind === 'dead'));
}
