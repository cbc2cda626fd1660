import { hash } from 'node:crypto';

/** An event in its canonical text: JSON with sorted names, without white space, in UTF-8. */
export interface WrittenEvent {
  /** SHA-256 (hex) of what the event says. */
  readonly digest: string;
  /** The whole event. */
  readonly bytes: Buffer;
}

/**
 * Writes an event once for all that need its bytes. The digest is of the canonical text, so that neither the order of fields nor white space
 * matters, without `traceparent`: that belongs to the sending, and a second sending of the same event may carry another.
 */
export function writeEvent(event: object): WrittenEvent {
  const { traceparent, ...said } = event as { readonly traceparent?: unknown };
  const text = Buffer.from(JSON.stringify(sortNames(said)));
  return { digest: hash('sha256', text, 'hex'), bytes: traceparent === undefined ? text : withName(text, 'traceparent', traceparent) };
}

/** The digest of {@link writeEvent} alone. */
export function digestEvent(event: object): string {
  return writeEvent(event).digest;
}

/** Sorting first and writing once is faster than writing piece by piece. */
function sortNames(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(sortNames);
  const sorted: Record<string, unknown> = {};
  for (const name of Object.keys(value).sort()) sorted[name] = sortNames((value as Record<string, unknown>)[name]);
  return sorted;
}

/** A JSON object with one more name behind the others. */
function withName(object: Buffer, name: string, value: unknown): Buffer {
  const end = object.length - 1;
  return Buffer.concat([object.subarray(0, end), Buffer.from(`${end > 1 ? ',' : ''}${JSON.stringify(name)}:${JSON.stringify(value)}}`)]);
}
