import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { entryLine } from './export-lines.ts';
import { exportOf, headOf, mutated } from './export.fixture.ts';
import type { Step } from './export.fixture.ts';
import type { EvidenceReport, Expectations } from './report.ts';
import { verifyEvidence } from './verify-evidence.ts';

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ reason: fc.string({ unit: 'binary', maxLength: 12 }) }),
  fc.record({ rows: fc.integer({ min: 1, max: 4 }) }),
);
const steps = fc.array(step, { minLength: 1, maxLength: 8 });

const REASONS: Step[] = [{ reason: '重新投递' }, { rows: 3 }, { reason: '放弃' }, { rows: 2 }];

function verify(lines: readonly string[], expectations?: Expectations): Promise<EvidenceReport> {
  return verifyEvidence(each(lines), expectations);
}

async function* each(lines: readonly string[]): AsyncGenerator<string> {
  yield* lines;
}

async function codes(lines: readonly string[], expectations?: Expectations): Promise<string[]> {
  return (await verify(lines, expectations)).problems.map(({ code, line }) => `${code}@${line}`);
}

describe('an export', () => {
  it('that nobody touched is in order, wherever it begins', async () => {
    await fc.assert(fc.asyncProperty(steps, fc.nat(), async (some, from) => {
      const report = await verify(exportOf(some, from % some.length));
      expect(report.problems).toEqual([]);
      expect(report).toMatchObject({ ok: true, entries: some.length - (from % some.length), head: { seq: some.length } });
    }));
  });

  it.each(['a byte', 'removed', 'twice', 'moved', 'inserted'])('with one line changed is found out: %s', async (kind) => {
    await fc.assert(fc.asyncProperty(steps, fc.nat(), fc.nat(), fc.nat(), fc.constantFrom('0', '7', 'f', 'Z', ' ', '"', '}', '甲'), async (some, skip, at, other, character) => {
      const lines = mutated(exportOf(some, skip % some.length), kind, at, other, character);
      fc.pre(lines !== null);
      expect(await verify(lines)).toMatchObject({ ok: false, firstProblem: { zh: expect.any(String), en: expect.any(String) } });
    }), { numRuns: 400 });
  });
});

/** The same values in other bytes. */
const FORMS: Readonly<Record<string, (line: string) => string>> = {
  'a blank at the end': (line) => `${line} `,
  'a blank after a colon': (line) => line.replace('":', '": '),
  'a blank before the closing brace': (line) => line.replace(/\}$/, ' }'),
  'another way to write a character': (line) => line.replace('"line"', '"\\u006cine"'),
  'another way to write a number': (line) => line.replace(/:(\d+)(?=[,}])/, ':$1.0'),
  'a name that stands twice': (line) => line.replace('{', '{"line":"entry",'),
  'the names in another order': (line) => JSON.stringify(Object.fromEntries(Object.entries(JSON.parse(line) as object).reverse())),
  'one name more': (line) => line.replace(/\}$/, ',"note":null}'),
  'a mark at the beginning': (line) => `\uFEFF${line}`,
};

describe('a line in another form, with the same values', () => {
  const lines = exportOf([{ reason: '重新投递' }, { rows: 2 }]);
  const places = { begin: 0, entry: 1, end: lines.length - 1 };

  it.each(Object.keys(FORMS).flatMap((form) => Object.entries(places).map(([line, at]) => [form, line, at] as const)))('is no evidence: %s, in the line "%s"', async (form, _line, at) => {
    const changed = FORMS[form]?.(lines[at] ?? '') ?? '';
    expect(changed).not.toBe(lines[at]);
    expect(await codes(lines.with(at, changed))).toContain(`${at === 0 ? 'format' : 'unreadable'}@${at + 1}`);
  });

  it('is none either where it tells of a row', async () => {
    const row = lines[3] ?? '';
    const changed = Object.values(FORMS).map((change) => change(row)).filter((line) => line !== row);
    expect(changed.length).toBeGreaterThan(6);
    for (const line of changed) expect((await verify(lines.with(3, line))).ok).toBe(false);
  });
});

describe('the report', () => {
  const lines = exportOf(REASONS);

  it('says which range a changed row lies in', async () => {
    const changed = lines.with(4, (lines[4] ?? '').replace('"KF-1"', '"KF-2"'));
    expect((await verify(changed)).problems).toEqual([expect.objectContaining({ code: 'rows', seq: 2 })]);
  });

  it('says which entry was changed, and does not blame those after it', async () => {
    expect(await codes(lines.with(1, (lines[1] ?? '').replace('重新投递', '重新投放')))).toEqual(['hash@2']);
  });

  it('says that entries are missing', async () => {
    expect(await codes(lines.toSpliced(6, 1))).toEqual(['gap@7', 'link@7', 'end@10']);
  });

  it('says that a column tells another story than its entry', async () => {
    const stored = JSON.parse(lines[1] ?? '') as Parameters<typeof entryLine>[0];
    expect(await codes(lines.with(1, entryLine({ ...stored, actor: 'account:2' })))).toEqual(['columns@2']);
    expect(await codes(lines.with(1, entryLine({ ...stored, at: stored.at.replace('000Z', '001Z') })))).toEqual(['columns@2']);
  });

  it('says that the export was cut off', async () => {
    expect(await codes(lines.slice(0, -1))).toEqual([`end@${lines.length}`]);
    expect(await codes([])).toEqual(['end@1']);
  });

  it('says that ranges of messages do not follow on each other', async () => {
    const other = exportOf([{ rows: 1 }, ...REASONS]);
    const [begin = '', , , ...rest] = other;
    expect(await codes([begin, ...rest])).toEqual(expect.arrayContaining([expect.stringMatching(/^range@/)]));
  });

  it('tells a chain that was made anew by the head that was noted before', async () => {
    const noted = headOf(exportOf(REASONS.slice(0, 2)));
    expect((await verify(lines, { expectedHead: noted })).ok).toBe(true);
    const anew = exportOf([{ reason: '另一理由' }, ...REASONS.slice(1)]);
    expect(await codes(anew)).toEqual([]);
    expect(await codes(anew, { expectedHead: noted })).toEqual(['head@3']);
    expect(await codes(lines.slice(0, 0).concat(exportOf(REASONS.slice(0, 1))), { expectedHead: noted })).toEqual(['head@4']);
  });

  it('tells whether an export goes on from where the last one ended', async () => {
    const noted = headOf(exportOf(REASONS.slice(0, 2)));
    expect((await verify(exportOf(REASONS, 2), { expectedStart: noted })).ok).toBe(true);
    expect(await codes(exportOf(REASONS, 3), { expectedStart: noted })).toEqual(['start@1']);
  });

  it('counts every problem and lists a hundred', async () => {
    const report = await verify(Array.from({ length: 500 }, () => 'nonsense'));
    expect(report.problems).toHaveLength(100);
    expect(report.problemsTotal).toBeGreaterThanOrEqual(500);
  });
});
