import type { KeyObject } from 'node:crypto';
import type { Party } from '#contracts';
import { ConfigError, type ConfigProblem } from '#runtime';
import { secretToKey, SIGNING_ALGORITHMS, type SigningAlgorithm } from './signing.ts';

/** A key a party may sign with; outside `[notBefore, notAfter)` (epoch milliseconds) it proves nothing. */
export interface VerifyingKey {
  readonly algorithm: SigningAlgorithm;
  readonly key: KeyObject;
  readonly notBefore: number;
  readonly notAfter: number;
}

/** Every party that may knock at this door, by its app key. */
export type KeyBook = ReadonlyMap<string, { readonly party: Party; readonly keys: ReadonlyMap<string, VerifyingKey> }>;

const MIN_SECRET_LENGTH = 16;
const KEY_ID = /^[A-Za-z0-9._:-]{1,64}$/;

/** `hall-410204` → `hall:410204`; `null` for a name that is no party of the bridge. */
export function partyOfAppKey(appKey: string): Party | null {
  if (appKey === 'centre' || appKey === 'bureau') return appKey;
  const hall = /^hall-(\d{6,12})$/.exec(appKey)?.[1];
  return hall === undefined ? null : `hall:${hall}`;
}

/** Reads the text of the ingress key file. @throws ConfigError naming every field that cannot be used, and never a secret */
export function parseKeyBook(text: string): KeyBook {
  const file = 'INGRESS_KEYS_FILE';
  const problems: ConfigProblem[] = [];
  const book = new Map(Object.entries(parseObject(file, text)).map(([appKey, list]) => {
    const party = partyOfAppKey(appKey);
    if (party === null) problems.push({ field: `${file} ${appKey}`, given: 'a name that is no party', allowed: 'hall-<code>, centre, bureau' });
    return [appKey, { party: party ?? 'bureau', keys: readKeys(`${file} ${appKey}`, list, problems) }] as const;
  }));
  if (problems.length > 0) throw new ConfigError(problems);
  return book;
}

function readKeys(at: string, list: unknown, problems: ConfigProblem[]): Map<string, VerifyingKey> {
  const keys = new Map<string, VerifyingKey>();
  if (!Array.isArray(list) || list.length === 0) {
    problems.push({ field: at, given: 'no list, or an empty one', allowed: 'a list of at least one key' });
    return keys;
  }
  list.forEach((entry: unknown, index) => {
    const field = `${at}[${index}]`;
    const fields = isRecord(entry) ? entry : {};
    const signing = readSecret(field, fields, problems);
    if (keys.has(signing.keyId)) problems.push({ field: `${field}.keyId`, given: 'an id used twice', allowed: 'ids that differ' });
    keys.set(signing.keyId, {
      algorithm: signing.algorithm,
      key: signing.key,
      notBefore: readInstant(`${field}.notBefore`, fields['notBefore'], -Infinity, problems),
      notAfter: readInstant(`${field}.notAfter`, fields['notAfter'], Infinity, problems),
    });
  });
  return keys;
}

/** Reads `{keyId, algorithm, secret}`; what is wrong is added to `problems` by the field's name, never with a secret's text. */
export function readSecret(
  at: string, fields: Record<string, unknown>, problems: ConfigProblem[],
): { keyId: string; algorithm: SigningAlgorithm; key: KeyObject } {
  const { keyId, algorithm, secret } = fields;
  const goodId = typeof keyId === 'string' && KEY_ID.test(keyId);
  const goodAlgorithm = typeof algorithm === 'string' && Object.hasOwn(SIGNING_ALGORITHMS, algorithm);
  const goodSecret = typeof secret === 'string' && secret.length >= MIN_SECRET_LENGTH;
  if (!goodId) problems.push({ field: `${at}.keyId`, given: show(keyId), allowed: '1 to 64 of A-Z a-z 0-9 . _ : -' });
  if (!goodAlgorithm) problems.push({ field: `${at}.algorithm`, given: show(algorithm), allowed: `one of ${Object.keys(SIGNING_ALGORITHMS).join(', ')}` });
  if (!goodSecret) problems.push({ field: `${at}.secret`, given: '(secret, not shown)', allowed: `text of at least ${MIN_SECRET_LENGTH} characters` });
  return {
    keyId: goodId ? keyId : '',
    algorithm: goodAlgorithm ? algorithm as SigningAlgorithm : 'HMAC-SHA256',
    key: secretToKey(goodSecret ? secret : ''),
  };
}

function readInstant(field: string, value: unknown, absent: number, problems: ConfigProblem[]): number {
  if (value === undefined || value === null) return absent;
  const instant = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(instant)) problems.push({ field, given: show(value), allowed: 'an RFC 3339 time such as 2027-06-01T00:00:00+08:00' });
  return instant;
}

/** A value as a configuration error shows it. */
export function show(value: unknown): string {
  return value === undefined ? 'nothing' : (JSON.stringify(value) ?? typeof value).slice(0, 100);
}

/** The JSON object in a file's text. @throws ConfigError that does not repeat the text, for it may hold secrets */
export function parseObject(field: string, text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (isRecord(value)) return value;
  } catch {
    // Said below.
  }
  throw new ConfigError([{ field, given: 'text that is no JSON object', allowed: 'a JSON object' }]);
}

/** A JSON object, neither an array nor null. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
