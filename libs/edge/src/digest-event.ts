import { hash } from 'node:crypto';

/**
 * SHA-256 (hex) of what an event says: JSON with sorted names, so that neither the order of fields nor white space matters.
 * `traceparent` is left out: it belongs to the sending, and a second sending of the same event may carry another.
 */
export function digestEvent(event: object): string {
  const { traceparent: _trace, ...said } = event as { readonly traceparent?: unknown };
  return hash('sha256', canonicalJson(said), 'hex');
}

function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item: unknown) => canonicalJson(item)).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  entries.sort(([left], [right]) => (left < right ? -1 : 1));
  return `{${entries.map(([name, item]) => `${JSON.stringify(name)}:${canonicalJson(item)}`).join(',')}}`;
}
