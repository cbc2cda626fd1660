import { beginCaseLine, CASE_EXPORTED, CaseLines, proofLine } from './case-lines.ts';
import { linkHash } from './chain.ts';
import type { EvidenceEntry } from './chain.ts';
import { columnTime, endLine, entryLine } from './export-lines.ts';
import type { StoredEntry } from './export-lines.ts';
import { readRange } from './message-rows.ts';
import { leafHash, pathOf, treeOf } from './row-tree.ts';

/** What became of a chain for the export of one case: the file, and the chain with the export's own entry. */
export interface CaseExport {
  readonly file: readonly string[];
  readonly chain: readonly string[];
}

/** The export of a case, from a sound export of the whole chain: every action, and of each range the rows that are chosen. */
export function caseExportOf(chain: readonly string[], isOwn: (seq: number) => boolean): CaseExport {
  const lines = new CaseLines();
  const file: string[] = [];
  const add = (line: string, kind: string): void => {
    lines.add(line, kind);
    file.push(line);
  };
  add(beginCaseLine('KF-1', 99, 0), 'begin');
  const body = chain.slice(1, -1);
  for (const [at, line] of body.entries()) {
    if (isEntry(line)) addEntry(add, line, rowsAfter(body, at), isOwn);
  }
  const { seq, hash } = JSON.parse(chain.at(-1) ?? '') as { seq: number; hash: string };
  const told = lines.told();
  const { line, place } = exportEntry(seq + 1, hash, told);
  const totals = JSON.parse(chain.at(-1) ?? '') as { entries: number; rows: number };
  return {
    file: [...file, line, endLine({ entries: told.entries + 1, rows: told.rows }, place)],
    chain: [...chain.slice(0, -1), line, endLine({ entries: totals.entries + 1, rows: totals.rows }, place)],
  };
}

function addEntry(add: (line: string, kind: string) => void, line: string, rows: readonly string[], isOwn: (seq: number) => boolean): void {
  const range = readRange((JSON.parse((JSON.parse(line) as StoredEntry).entry) as EvidenceEntry).facts);
  if (range !== null && !rows.some((row) => isOwn(seqOf(row)))) return;
  add(line, 'entry');
  const tree = range?.root === undefined ? null : treeOf(rows.map(leafHash));
  for (const [index, row] of rows.entries()) {
    if (tree !== null && !isOwn(seqOf(row))) continue;
    add(row, 'row');
    if (tree !== null) add(proofLine(index, pathOf(tree, index)), 'proof');
  }
}

/** The same chain as an earlier version sealed it: without trees. */
export function withoutTrees(chain: readonly string[]): string[] {
  return withFacts(chain, ({ root: _root, ...facts }) => facts);
}

/** The same chain with other facts in its entries. Hashes are made anew, so that it hangs together. */
export function withFacts(chain: readonly string[], change: (facts: EvidenceEntry['facts']) => EvidenceEntry['facts']): string[] {
  let { previous } = JSON.parse(chain[0] ?? '') as { previous: string };
  return chain.map((line) => {
    if (isEntry(line)) {
      const stored = JSON.parse(line) as StoredEntry;
      const said = JSON.parse(stored.entry) as EvidenceEntry;
      const entry = JSON.stringify({ ...said, facts: change(said.facts) });
      const hash = linkHash(Buffer.from(previous, 'hex'), entry).toString('hex');
      const anew = entryLine({ ...stored, entry, previous, hash });
      previous = hash;
      return anew;
    }
    return line.startsWith('{"line":"end"') ? JSON.stringify({ ...JSON.parse(line) as object, hash: previous }) : line;
  });
}

const isEntry = (line: string): boolean => line.startsWith('{"line":"entry"');
const seqOf = (row: string): number => (JSON.parse(row) as { seq: number }).seq;

function rowsAfter(body: readonly string[], at: number): string[] {
  const next = body.findIndex((line, index) => index > at && isEntry(line));
  return body.slice(at + 1, next === -1 ? undefined : next);
}

function exportEntry(seq: number, previous: string, facts: ReturnType<CaseLines['told']>): { line: string; place: { seq: number; hash: string } } {
  const said: EvidenceEntry = {
    seq, at: '2026-11-20T04:00:00.000Z', kind: 'action', actor: 'account:2', actorName: '测试乙', address: '127.0.0.1', action: CASE_EXPORTED, subjectKind: 'case', subject: 'KF-1', reason: '', result: 'done', facts,
  };
  const entry = JSON.stringify(said);
  const hash = linkHash(Buffer.from(previous, 'hex'), entry).toString('hex');
  const { at, kind, actor, action, subjectKind, subject } = said;
  return { line: entryLine({ seq, at: columnTime(at), kind, actor, action, subjectKind, subject, previous, hash, entry }), place: { seq, hash } };
}
