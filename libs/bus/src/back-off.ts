/**
 * How long to wait before the next try: exponential from `baseMs` to at most `maxMs`, with jitter over the upper half, so that
 * programs that lost the same server do not all come back in the same instant.
 *
 * @param failures 1 after the first failure
 */
export function backOffMs(failures: number, baseMs: number, maxMs: number, random: () => number = Math.random): number {
  const ceiling = Math.min(maxMs, baseMs * 2 ** Math.min(failures - 1, 20));
  return Math.round(ceiling * (0.5 + random() / 2));
}
