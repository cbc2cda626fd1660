import { randomBytes } from 'node:crypto';

const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

/** A fresh W3C traceparent (Trace Context, level 1), sampled. */
export function newTraceparent(): string {
  return `00-${randomId(16)}-${randomId(8)}-01`;
}

/** The next step of the same trace; a new trace when the parent is missing or malformed. */
export function childTraceparent(parent: string | undefined): string {
  const traceId = traceIdOf(parent);
  return traceId ? `00-${traceId}-${randomId(8)}-01` : newTraceparent();
}

/** The trace id (32 hex digits) of a traceparent; `null` when it is missing or malformed, or its ids are all zeros. */
export function traceIdOf(traceparent: string | undefined): string | null {
  const match = TRACEPARENT.exec(traceparent ?? '');
  if (!match?.[1] || !match[2] || /^0+$/.test(match[1]) || /^0+$/.test(match[2])) return null;
  return match[1];
}

/** The standard forbids ids of zeros only. */
function randomId(bytes: number): string {
  const id = randomBytes(bytes).toString('hex');
  return /^0+$/.test(id) ? randomId(bytes) : id;
}
