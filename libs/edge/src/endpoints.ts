import type { Destination } from '#contracts';
import { ConfigError, type ConfigProblem } from '#runtime';
import type { OutgoingKey } from './signing.ts';
import { isRecord, parseObject, readSecret, show } from './signing-keys.ts';

/** Where a destination's transfers are delivered, and how they are signed. */
export interface Endpoint {
  readonly url: URL;
  /** The whole attempt, from connecting to the last byte of the answer, in milliseconds. */
  readonly timeoutMs: number;
  readonly key: OutgoingKey;
}

export type Endpoints = ReadonlyMap<Destination, Endpoint>;

const DEFAULT_TIMEOUT_MS = 5_000;
const MAX_TIMEOUT_MS = 60_000;
const DESTINATION = /^(centre|hall:\d{6,12})$/;

/** Reads the text of the endpoints file. @throws ConfigError naming every field that cannot be used, and never a secret */
export function parseEndpoints(text: string): Endpoints {
  const file = 'ENDPOINTS_FILE';
  const problems: ConfigProblem[] = [];
  const endpoints = new Map<Destination, Endpoint>();
  for (const [destination, entry] of Object.entries(parseObject(file, text))) {
    const at = `${file} ${destination}`;
    if (!DESTINATION.test(destination)) problems.push({ field: at, given: 'a name that is no destination', allowed: 'centre, hall:<code>' });
    const endpoint = readEndpoint(at, isRecord(entry) ? entry : {}, problems);
    if (endpoint !== null) endpoints.set(destination as Destination, endpoint);
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return endpoints;
}

function readEndpoint(at: string, fields: Record<string, unknown>, problems: ConfigProblem[]): Endpoint | null {
  const url = readUrl(fields['url']);
  const timeoutMs = fields['timeoutMs'] ?? DEFAULT_TIMEOUT_MS;
  const goodTimeout = typeof timeoutMs === 'number' && Number.isInteger(timeoutMs) && timeoutMs >= 100 && timeoutMs <= MAX_TIMEOUT_MS;
  // The address is not repeated: it may carry a password.
  if (url === null) problems.push({ field: `${at}.url`, given: 'no such address', allowed: 'an http or https address without user, password or fragment' });
  if (!goodTimeout) problems.push({ field: `${at}.timeoutMs`, given: show(timeoutMs), allowed: `a whole number from 100 to ${MAX_TIMEOUT_MS}` });
  const key = readSecret(`${at}.signing`, isRecord(fields['signing']) ? fields['signing'] : {}, problems);
  return url === null || !goodTimeout ? null : { url, timeoutMs, key };
}

function readUrl(value: unknown): URL | null {
  const url = typeof value === 'string' ? URL.parse(value) : null;
  if (url === null || !['http:', 'https:'].includes(url.protocol)) return null;
  return url.username === '' && url.password === '' && url.hash === '' ? url : null;
}
