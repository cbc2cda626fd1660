import type { OpsProblem } from '../problems/ops-problem.ts';
import { brokenQuery } from '../problems/ops-problem.ts';

/** The place in a list after which the next page begins: an instant in microseconds, as text, and the key that breaks ties. */
export interface TimePlace {
  readonly at: string;
  readonly key: string;
}

const MICROS = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z$/;
const MAX_KEY = 120;

/** A place as opaque text: callers carry it back and never look inside. */
export function encodeCursor(parts: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(parts)).toString('base64url');
}

/** The place of a cursor, or `null` for the first page. Throws an {@link OpsProblem} for anything we did not make. */
export function decodeTimePlace(cursor: string | undefined): TimePlace | null {
  if (cursor === undefined) return null;
  const [at, key, ...rest] = partsOf(cursor);
  const ours = typeof at === 'string' && isInstant(at) && typeof key === 'string' && key.length <= MAX_KEY && rest.length === 0;
  if (!ours) throw foreignCursor();
  return { at, key };
}

/** A place in a list whose rows may move to its front, with the moment at which the walk through it began; `null` for the first page. */
export function decodeSeenPlace(cursor: string | undefined): (TimePlace & { readonly began: string }) | null {
  if (cursor === undefined) return null;
  const [at, key, began, ...rest] = partsOf(cursor);
  const place = decodeTimePlace(encodeCursor([String(at), String(key)]));
  if (place === null || typeof began !== 'string' || !isInstant(began) || rest.length > 0) throw foreignCursor();
  return { ...place, began };
}

/** Places in lists ordered by a row's number, one for each list that is merged; `null` for the first page. */
export function decodeNumberPlaces(cursor: string | undefined, count: number): number[] | null {
  if (cursor === undefined) return null;
  const parts = partsOf(cursor);
  const places = parts.filter((part): part is number => Number.isSafeInteger(part));
  if (parts.length !== count || places.length !== count) throw foreignCursor();
  return places;
}

/** A place in a list ordered by the columns of a key, all of them text; `null` for the first page. */
export function decodeKeyPlace(cursor: string | undefined, columns: number): string[] | null {
  if (cursor === undefined) return null;
  const parts = partsOf(cursor);
  const keys = parts.filter((part): part is string => typeof part === 'string' && part.length <= MAX_KEY);
  if (parts.length !== columns || keys.length !== columns) throw foreignCursor();
  return keys;
}

function isInstant(text: string): boolean {
  return MICROS.test(text) && !Number.isNaN(Date.parse(text));
}

function partsOf(cursor: string): unknown[] {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    return Array.isArray(parts) ? parts : [];
  } catch {
    return [];
  }
}

function foreignCursor(): OpsProblem {
  return brokenQuery([{
    field: 'cursor', rule: 'cursor',
    zh: '不是本接口给出的游标；请去掉 cursor 从第一页开始', en: 'is not a cursor of this list; leave it out to begin at the first page',
  }]);
}
