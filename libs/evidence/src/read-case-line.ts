import { CASE_FORMAT } from './case-lines.ts';
import { has, parsed, readLine } from './read-line.ts';
import type { ReadLine, Shape } from './read-line.ts';

/** A line of the export of one case, by what it is. */
export type ReadCaseLine =
  | Exclude<ReadLine, { readonly kind: 'begin' }>
  | { readonly kind: 'begin'; readonly projectNo: string; readonly unsealed: number }
  | { readonly kind: 'proof'; readonly index: number; readonly path: readonly Buffer[] };

const BEGIN: Shape = { line: 'text', format: 'text', projectNo: 'text', upTo: 'number', unsealed: 'number', proves: 'text', needsChain: 'text' };
const HASH = /^[0-9a-f]{64}$/;

/** Reads one line; `null` for everything that the writer does not write, down to the last blank. */
export function readCaseLine(line: string): ReadCaseLine | null {
  const value = parsed(line);
  if (value === null || JSON.stringify(value) !== line) return null;
  if (value['line'] === 'proof') return proofOf(value);
  if (value['line'] === 'begin') {
    return has(value, BEGIN) && value['format'] === CASE_FORMAT ? { kind: 'begin', projectNo: String(value['projectNo']), unsealed: Number(value['unsealed']) } : null;
  }
  const read = readLine(line);
  return read?.kind === 'begin' ? null : read;
}

function proofOf(value: Record<string, unknown>): ReadCaseLine | null {
  const { index, path } = value;
  if (Object.keys(value).join() !== 'line,index,path' || !Number.isSafeInteger(index) || !Array.isArray(path)) return null;
  const hashes: unknown[] = path;
  return hashes.every((hash) => typeof hash === 'string' && HASH.test(hash)) ? { kind: 'proof', index: Number(index), path: hashes.map((hash) => Buffer.from(String(hash), 'hex')) } : null;
}
