import { createHash } from 'node:crypto';

/*
 * A tree of hashes over the lines of a range (RFC 9162 section 2.1, with SHA-256): one line is proven by the hashes beside its way to the root, without the
 * other lines. Leaves and nodes are told apart by their first byte, so that none can be passed off as the other.
 */
const LEAF = Buffer.of(0);
const NODE = Buffer.of(1);

export function leafHash(line: string): Buffer {
  return createHash('sha256').update(LEAF).update(line, 'utf8').digest();
}

/** The tree over these leaves, from themselves up to the root alone. A node without a neighbour is handed up as it is. */
export function treeOf(leaves: readonly Buffer[]): readonly (readonly Buffer[])[] {
  const levels: (readonly Buffer[])[] = [leaves];
  for (let level = leaves; level.length > 1;) {
    const below = level;
    level = Array.from({ length: Math.ceil(below.length / 2) }, (_, index) => {
      const [left = Buffer.alloc(0), right] = below.slice(2 * index, 2 * index + 2);
      return right === undefined ? left : nodeHash(left, right);
    });
    levels.push(level);
  }
  return levels;
}

/** Of no leaves, the hash of nothing. */
export function rootOf(leaves: readonly Buffer[]): Buffer {
  return treeOf(leaves).at(-1)?.[0] ?? createHash('sha256').digest();
}

/** The hashes beside the way from one leaf to the root, the nearest first. */
export function pathOf(tree: ReturnType<typeof treeOf>, index: number): Buffer[] {
  return tree.flatMap((level, height) => level[Math.floor(index / 2 ** height) ^ 1] ?? []);
}

/** The root that a leaf leads to as number `index` of `count`; `null` for a path that is longer or shorter than there is way. */
export function rootFrom(leaf: Buffer, index: number, count: number, path: readonly Buffer[]): Buffer | null {
  if (count <= 1) return path.length === 0 ? leaf : null;
  const beside = path.at(-1);
  if (beside === undefined) return null;
  const half = halfOf(count);
  const [left, right] = index < half
    ? [rootFrom(leaf, index, half, path.slice(0, -1)), beside]
    : [beside, rootFrom(leaf, index - half, count - half, path.slice(0, -1))];
  return left === null || right === null ? null : nodeHash(left, right);
}

function nodeHash(left: Buffer, right: Buffer): Buffer {
  return createHash('sha256').update(NODE).update(left).update(right).digest();
}

/** The largest power of two that is smaller. */
function halfOf(count: number): number {
  return 2 ** Math.floor(Math.log2(count - 1));
}
