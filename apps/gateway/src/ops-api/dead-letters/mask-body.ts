import { scrubbed } from '../personal-numbers.ts';

/** What stands for the part of a value that is not shown. */
const STARS = '***';

/**
 * Names whose text says nothing of a person: ids of the bridge, codes, words of fixed sets, times. Everything else is masked, so that a
 * field that is new, or misspelt, is hidden and not shown.
 */
const PLAIN: ReadonlySet<string> = new Set([
  'specversion', 'id', 'source', 'type', 'subject', 'time', 'datacontenttype', 'schemaversion', 'traceparent', 'transferId', 'projectNo', 'destination', 'kind', 'outcome',
  'errorCode', 'responseDigest', 'itemCode', 'itemVersion', 'projectType', 'applySource', 'hallCode', 'regionCode', 'orgCode', 'windowNo', 'batchNo', 'materialCode', 'form', 'mime',
  'fileId', 'sm3', 'certType', 'relation', 'transferDirection', 'cdOperation', 'code', 'action', 'state', 'unit', 'corrects', 'grantId', 'refusalId', 'app', 'path', 'party', 'keyId',
  'field', 'rule', 'businessType', 'status', 'instance', 'platformCode', 'unitCode',
]);
const TIME_NAME = /(?:At|Date|Time)$/;
const TIME = /^[\d\-:T.Z+ ]{8,35}$/;

/** A text as it is shown under this name. */
function maskText(name: string, text: string): string {
  if (PLAIN.has(name)) return scrubbed(text);
  if (TIME_NAME.test(name) && TIME.test(text)) return text;
  return text === '' ? '' : `${[...text][0] ?? ''}${STARS}`;
}

/** A JSON value with everything masked that may be personal. Numbers written as such are counts, and flags are flags; both are shown. */
export function maskBody(value: unknown, name = ''): unknown {
  if (typeof value === 'string') return maskText(name, value);
  if (typeof value === 'number') return Number.isSafeInteger(value) && Math.abs(value) < 1e10 ? value : STARS;
  if (Array.isArray(value)) return value.map((element) => maskBody(element, name));
  if (isRecord(value)) return Object.fromEntries(Object.entries(value).map(([key, inner]) => [scrubbed(key), maskBody(inner, key)]));
  return value;
}

/** What somebody who saw only the masked body sent back: what still stands there masked is what it was. */
export function unmaskBody(sent: unknown, original: unknown, name = ''): unknown {
  if (Array.isArray(sent)) return sent.map((element, index) => unmaskBody(element, Array.isArray(original) ? original[index] : undefined, name));
  if (isRecord(sent)) {
    const before = isRecord(original) ? original : {};
    return Object.fromEntries(Object.entries(sent).map(([key, inner]) => [key, unmaskBody(inner, Object.hasOwn(before, key) ? before[key] : undefined, key)]));
  }
  return original !== undefined && original !== null && typeof original !== 'object' && sent === maskBody(original, name) ? original : sent;
}

/** Where a value is masked still, by its path: what was moved, or never was in the original. */
export function maskedPaths(value: unknown, path = ''): string[] {
  if (typeof value === 'string') return value.includes(STARS) ? [path] : [];
  if (Array.isArray(value)) return value.flatMap((element, index) => maskedPaths(element, `${path}[${index}]`));
  if (isRecord(value)) return Object.entries(value).flatMap(([key, inner]) => maskedPaths(inner, path === '' ? key : `${path}.${key}`));
  return [];
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
