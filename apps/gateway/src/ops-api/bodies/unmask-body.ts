import { shownLeaf, STARS } from './mask-body.ts';

/** What somebody who saw only the masked body sent back: what still stands there masked is what it was. */
export function unmaskBody(sent: unknown, original: unknown, names: readonly string[] = []): unknown {
  if (Array.isArray(sent)) return sent.map((element, index) => unmaskBody(element, Array.isArray(original) ? original[index] : undefined, names));
  if (isRecord(sent)) {
    const before = isRecord(original) ? original : {};
    return Object.fromEntries(Object.entries(sent).map(([name, inner]) => [name, unmaskBody(inner, Object.hasOwn(before, name) ? before[name] : undefined, [...names, name])]));
  }
  return original !== undefined && typeof original !== 'object' && sent === shownLeaf({ names, value: original }) ? original : sent;
}

/** Where a value is masked still, by its path: what was moved, or never was in the original. */
export function maskedPaths(value: unknown, path = ''): string[] {
  if (typeof value === 'string') return value.includes(STARS) ? [path] : [];
  if (Array.isArray(value)) return value.flatMap((element, index) => maskedPaths(element, `${path}[${index}]`));
  if (isRecord(value)) return Object.entries(value).flatMap(([name, inner]) => maskedPaths(inner, path === '' ? name : `${path}.${name}`));
  return [];
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
