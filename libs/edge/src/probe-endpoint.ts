import { parseRetryAfter } from './classify-attempt.ts';
import { OUTGOING_APP_KEY, type Endpoint } from './endpoints.ts';
import type { HttpClient } from './http-client.ts';
import { signOutgoing } from './signing.ts';

/** Whether an endpoint that was down lives again. */
export interface ProbeAnswer {
  readonly alive: boolean;
  /** What it asked for in `Retry-After`, when it answered that it is not ready. */
  readonly retryAfterMs: number | null;
}

const NOTHING = Buffer.alloc(0);

/** Asks with a signed `HEAD`: any answer below 500 is one of a program that works, even if it knows no such method. Never rejects. */
export async function probeEndpoint(endpoint: Endpoint, client: HttpClient): Promise<ProbeAnswer> {
  const { health: url, timeoutMs } = endpoint;
  const headers = { accept: '*/*', ...signOutgoing({ method: 'HEAD', url, body: NOTHING, appKey: OUTGOING_APP_KEY }, endpoint.key) };
  const { result } = await client.send({ method: 'HEAD', path: url.pathname + url.search, headers, body: null, timeoutMs });
  if (result.kind === 'broken') return { alive: false, retryAfterMs: null };
  const alive = result.status < 500;
  return { alive, retryAfterMs: alive ? null : parseRetryAfter(result.retryAfter, Date.now()) };
}
