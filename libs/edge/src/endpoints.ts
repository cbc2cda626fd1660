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
  /** Asked with `HEAD` whether the endpoint lives, while it is down; `url` unless it is given. */
  readonly health: URL;
  /** Asked before a transfer is sent that may have been sent before; `null` for an endpoint that honours the Idempotency-Key. */
  readonly verify: VerifyAddress | null;
}

/** Where an endpoint says whether it has a transfer. */
export interface VerifyAddress {
  readonly urlOf: (transferId: string) => URL;
  /** The whole question, in milliseconds. */
  readonly timeoutMs: number;
}

/** The name under which the bridge signs what it sends. */
export const OUTGOING_APP_KEY = 'bridge';

export type Endpoints = ReadonlyMap<Destination, Endpoint>;

const DEFAULT_TIMEOUT_MS = 5_000;
const MAX_TIMEOUT_MS = 60_000;
const ADDRESS = 'an http or https address without user, password or fragment';
const TIMEOUT = `a whole number from 100 to ${MAX_TIMEOUT_MS}`;
const TRANSFER_ID = '{transferId}';
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
  // The address is not repeated: it may carry a password.
  if (url === null) problems.push({ field: `${at}.url`, given: 'no such address', allowed: ADDRESS });
  if (!goodTimeout(timeoutMs)) problems.push({ field: `${at}.timeoutMs`, given: show(timeoutMs), allowed: TIMEOUT });
  const key = readSecret(`${at}.signing`, isRecord(fields['signing']) ? fields['signing'] : {}, problems);
  const health = readHealth(`${at}.health`, fields['health'], problems);
  const verify = readVerify(`${at}.verify`, fields['verify'], problems);
  return url === null || !goodTimeout(timeoutMs) ? null : { url, timeoutMs, key, health: health ?? url, verify };
}

function readHealth(at: string, value: unknown, problems: ConfigProblem[]): URL | null {
  if (value === undefined) return null;
  const url = readUrl(value);
  if (url === null) problems.push({ field: at, given: 'no such address', allowed: ADDRESS });
  return url;
}

function readVerify(at: string, value: unknown, problems: ConfigProblem[]): VerifyAddress | null {
  if (value === undefined) return null;
  const { url, timeoutMs = DEFAULT_TIMEOUT_MS } = isRecord(value) ? value : {};
  const template = readTemplate(url);
  if (template === null) problems.push({ field: `${at}.url`, given: 'no such address', allowed: 'an http or https address without user, password or fragment, with {transferId} once' });
  if (!goodTimeout(timeoutMs)) problems.push({ field: `${at}.timeoutMs`, given: show(timeoutMs), allowed: TIMEOUT });
  if (template === null || !goodTimeout(timeoutMs)) return null;
  return { timeoutMs, urlOf: (transferId) => new URL(template.replace(TRANSFER_ID, encodeURIComponent(transferId))) };
}

function readTemplate(value: unknown): string | null {
  if (typeof value !== 'string' || value.split(TRANSFER_ID).length !== 2) return null;
  return readUrl(value.replace(TRANSFER_ID, 'tr_1')) === null ? null : value;
}

function goodTimeout(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 100 && value <= MAX_TIMEOUT_MS;
}

function readUrl(value: unknown): URL | null {
  const url = typeof value === 'string' ? URL.parse(value) : null;
  if (url === null || !['http:', 'https:'].includes(url.protocol)) return null;
  return url.username === '' && url.password === '' && url.hash === '' ? url : null;
}
