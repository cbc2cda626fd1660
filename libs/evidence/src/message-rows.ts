import { createHash } from 'node:crypto';
import { leafHash, rootOf } from './row-tree.ts';

/**
 * What is vouched for of each kind of row, in the order in which it is written out. Only what never changes: what became of an event later
 * is no part of it. Times are RFC 3339 in UTC with microseconds, which is all that the ledger keeps.
 *
 * - `events` 事件: every event that came in.
 * - `attempts` 投递尝试: every attempt as it was first reported.
 * - `later-reports` 后到的送达回执: of an attempt first reported as failed, the report that it arrived. The first one stays vouched for beside it.
 * - `revisions` 修订: every payload that took the place of another, by a person's edit or, after a hall's correction, by the bridge itself. The
 *   payloads are told by their digests.
 */
export const MESSAGE_COLUMNS = {
  events: ['seq', 'source', 'eventId', 'type', 'party', 'projectNo', 'dataVersion', 'digest', 'occurredAt', 'doorAt', 'recordedAt'],
  attempts: ['seq', 'transferId', 'attempt', 'outcome', 'httpStatus', 'errorCode', 'responseDigest', 'startedAt', 'finishedAt'],
  'later-reports': ['seq', 'attemptSeq', 'transferId', 'attempt', 'outcome', 'httpStatus', 'errorCode', 'responseDigest', 'startedAt', 'finishedAt'],
  revisions: ['seq', 'transferId', 'revision', 'cause', 'author', 'approver', 'changedPaths', 'attemptsBefore', 'digestBefore', 'digestAfter', 'madeAt'],
} as const satisfies Record<string, readonly ['seq', ...string[]]>;

export type MessageTable = keyof typeof MESSAGE_COLUMNS;

/** A row by the names of its columns. */
export type MessageRow<Table extends MessageTable = MessageTable> =
  Readonly<Record<Exclude<(typeof MESSAGE_COLUMNS)[Table][number], 'seq'>, string | number | null>> & { readonly seq: number };

/** What the entry of a range of rows says: that these rows, and no others, lay in the ledger with these numbers. */
export interface SealedRange {
  readonly table: MessageTable;
  /** First and last number that the range covers. Not every number has a row; where one has none, none was ever committed. */
  readonly from: number;
  readonly to: number;
  readonly rows: number;
  /** SHA-256 over the lines of the rows in ascending order, each ended by a line feed; hexadecimal. */
  readonly digest: string;
  /** Root of the tree over the same lines, hexadecimal: by it one row is proven without the others. Ranges of earlier versions have none. */
  readonly root?: string;
}

/** One row as it is exported and as it goes into the digest: the same text for the same row, whoever writes it. */
export function rowLine<Table extends MessageTable>(table: Table, row: MessageRow<Table>): string {
  const values: Readonly<Record<string, string | number | null>> = row;
  const line: Record<string, string | number | null> = { row: table };
  for (const name of MESSAGE_COLUMNS[table]) line[name] = values[name] ?? null;
  return JSON.stringify(line);
}

/** The digest of a range and the root of its tree, row by row. */
export class RangeDigest {
  private readonly hash = createHash('sha256');
  private readonly leaves: Buffer[] = [];

  get rows(): number {
    return this.leaves.length;
  }

  add(line: string): void {
    this.hash.update(line, 'utf8').update('\n');
    this.leaves.push(leafHash(line));
  }

  /** Hexadecimal, as is the root; nothing can be added afterwards. */
  end(): { readonly digest: string; readonly root: string } {
    return { digest: this.hash.digest('hex'), root: rootOf(this.leaves).toString('hex') };
  }
}

/** The range that an entry's facts tell of, or `null` when they do not have that form. */
export function readRange(facts: unknown): SealedRange | null {
  if (typeof facts !== 'object' || facts === null) return null;
  const { table, from, to, rows, ...others } = facts as Record<string, unknown>;
  const digests = readDigests(others);
  if (!isTable(table) || !isCount(rows) || digests === null) return null;
  return isCount(from) && isCount(to) && from <= to ? { table, from, to, rows, ...digests } : null;
}

function readDigests({ digest, root }: Record<string, unknown>): Pick<SealedRange, 'digest' | 'root'> | null {
  if (typeof digest !== 'string') return null;
  if (root === undefined) return { digest };
  return typeof root === 'string' ? { digest, root } : null;
}

function isTable(value: unknown): value is MessageTable {
  return typeof value === 'string' && Object.hasOwn(MESSAGE_COLUMNS, value);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}
