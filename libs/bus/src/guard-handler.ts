import type { Logger } from '#runtime';
import type { Handle } from './ask-handler.ts';
import { isSuspect } from './delivery.ts';
import type { BatchResult, IncomingMessage } from './message.ts';
import type { Quarantine } from './quarantine.ts';
import type { UnfinishedStarts } from './unfinished-starts.ts';

export interface Guards {
  readonly quarantine: Quarantine;
  readonly starts: UnfinishedStarts;
  readonly logger: Logger;
  /** How long a handler may be at work on a suspect before the suspect counts as harmless. */
  readonly watchMs: number;
}

/** With so many unfinished starts a message is not handed out any more. */
const MAX_UNFINISHED_STARTS = 3;

/** The code of a dead letter whose message took the process down each time it was handled. */
export const KILLS_ITS_PROCESS = 'kills-its-process';

/**
 * Puts a handler behind the guards against a message that kills its process. A message that came back twice is a suspect, and its start
 * is noted. One that was being handled when a process died before is handled quite alone, so that no neighbour is ever blamed for it.
 * One that did so three times goes to the dead letters unhandled.
 */
export function guardHandler(handle: Handle, guards: Guards): Handle {
  return async (batch) => {
    const [first] = batch;
    const work = (): Promise<BatchResult | undefined> => handle(batch);
    if (!first || first.messageId === '' || !isSuspect(first.deliveryCount)) return guards.quarantine.among(work);
    return handleSuspect(first, work, guards);
  };
}

async function handleSuspect(message: IncomingMessage, work: () => Promise<BatchResult | undefined>, guards: Guards): Promise<BatchResult | undefined> {
  const { queue, messageId, deliveryCount } = message;
  const { quarantine, starts, logger } = guards;
  const unfinished = await starts.of(queue, messageId);
  if (unfinished >= MAX_UNFINISHED_STARTS) {
    logger.error({ queue, messageId, deliveryCount, unfinished }, 'message killed its process each time it was handled; not handed out again');
    return [{ kind: 'dead', code: KILLS_ITS_PROCESS, reason: `the process died ${unfinished} times while it handled this message` }];
  }
  const watched = (): Promise<BatchResult | undefined> => watch(message, work, guards);
  return unfinished > 0 ? quarantine.alone(watched) : quarantine.among(watched);
}

/** The note is there before the handler starts and gone before its answer counts; a timer that can still run says that nobody died. */
async function watch({ queue, messageId }: IncomingMessage, work: () => Promise<BatchResult | undefined>, { starts, watchMs }: Guards): Promise<BatchResult | undefined> {
  await starts.begin(queue, messageId);
  const alive = setTimeout(() => void starts.survive(queue, messageId), watchMs);
  try {
    return await work();
  } finally {
    clearTimeout(alive);
    await starts.clear(queue, messageId);
  }
}
