/** What one try came to for one event; not final: try again later with the same event id. */
export interface Reply {
  readonly final: boolean;
  readonly status: number;
  readonly transferId: string | null;
  readonly code: string | null;
  readonly retryAfterMs: number | null;
}

/** Worth another try: the receiver was away, busy or broken, and said nothing about the event itself. */
function passes(status: number): boolean {
  return status === 408 || status === 429 || status >= 500;
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function replyOf(status: number, body: unknown, retryAfterMs: number | null): Reply {
  return {
    final: !passes(status), status, transferId: text(field(body, 'transferId')),
    code: text(field(body, 'code')) ?? text(field(field(body, 'problem'), 'code')), retryAfterMs,
  };
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
}

/** One reply per event: a list speaks for each, anything else for all. */
export function readReplies(status: number, retryAfter: string | string[] | undefined, body: string, count: number): Reply[] {
  const seconds = Number(retryAfter);
  const retryAfterMs = retryAfter !== undefined && Number.isFinite(seconds) ? seconds * 1000 : null;
  const parsed = parse(body);
  if ((status === 202 || status === 207) && Array.isArray(parsed) && parsed.length === count) {
    return parsed.map((one: unknown) => replyOf(Number(field(one, 'status') ?? status), one, retryAfterMs));
  }
  return Array.from({ length: count }, () => replyOf(status, parsed, retryAfterMs));
}
