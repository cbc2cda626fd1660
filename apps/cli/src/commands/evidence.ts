import { isCaseExport, verifyCaseEvidence, verifyEvidence } from '#evidence';
import type { CaseEvidenceReport, ChainPlace, EvidenceReport } from '#evidence';
import { closeSync, createReadStream, existsSync, openSync, readSync, statSync } from 'node:fs';
import { EXIT } from '../exit-codes.ts';
import type { ExitCode } from '../exit-codes.ts';
import { UsageError } from '../gateway/problems.ts';
import { longTime, plain } from '../terminal/plain-text.ts';
import type { Output } from '../terminal/output.ts';
import { linesIn } from './read-lines.ts';
import { saveStream } from './save-stream.ts';
import { showView } from './show.ts';
import type { AddCommand, Tools } from './tools.ts';

interface Head {
  readonly seq: number;
  readonly hash: string;
  readonly at: string;
  readonly messagesSealedUntil: string;
}

const PLACE = '编号:哈希，如 120:9f86d0…';

/** The chain of evidence (证据链): taking it away, whole or of one case, and verifying it with no server. */
export const addEvidence: AddCommand = (program, run) => program.command('evidence', '证据链：核验（离线）、导出、链头', (command) => command
  .command('verify <file>', '离线核验导出的证据链或一个办件的证据，不连任何服务器；有问题时退出码 3', (verify) => verify
    .positional('file', { describe: '导出的文件', type: 'string', demandOption: true })
    .option('head', { describe: `另行记下的链头（${PLACE}）`, type: 'string' })
    .option('start', { describe: `导出应接在哪条之后（${PLACE}）；仅用于整段导出`, type: 'string' })
    .option('chain', { describe: '核验一个办件的证据时：整段导出的文件，一并核验，并核对其中的记录确在链上；--head 即用于它', type: 'string' }),
  run((tools, { file, ...against }) => verifyFile(tools, file, against)))
  .command('export [file]', '导出证据链到文件；--case 为一个办件的（须有 see-audit 权限，留痕）', (take) => take
    .positional('file', { describe: '写到哪个文件', type: 'string' }).option('out', { describe: '同 file', type: 'string' }).conflicts('out', 'file')
    .option('case', { describe: '只导出这个办件的：办件编号', type: 'string' }).conflicts('case', ['from', 'to'])
    .option('from', { describe: '从第几条起', type: 'number' }).option('to', { describe: '到第几条止', type: 'number' }).option('force', { describe: '覆盖已有的文件', type: 'boolean' }),
  run((tools, { file, out, case: projectNo, from, to, force }) => exportTo(tools, file ?? out, projectNo, { from, to }, force === true)))
  .command('head', '现在的链头；请定期另行记下', (look) => look, run((tools) => showView<Head>(tools, {
    ask: () => tools.api.get<Head>('/api/evidence/head'), show: ({ seq, hash, at, messagesSealedUntil }) => tools.out.pairs([['链头', `${seq}:${hash}`], ['取得', longTime(at)], ['消息已封存到', longTime(messagesSealedUntil)]]),
  })))
  .demandCommand(1, '请给出 verify、export 或 head。'));

/** What a file is verified against, as it was written. */
interface Against {
  readonly head?: string | undefined;
  readonly start?: string | undefined;
  readonly chain?: string | undefined;
}

async function verifyFile(tools: Tools, file: string, against: Against): Promise<ExitCode> {
  refuseMissing(file);
  if (isCaseExport(beginningOf(file))) return verifyCase(tools, file, against);
  if (against.chain !== undefined) throw new UsageError('--chain 只用于一个办件的证据', `这是整段导出，直接核验：bridgectl evidence verify ${file}`);
  const report = await verifyEvidence(linesOf(file), { ...placesOf(against) });
  return tell(tools, report, reportText(report, against.head !== undefined, tools.out));
}

/** The file by itself; with an export of the chain, that as well, and that the file's entries are in it. */
async function verifyCase(tools: Tools, file: string, { head, start, chain }: Against): Promise<ExitCode> {
  if (start !== undefined) throw new UsageError('--start 只用于整段导出');
  if (chain !== undefined) return verifyInChain(tools, file, chain, head);
  const own = await verifyCaseEvidence(linesOf(file), placesOf({ head }));
  return tell(tools, own, caseText(own, isLast(own, head), tools.out));
}

/** Only the last entry vouches for the whole file: of any other that was noted, no more is known than that it is in it. */
function isLast({ head }: CaseEvidenceReport, noted: string | undefined): boolean {
  if (head === null || noted === undefined) return false;
  const { seq, hash } = placeOf(noted);
  return head.seq === seq && head.hash === hash;
}

async function verifyInChain(tools: Tools, file: string, chain: string, head: string | undefined): Promise<ExitCode> {
  refuseMissing(chain);
  const own = await verifyCaseEvidence(linesOf(file));
  const whole = await verifyEvidence(linesOf(chain), { ...placesOf({ head }), expectedPlaces: own.places });
  return tell(tools, { ...own, ok: own.ok && whole.ok, chain: whole }, `${caseText(own, true, tools.out)}\n\n整段导出：${reportText(whole, head !== undefined, tools.out)}`);
}

function tell({ out }: Tools, report: EvidenceReport & { readonly chain?: EvidenceReport }, text: string): ExitCode {
  if (out.json) out.answer(report);
  else out.line(text);
  return report.ok ? EXIT.ok : EXIT.bad;
}

function refuseMissing(file: string): void {
  if (!existsSync(file) || !statSync(file).isFile()) throw new UsageError(`没有这个文件：${file}`);
}

const linesOf = (file: string): AsyncIterable<string> => linesIn(createReadStream(file, 'utf8'));

const BEGINNING_BYTES = 200;

/** Enough of a file to tell what it is. */
function beginningOf(file: string): string {
  const opened = openSync(file, 'r');
  try {
    const bytes = Buffer.alloc(BEGINNING_BYTES);
    return bytes.toString('utf8', 0, readSync(opened, bytes));
  } finally {
    closeSync(opened);
  }
}

function placesOf({ head, start }: Against): { readonly expectedHead?: ChainPlace; readonly expectedStart?: ChainPlace } {
  return { ...(head === undefined ? {} : { expectedHead: placeOf(head) }), ...(start === undefined ? {} : { expectedStart: placeOf(start) }) };
}

/** `120:9f86…` as a place in the chain. */
export function placeOf(text: string): ChainPlace {
  const [, seq, hash] = /^(\d{1,15}):([0-9a-fA-F]{64})$/.exec(text) ?? [];
  if (seq === undefined || hash === undefined) throw new UsageError(`不是链头：“${text}”`, `须为 ${PLACE}（64 位十六进制），即 bridgectl evidence head 所示。`);
  return { seq: Number(seq), hash: hash.toLowerCase() };
}

/** What the verification came to, for people. */
export function reportText(report: EvidenceReport, withHead: boolean, out: Output): string {
  const { entries, rows, head } = report;
  const counts = `记录 ${entries} 条，封存的消息 ${rows} 行${head === null ? '' : `\n链头 ${head.seq}:${head.hash}`}`;
  if (!report.ok) return `${out.paint('bad', `证据链有问题：${report.problemsTotal} 处。`)}${counts}\n${problemsText(report, out)}`;
  return `${out.paint('good', '证据链完好。')}${counts}${withHead ? '' : `\n${out.paint('warn', '没有给出 --head：整条链被人重做过也看不出来。请与另行记下的链头核对。')}`}`;
}

/** The same of the evidence of one case: what holds, and what this file alone cannot tell. */
export function caseText(report: CaseEvidenceReport, anchored: boolean, out: Output): string {
  const { projectNo, entries, rows, head, unsealed } = report;
  const counts = `办件 ${plain(projectNo)}：记录 ${entries} 条，消息 ${rows} 行${head === null ? '' : `\n末条记录 ${head.seq}:${head.hash}`}`;
  if (!report.ok) return `${out.paint('bad', `办件的证据有问题：${report.problemsTotal} 处。`)}${counts}\n${problemsText(report, out)}`;
  const later = unsealed === 0 ? '' : `\n${out.paint('warn', `导出时还有 ${unsealed} 行没有封存，不在文件中；十几秒后可再导出一次。`)}`;
  const alone = anchored ? '' : `\n${out.paint('warn', '各行与末条记录相符。末条记录是否在链上，本文件不能证明：请用 --chain 与整段导出核对，或与链头登记核对。')}`;
  return `${out.paint('good', '办件的证据完好。')}${counts}${later}${alone}`;
}

function problemsText({ problems, problemsTotal }: EvidenceReport, out: Output): string {
  const list = problems.map(({ line, seq, zh, code }) => [String(line), seq === null ? '-' : String(seq), `${zh}（${code}）`]);
  const more = problemsTotal > problems.length ? `\n……共 ${problemsTotal} 处，只列前 ${problems.length} 处` : '';
  return `${out.table(['行', '记录', '问题'], list)}${more}`;
}

async function exportTo(tools: Tools, file: string | undefined, projectNo: string | undefined, range: { from: number | undefined; to: number | undefined }, force: boolean): Promise<ExitCode> {
  if (file === undefined) throw new UsageError('请给出写到哪个文件', '如 bridgectl evidence export 证据.ndjson。');
  const { api, out } = tools;
  const bytes = projectNo === undefined ? await saveStream(() => api.stream('/api/evidence/export', range), file, force) : await saveCaseEvidence(tools, projectNo, file, force);
  out.line(out.json ? JSON.stringify({ file, bytes }) : `已导出到 ${file}（${bytes} 字节）。核验：bridgectl evidence verify ${file}${projectNo === undefined ? ' --head 编号:哈希' : ' [--chain 整段导出的文件]'}`);
  return EXIT.ok;
}

/** Writes the evidence of one case to a file, and says how long it is. */
export function saveCaseEvidence({ api }: Tools, projectNo: string, file: string, force: boolean): Promise<number> {
  return saveStream(() => api.stream(`/api/cases/${encodeURIComponent(projectNo)}/evidence`), file, force);
}
