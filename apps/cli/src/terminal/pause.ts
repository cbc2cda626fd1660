import { setTimeout as sleep } from 'node:timers/promises';
import { InterruptedError } from '../gateway/problems.ts';

/** Waits so many milliseconds. @throws InterruptedError at Ctrl-C */
export async function pause(ms: number, interrupted: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal: interrupted }).catch(() => { throw new InterruptedError(); });
}
