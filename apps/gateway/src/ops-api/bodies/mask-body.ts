import { scrubbed } from '../personal-numbers.ts';
import { classOf, isHarmless } from './harmless-fields.ts';
import type { MaskClass } from './harmless-fields.ts';

/** Stands in every masked value, and in no other. */
export const STARS = '**';
const SHOWN = 4;
const LONG_ENOUGH = 8;
/** Messages are a few levels deep; what is deeper is masked as a whole. */
const MAX_DEPTH = 12;

/** One value of a body and where it stands: `data.materials[0].name`. */
export interface Leaf {
  readonly path: string;
  readonly names: readonly string[];
  readonly value: unknown;
}

export interface MaskedField {
  readonly path: string;
  readonly class: MaskClass;
}

export interface MaskedBody {
  readonly body: unknown;
  readonly masked: readonly MaskedField[];
}

/** A body with everything masked that is not known to be harmless. What is harmless by its name and looks like a personal number is masked too. */
export function maskBody(body: unknown): MaskedBody {
  const masked: MaskedField[] = [];
  const shown = mapLeaves(body, '', [], (leaf) => {
    if (!isShown(leaf)) masked.push({ path: leaf.path, class: classOf(leaf.names) });
    return shownLeaf(leaf);
  });
  return { body: shown, masked };
}

/** How one value is shown. */
export function shownLeaf(leaf: Omit<Leaf, 'path'>): unknown {
  return isShown(leaf) ? leaf.value : maskedValue(leaf.value, classOf(leaf.names));
}

/** The values of a body by their paths. */
export function leavesOf(body: unknown): Map<string, unknown> {
  const leaves = new Map<string, unknown>();
  mapLeaves(body, '', [], ({ path, value }) => leaves.set(path, value));
  return leaves;
}

function isShown({ names, value }: Omit<Leaf, 'path'>): boolean {
  if (value === null) return true;
  if (typeof value === 'object' || !isHarmless(names)) return false;
  const text = JSON.stringify(value);
  return scrubbed(text) === text;
}

function mapLeaves(value: unknown, path: string, names: readonly string[], map: (leaf: Leaf) => unknown, depth = 0): unknown {
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return map({ path, names, value });
  if (Array.isArray(value)) return value.map((item, index) => mapLeaves(item, `${path}[${index}]`, names, map, depth + 1));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => {
    // Of a message that no door has read, even a name may be somebody's number.
    const name = scrubbed(key);
    return [name, mapLeaves(item, path === '' ? name : `${path}.${name}`, [...names, name], map, depth + 1)];
  }));
}

function maskedValue(value: unknown, kind: MaskClass): string {
  if (typeof value !== 'string') return `*${STARS}`;
  if (kind === 'name') return `${[...value].slice(0, 1).join('')}${STARS}`;
  return kind !== 'other' && value.length >= LONG_ENOUGH ? `*${STARS}${value.slice(-SHOWN)}` : `*${STARS}`;
}
