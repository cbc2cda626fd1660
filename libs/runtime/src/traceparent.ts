import { randomUUID } from 'node:crypto';

const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

/** A fresh W3C traceparent (Trace Context, level 1), sampled. */
export function newTraceparent(): string {
  return `00-${randomId()}-${randomId().slice(0, 16)}-01`;
}

/** The next step of the same trace; a new trace when the parent is missing or malformed. */
export function childTraceparent(parent: string | undefined): string {
  const traceId = traceIdOf(parent);
  return traceId ? `00-${traceId}-${randomId().slice(0, 16)}-01` : newTraceparent();
}

/** The trace id (32 hex digits) of a traceparent; `null` when it is missing or malformed, or its ids are all zeros. */
export function traceIdOf(traceparent: string | undefined): string | null {
  const match = TRACEPARENT.exec(traceparent ?? '');
  if (!match?.[1] || !match[2] || /^0+$/.test(match[1]) || /^0+$/.test(match[2])) return null;
  return match[1];
}

/** 32 hex digits, never zeros only: a UUID says its version. Node draws the random bytes of many UUIDs at once, and the draw is the dear part. */
function randomId(): string {
  return randomUUID().replaceAll('-', '');
}
