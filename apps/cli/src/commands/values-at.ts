import { plain } from '../terminal/plain-text.ts';

/** More entries of a list than these are only counted. */
const SHOWN = 5;

/** The values at a path in which lists are written `[]`, as one line; `-` where there is none. */
export function valuesAt(body: unknown, path: string): string {
  const values = path.split('.').reduce<readonly unknown[]>((found, name) => found.flatMap((one) => step(one, name)), [body]).filter(isScalar);
  const shown = values.slice(0, SHOWN).map((value) => plain(value));
  return shown.length === 0 ? '-' : `${shown.join('；')}${values.length > SHOWN ? `……共 ${values.length} 个` : ''}`;
}

function step(value: unknown, name: string): readonly unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  const inner = Object.entries(value).find(([key]) => key === name.replace(/\[\]$/, ''))?.[1] as unknown;
  if (name.endsWith('[]')) return Array.isArray(inner) ? inner : [];
  return inner === undefined ? [] : [inner];
}

function isScalar(value: unknown): value is string | number | boolean {
  return ['string', 'number', 'boolean'].includes(typeof value);
}
