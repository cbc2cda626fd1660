import { setTimeout as pause } from 'node:timers/promises';

export interface UntilOptions {
  /** Deadline in milliseconds. */
  readonly within: number;
  /** Pause between two looks, in milliseconds. */
  readonly every?: number;
  /** What is waited for, in the words of the error. */
  readonly what?: string;
  readonly signal?: AbortSignal | undefined;
}

/** The condition did not come true in time; the message says what was waited for, and the last error seen while looking. */
export class DeadlinePassedError extends Error {
  override readonly name = 'DeadlinePassedError';
}

/**
 * Looks at a condition again and again until it gives something truthy, and returns that. A look that throws counts as "not yet".
 * Rejects with {@link DeadlinePassedError} after `within` milliseconds, and at once when the signal is aborted.
 */
export async function until<T>(condition: () => T | Promise<T>, options: UntilOptions): Promise<NonNullable<T>> {
  const deadline = performance.now() + options.within;
  let lastError: unknown;
  for (;;) {
    options.signal?.throwIfAborted();
    try {
      const seen = await condition();
      if (seen) return seen;
    } catch (error) {
      lastError = error;
    }
    if (performance.now() >= deadline) throw deadlinePassed(options, lastError);
    // Called off in the middle of a pause: the next look says why.
    await pause(options.every ?? 25, undefined, options.signal ? { signal: options.signal } : {}).catch(() => undefined);
  }
}

function deadlinePassed(options: UntilOptions, cause: unknown): DeadlinePassedError {
  const seen = cause instanceof Error ? `; last error: ${cause.message}` : '';
  return new DeadlinePassedError(`${options.what ?? 'the condition'} did not come true within ${options.within} ms${seen}`, { cause });
}
