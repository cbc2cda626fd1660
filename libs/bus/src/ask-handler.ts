import type { Logger } from '#runtime';
import { backOffMs } from './back-off.ts';
import type { BatchResult, IncomingMessage, Settlement } from './message.ts';
import { pause } from './pause.ts';
import { againAfterMs, isNotNow, settlementsOf } from './settle.ts';

export type Handle = (batch: IncomingMessage[]) => Promise<BatchResult | undefined>;

/** One settlement for each message of the batch. */
export interface Answer {
  readonly settlements: readonly Settlement[];
  /** Whether the queue has rested after a throw. */
  readonly rested: boolean;
}

export interface AskOptions {
  readonly queue: string;
  readonly handle: Handle;
  readonly logger: Logger;
  /** Aborted when the program stops. */
  readonly stopping: AbortSignal;
}

/**
 * Hands a batch to its handler and gives back one settlement for each message. After "not now" it waits and asks again, with the batch
 * still in hand. After a throw, or an answer that cannot be trusted, all are 'again', and the queue rests a while: what broke one batch
 * would probably break the next.
 *
 * @returns `null` when the program stops while the handler says "not now"
 */
export async function askHandler(options: AskOptions, messages: IncomingMessage[]): Promise<Answer | null> {
  const { queue, handle, logger, stopping } = options;
  for (let refusals = 1; ; refusals++) {
    try {
      const result = await handle(messages);
      if (!isNotNow(result)) return { settlements: settlementsOf(result, messages.length), rested: false };
      logger.warn({ queue, messages: messages.length, reason: result.reason }, 'handler cannot work now; batch kept in hand');
    } catch (error) {
      return giveAllBack(options, messages, error);
    }
    await pause(backOffMs(refusals, 100, 5_000), stopping);
    if (stopping.aborted) return null;
  }
}

async function giveAllBack({ queue, logger, stopping }: AskOptions, messages: readonly IncomingMessage[], error: unknown): Promise<Answer> {
  const reason = reasonOf(error);
  const some = messages.slice(0, 5).map(({ messageId }) => messageId);
  logger.error({ queue, messages: messages.length, messageIds: some, reason }, 'handler threw; batch given back');
  const mostDeliveries = Math.max(...messages.map(({ deliveryCount }) => deliveryCount));
  await pause(againAfterMs(mostDeliveries), stopping);
  return { settlements: messages.map(() => ({ kind: 'again', reason })), rested: true };
}

/** Nest's filter for unknown errors throws a plain object with a message. */
function reasonOf(error: unknown): string {
  const message: unknown = (error as { message?: unknown } | null)?.message;
  return typeof message === 'string' ? message : 'unknown error';
}
