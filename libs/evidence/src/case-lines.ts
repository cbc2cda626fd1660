import { createHash } from 'node:crypto';

/** What the first line of an export of one case names itself. */
export const CASE_FORMAT = 'jiujin-case-evidence-1';

/** The action by which such an export is recorded. Its facts hold {@link CaseLines.told}. */
export const CASE_EXPORTED = 'case.evidence-exported';

/** Said in the file itself: whoever gets it has nothing else. */
const PROVES = '文件中的每条记录未被改动，每行消息即当时封入该记录的那一行；末条记录载有其前全部各行的摘要，因此以末条记录的编号和哈希为准，各行无增删、改动或换序。';
const NEEDS_CHAIN = '这些记录确在链上、链未被整段重做、台账中该办件的消息在导出之前没有缺失，要用包括这些记录的整段导出和另行记下的链头核验。';

/** First line: whose evidence it is, up to which entry of the chain was looked, and how many of the case's rows were not under seal yet. */
export function beginCaseLine(projectNo: string, upTo: number, unsealed: number): string {
  return JSON.stringify({ line: 'begin', format: CASE_FORMAT, projectNo, upTo, unsealed, proves: PROVES, needsChain: NEEDS_CHAIN });
}

/** After a row: that it is number `index` of the range of the entry before, by the hashes beside its way to the range's root. */
export function proofLine(index: number, path: readonly Buffer[]): string {
  return JSON.stringify({ line: 'proof', index, path: path.map((hash) => hash.toString('hex')) });
}

/** Whether a file with this first line is the export of one case. */
export function isCaseExport(firstLine: string): boolean {
  return firstLine.includes(`"format":"${CASE_FORMAT}"`);
}

/** Counts what an export of a case holds before its own entry, and digests all of it. */
export class CaseLines {
  private readonly hash = createHash('sha256');
  private entries = 0;
  private rows = 0;

  /** `kind`: what the line is; only entries and rows are counted. */
  add(line: string, kind?: string): void {
    this.hash.update(line, 'utf8').update('\n');
    if (kind === 'entry') this.entries += 1;
    if (kind === 'row') this.rows += 1;
  }

  /** What the entry of the export says of the lines before it. */
  told(): { readonly entries: number; readonly rows: number; readonly digest: string } {
    return { entries: this.entries, rows: this.rows, digest: this.hash.copy().digest('hex') };
  }
}
