/** Aborted when we are asked to stop: by a signal, or because whoever started us is gone. Repeated signals say nothing new. */
export function stopSignal(): AbortSignal {
  const controller = new AbortController();
  const stop = (reason: string): void => {
    if (!controller.signal.aborted) controller.abort(new StopAskedError(reason));
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => { stop(name); });
  process.on('disconnect', () => { stop('the parent is gone'); });
  // The channel to the parent is there to be noticed when it closes; it must not keep us running.
  process.channel?.unref();
  return controller.signal;
}

/** Somebody wants us to stop; nothing is wrong. */
export class StopAskedError extends Error {
  override readonly name = 'StopAskedError';
}

/** Rejects when the signal is aborted; never resolves. */
export function whenAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const fail = (): void => { reject(signal.reason as Error); };
    if (signal.aborted) fail();
    else signal.addEventListener('abort', fail, { once: true });
  });
}
