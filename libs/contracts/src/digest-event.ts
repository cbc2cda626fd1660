import { hash } from 'node:crypto';

/**
 * SHA-256 (hex) of what an event says: JSON with sorted names, so that neither the order of fields nor white space matters.
 * `traceparent` is left out: it belongs to the sending, and a second sending of the same event may carry another.
 */
export function digestEvent(event: object): string {
  const { traceparent: _trace, ...said } = event as { readonly traceparent?: unknown };
  return hash('sha256', JSON.stringify(sortNames(said)), 'hex');
}

/** Sorting first and writing once is several times faster than writing piece by piece. */
function sortNames(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(sortNames);
  const sorted: Record<string, unknown> = {};
  for (const name of Object.keys(value).sort()) sorted[name] = sortNames((value as Record<string, unknown>)[name]);
  return sorted;
}
