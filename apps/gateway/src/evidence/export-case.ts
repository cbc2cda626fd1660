import { beginCaseLine, CaseLines, entryLine, leafHash, pathOf, proofLine, rowLine, treeOf } from '#evidence';
import type { MessageTable, SealedRange, StoredEntry } from '#evidence';
import { caseActionNumbers, caseRowNumbers, rangesBefore } from '../ledger/evidence-case.ts';
import { SEALED_TABLES } from '../ledger/evidence-messages.ts';
import { readChainEnd, readEntriesAt } from '../ledger/evidence-rows.ts';
import type { OpsLedger, Reading } from '../ops-api/ops-ledger.ts';
import { pagesOf, rangeOf } from './sealed-ranges.ts';

/** Rows of a kind, and entries. A healthy case has some dozens. */
const MOST = 1_000;
/** Of the whole, in characters. */
const MOST_TEXT = 16_000_000;

type Numbers = Readonly<Record<MessageTable, readonly number[]>>;

/** Why the evidence of a case is not given as one file. */
export type NoCaseEvidence = 'nothing' | 'too-large';

/** Everything but the entry of the export itself and what follows it. */
export interface CaseEvidence {
  readonly text: readonly string[];
  readonly told: ReturnType<CaseLines['told']>;
}

/** What of a case lies in the chain, at one moment. */
interface Found {
  readonly upTo: number;
  readonly numbers: Numbers;
  readonly entries: readonly StoredEntry[];
}

/**
 * The evidence of one case: every entry that concerns it, and after those of messages under seal the case's own rows, each with its way to the root of its
 * range. Of ranges that were sealed without a tree, all rows. The ledger is told as it is, also where it was tampered with: to find that is the verifier's part.
 */
export async function readCaseEvidence(ledger: OpsLedger, projectNo: string): Promise<CaseEvidence | NoCaseEvidence> {
  const found = await ledger.read((trx) => find(trx, projectNo));
  if (typeof found === 'string') return found;
  const { upTo, numbers, entries } = found;
  const ranges = entries.map((entry) => ({ entry, range: rangeOf(entry) }));
  const covered = SEALED_TABLES.reduce((count, table) => count + numbers[table].filter((seq) => ranges.some(({ range }) => range !== null && covers(range, table, seq))).length, 0);
  const all = SEALED_TABLES.reduce((count, table) => count + numbers[table].length, 0);
  const file = new CaseFile();
  file.add(beginCaseLine(projectNo, upTo, all - covered), 'begin');
  for (const { entry, range } of ranges) {
    const own = range === null ? [] : numbers[range.table].filter((seq) => covers(range, range.table, seq));
    if (range !== null && own.length === 0) continue;
    file.add(entryLine(entry), 'entry');
    if (range !== null) addRows(file, range, await linesOf(ledger, range), new Set(own));
    if (file.size > MOST_TEXT) return 'too-large';
  }
  return { text: file.text, told: file.lines.told() };
}

/** The file as it grows, and what its last entry will say of it. */
class CaseFile {
  readonly text: string[] = [];
  readonly lines = new CaseLines();
  size = 0;

  add(line: string, kind: string): void {
    this.lines.add(line, kind);
    this.text.push(`${line}\n`);
    this.size += line.length + 1;
  }
}

async function find(trx: Reading, projectNo: string): Promise<Found | NoCaseEvidence> {
  const { seq: upTo } = await readChainEnd(trx);
  const numbers: Record<MessageTable, readonly number[]> = { events: [], attempts: [], 'later-reports': [], revisions: [] };
  const wanted = new Set(await caseActionNumbers(trx, projectNo, upTo, MOST + 1));
  for (const table of SEALED_TABLES) {
    numbers[table] = await caseRowNumbers(trx, table, projectNo, MOST + 1);
    if (numbers[table].length > MOST) return 'too-large';
    for (const seq of await rangesBefore(trx, table, numbers[table])) wanted.add(seq);
  }
  if (wanted.size > MOST) return 'too-large';
  if (wanted.size === 0 && SEALED_TABLES.every((table) => numbers[table].length === 0)) return 'nothing';
  return { upTo, numbers, entries: await readEntriesAt(trx, [...wanted]) };
}

function covers({ table, from, to }: SealedRange, other: MessageTable, seq: number): boolean {
  return table === other && from <= seq && seq <= to;
}

interface RangeLine {
  readonly seq: number;
  readonly line: string;
}

async function linesOf(ledger: OpsLedger, range: SealedRange): Promise<RangeLine[]> {
  const lines: RangeLine[] = [];
  for await (const rows of pagesOf(ledger, range)) lines.push(...rows.map((row) => ({ seq: row.seq, line: rowLine(range.table, row) })));
  return lines;
}

function addRows(file: CaseFile, { root }: SealedRange, lines: readonly RangeLine[], own: ReadonlySet<number>): void {
  const tree = root === undefined ? null : treeOf(lines.map(({ line }) => leafHash(line)));
  for (const [index, { seq, line }] of lines.entries()) {
    if (tree !== null && !own.has(seq)) continue;
    file.add(line, 'row');
    if (tree !== null) file.add(proofLine(index, pathOf(tree, index)), 'proof');
  }
}
