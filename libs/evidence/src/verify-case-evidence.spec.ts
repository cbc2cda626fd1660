import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { caseExportOf, withFacts, withoutTrees } from './case-export.fixture.ts';
import { CaseLines } from './case-lines.ts';
import { linkHash } from './chain.ts';
import type { EvidenceEntry } from './chain.ts';
import { endLine, entryLine } from './export-lines.ts';
import type { StoredEntry } from './export-lines.ts';
import { exportOf, mutated } from './export.fixture.ts';
import type { Step } from './export.fixture.ts';
import type { CaseEvidenceReport } from './report.ts';
import { leafHash, pathOf, rootFrom, rootOf, treeOf } from './row-tree.ts';
import { verifyCaseEvidence } from './verify-case-evidence.ts';
import { verifyEvidence } from './verify-evidence.ts';

const STEPS: Step[] = [{ reason: '重新投递' }, { rows: 5 }, { reason: '放弃' }, { rows: 3 }];
const isOwn = (seq: number): boolean => seq % 3 === 1;
const FORMS = { 'with trees': exportOf(STEPS), 'sealed before there were trees': withoutTrees(exportOf(STEPS)) };

async function* each(lines: readonly string[]): AsyncGenerator<string> {
  yield* lines;
}

const verify = (lines: readonly string[]): Promise<CaseEvidenceReport> => verifyCaseEvidence(each(lines));

async function codes(lines: readonly string[]): Promise<string[]> {
  return [...new Set((await verify(lines)).problems.map(({ code }) => code))];
}

describe('the tree over the rows of a range', () => {
  it('leads from every row to one root, and from no other place or row', () => {
    for (let count = 1; count <= 33; count += 1) {
      const leaves = Array.from({ length: count }, (_, index) => leafHash(`row ${index}`));
      const tree = treeOf(leaves);
      for (const [index, leaf] of leaves.entries()) {
        const path = pathOf(tree, index);
        expect(rootFrom(leaf, index, count, path)).toEqual(rootOf(leaves));
        expect(rootFrom(leafHash('another'), index, count, path)).not.toEqual(rootOf(leaves));
        if (count > 1) expect(rootFrom(leaf, (index + 1) % count, count, path)).not.toEqual(rootOf(leaves));
      }
    }
  });
});

describe('an export of the chain', () => {
  it('is found out where a root is not that of the rows', async () => {
    const chain = withFacts(exportOf(STEPS), (facts) => (facts['root'] === undefined ? facts : { ...facts, root: '0'.repeat(64) }));
    expect((await verifyEvidence(each(chain))).problems.map(({ code }) => code)).toEqual(['rows', 'rows']);
  });
});

describe.each(Object.entries(FORMS))('the export of one case, %s', (_form, chain) => {
  const { file, chain: whole } = caseExportOf(chain, isOwn);

  it('that nobody touched is in order, and its entries are those of the chain', async () => {
    const report = await verify(file);
    expect(report).toMatchObject({ ok: true, problems: [], projectNo: 'KF-1', entries: 5, head: { seq: 5 } });
    expect(await verifyEvidence(each(whole), { expectedPlaces: report.places })).toMatchObject({ ok: true });
  });

  it.each(['a byte', 'removed', 'twice', 'moved', 'inserted'])('with one line changed is found out: %s', async (kind) => {
    await fc.assert(fc.asyncProperty(fc.nat(), fc.nat(), fc.constantFrom('0', '7', 'f', ' ', '"', '甲'), async (at, other, character) => {
      const lines = mutated(file, kind, at, other, character);
      fc.pre(lines !== null);
      expect((await verify(lines)).ok).toBe(false);
    }), { numRuns: 200 });
  });

  it('is found out where the hash before its last entry is written otherwise', async () => {
    const lines = file.with(-2, (file.at(-2) ?? '').replace(/("previous":"[0-9a-f]{64})/, '$1zz'));
    expect(await codes(lines)).toContain('hash');
  });

  it('is found out where a row says something else, though the file was made to agree with it', async () => {
    const lines = file.map((line) => (line.startsWith('{"row"') ? line.replace('0'.repeat(64), '1'.repeat(64)) : line));
    expect(await codes(agreeing(lines))).toEqual(['rows']);
  });

  it('is not that of the chain, where the file was made to agree with a row that was left out', async () => {
    const lines = agreeing(withoutRange(file));
    const { ok, places } = await verify(lines);
    const { problems } = await verifyEvidence(each(whole), { expectedPlaces: places });
    expect([ok, problems.map(({ code, seq }) => [code, seq])]).toEqual([true, [['place', 5]]]);
  });

  it('is compared with a place that was noted elsewhere', async () => {
    const { places } = await verify(file);
    expect(await verifyCaseEvidence(each(file), places[0] === undefined ? {} : { expectedHead: places[0] })).toMatchObject({ ok: true });
    expect(await verifyCaseEvidence(each(file), { expectedHead: { seq: 5, hash: '0'.repeat(64) } })).toMatchObject({ ok: false, firstProblem: { code: 'head' } });
  });
});

describe('rows in the export of one case', () => {
  const { file } = caseExportOf(FORMS['with trees'], isOwn);

  it.each<[string, (lines: readonly string[]) => string[]]>([
    ['without a proof', (lines) => lines.filter((line) => !line.startsWith('{"line":"proof"'))],
    ['the last of a range without a proof', (lines) => lines.toSpliced(lines.findIndex((line) => line.startsWith('{"row":"events","seq":4,')) + 1, 1)],
    ['none of them left', (lines) => lines.filter((line) => !line.startsWith('{"line":"proof"') && !line.startsWith('{"row"'))],
    ['with the proof of another', (lines) => swapped(lines, '{"line":"proof"')],
    ['in another order', (lines) => swapped(lines, '{"row"')],
  ])('are found out: %s, though the file was made to agree', async (_what, change) => {
    expect(await codes(agreeing(change(file)))).toEqual(['rows']);
  });

  it('must be followed by nothing after the end, and the file must say what it is', async () => {
    expect(await codes([...file, file.at(-1) ?? ''])).toContain('end');
    expect(await codes(file.slice(1))).toEqual(expect.arrayContaining(['format', 'whole']));
    expect(await codes(exportOf(STEPS))).toEqual(expect.arrayContaining(['format', 'whole']));
    expect(await codes([])).toEqual(['end', 'whole']);
  });
});

/** Without the first range and its rows. */
function withoutRange(lines: readonly string[]): string[] {
  const at = lines.findIndex((line) => line.includes('messages.sealed'));
  const next = lines.findIndex((line, index) => index > at && line.startsWith('{"line":"entry"'));
  return [...lines.slice(0, at), ...lines.slice(next)];
}

function swapped(lines: readonly string[], beginning: string): string[] {
  const [one = 0, other = 0] = lines.flatMap((line, index) => (line.startsWith(beginning) ? [index] : []));
  return lines.with(one, lines[other] ?? '').with(other, lines[one] ?? '');
}

/** What somebody would do who changed the file: its last entry and its end tell what is there now. Only the entry's hash is another. */
function agreeing(lines: readonly string[]): string[] {
  const body = lines.slice(0, -2);
  const stored = JSON.parse(lines.at(-2) ?? '') as StoredEntry;
  const told = toldOf(body);
  const entry = JSON.stringify({ ...JSON.parse(stored.entry) as EvidenceEntry, facts: told });
  const hash = linkHash(Buffer.from(stored.previous, 'hex'), entry).toString('hex');
  return [...body, entryLine({ ...stored, entry, hash }), endLine({ entries: told.entries + 1, rows: told.rows }, { seq: stored.seq, hash })];
}

function toldOf(lines: readonly string[]): ReturnType<CaseLines['told']> {
  const told = new CaseLines();
  for (const line of lines) told.add(line, line.startsWith('{"row"') ? 'row' : /^\{"line":"(\w+)"/.exec(line)?.[1]);
  return told.told();
}
