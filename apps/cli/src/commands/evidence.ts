import { verifyEvidence } from '#evidence';
import type { ChainPlace, EvidenceReport } from '#evidence';
import { createReadStream, createWriteStream, existsSync, renameSync, rmSync, statSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { EXIT } from '../exit-codes.ts';
import type { ExitCode } from '../exit-codes.ts';
import { CommandError, UsageError } from '../gateway/problems.ts';
import { longTime } from '../terminal/plain-text.ts';
import type { Output } from '../terminal/output.ts';
import { showView } from './show.ts';
import type { AddCommand, Tools } from './tools.ts';

interface Head {
  readonly seq: number;
  readonly hash: string;
  readonly at: string;
  readonly messagesSealedUntil: string;
}

const PLACE = '编号:哈希，如 120:9f86d0…';

/** The chain of evidence (证据链): taking it away, and verifying it with no server. */
export const addEvidence: AddCommand = (program, run) => program.command('evidence', '证据链：核验（离线）、导出、链头', (command) => command
  .command('verify <file>', '离线核验导出的证据链，不连任何服务器；有问题时退出码 3', (verify) => verify
    .positional('file', { describe: '导出的文件', type: 'string', demandOption: true })
    .option('head', { describe: `另行记下的链头（${PLACE}）`, type: 'string' })
    .option('start', { describe: `导出应接在哪条之后（${PLACE}）`, type: 'string' }),
  run((tools, { file, head, start }) => verifyFile(tools, file, head, start)))
  .command('export <file>', '导出证据链到文件（须有 see-audit 权限）', (take) => take
    .positional('file', { describe: '写到哪个文件', type: 'string', demandOption: true })
    .option('from', { describe: '从第几条起', type: 'number' }).option('to', { describe: '到第几条止', type: 'number' }).option('force', { describe: '覆盖已有的文件', type: 'boolean' }),
  run((tools, { file, from, to, force }) => exportTo(tools, file, { from, to }, force === true)))
  .command('head', '现在的链头；请定期另行记下', (look) => look, run((tools) => showView<Head>(tools, {
    ask: () => tools.api.get<Head>('/api/evidence/head'), show: ({ seq, hash, at, messagesSealedUntil }) => tools.out.pairs([['链头', `${seq}:${hash}`], ['取得', longTime(at)], ['消息已封存到', longTime(messagesSealedUntil)]]),
  })))
  .demandCommand(1, '请给出 verify、export 或 head。'));

async function verifyFile({ out }: Tools, file: string, head: string | undefined, start: string | undefined): Promise<ExitCode> {
  if (!existsSync(file) || !statSync(file).isFile()) throw new UsageError(`没有这个文件：${file}`);
  const expectations = { ...(head === undefined ? {} : { expectedHead: placeOf(head) }), ...(start === undefined ? {} : { expectedStart: placeOf(start) }) };
  const report = await verifyEvidence(createInterface({ input: createReadStream(file), crlfDelay: 0 }), expectations);
  if (out.json) out.answer(report);
  else out.line(reportText(report, head !== undefined, out));
  return report.ok ? EXIT.ok : EXIT.bad;
}

/** `120:9f86…` as a place in the chain. */
export function placeOf(text: string): ChainPlace {
  const [, seq, hash] = /^(\d{1,15}):([0-9a-fA-F]{64})$/.exec(text) ?? [];
  if (seq === undefined || hash === undefined) throw new UsageError(`不是链头：“${text}”`, `须为 ${PLACE}（64 位十六进制），即 bridgectl evidence head 所示。`);
  return { seq: Number(seq), hash: hash.toLowerCase() };
}

/** What the verification came to, for people. */
export function reportText({ ok, entries, rows, head, problems, problemsTotal }: EvidenceReport, withHead: boolean, out: Output): string {
  const counts = `记录 ${entries} 条，封存的消息 ${rows} 行`;
  const place = head === null ? '' : `\n链头 ${head.seq}:${head.hash}`;
  const unanchored = withHead ? '' : `\n${out.paint('warn', '没有给出 --head：整条链被人重做过也看不出来。请与另行记下的链头核对。')}`;
  if (ok) return `${out.paint('good', '证据链完好。')}${counts}${place}${unanchored}`;
  const list = problems.map(({ line, seq, zh, code }) => [String(line), seq === null ? '-' : String(seq), `${zh}（${code}）`]);
  const more = problemsTotal > problems.length ? `\n……共 ${problemsTotal} 处，只列前 ${problems.length} 处` : '';
  return `${out.paint('bad', `证据链有问题：${problemsTotal} 处。`)}${counts}${place}\n${out.table(['行', '记录', '问题'], list)}${more}`;
}

/** What broke off is not left lying under the name of a whole export. */
async function exportTo({ api, out }: Tools, file: string, range: { from: number | undefined; to: number | undefined }, force: boolean): Promise<ExitCode> {
  if (existsSync(file) && !force) throw new UsageError(`文件已存在：${file}`, '换一个文件名，或用 --force 覆盖。');
  const part = `${file}.part`;
  try {
    await pipeline(Readable.from(await api.stream('/api/evidence/export', range)), createWriteStream(part, { mode: 0o600 }));
    renameSync(part, file);
  } catch (error) {
    rmSync(part, { force: true });
    throw error instanceof CommandError ? error : new CommandError(`导出没有完成：${(error as Error).message}`, EXIT.error, '请再试一次；没有留下不完整的文件。');
  }
  out.line(out.json ? JSON.stringify({ file, bytes: statSync(file).size }) : `已导出到 ${file}（${statSync(file).size} 字节）。核验：bridgectl evidence verify ${file} --head 编号:哈希`);
  return EXIT.ok;
}
