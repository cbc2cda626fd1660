import { EXIT } from '../../exit-codes.ts';
import type { ExitCode } from '../../exit-codes.ts';
import { gatewayUrl } from '../../gateway/find-gateway.ts';
import type { Output, Tone } from '../../terminal/output.ts';
import { plainLines } from '../../terminal/plain-text.ts';
import type { AddCommand, Tools } from '../tools.ts';
import { examine } from './examine.ts';
import { worst } from './finding.ts';
import type { Finding, Verdict } from './finding.ts';

/** Where the adapters answer that run beside the gateway of `npm start`. */
const BESIDE = { gateway: 'http://127.0.0.1:8700', adapters: ['http://127.0.0.1:8701', 'http://127.0.0.1:8702'] } as const;

/** Looks at everything and says what to do (体检). */
export const addDoctor: AddCommand = (program, run) => program.command(
  'doctor', '体检：服务器、磁盘、程序、队列、时钟、密钥、证书、设置、接口、告警，逐项说明怎么办；有异常时退出码 3', (command) => command
    .option('program', { describe: '另查哪些程序的 /health/ready（地址，可几个；或 BRIDGECTL_PROGRAMS，逗号分隔）', type: 'string', array: true })
    .option('strict', { describe: '只要有“注意”也以退出码 3 结束', type: 'boolean' }),
  run((tools, { program: given, strict }) => doctor(tools, given, strict === true)),
);

async function doctor(tools: Tools, given: readonly string[] | undefined, strict: boolean): Promise<ExitCode> {
  const { out } = tools;
  const findings: Finding[] = [];
  for await (const finding of examine(tools, programsOf(tools, given))) {
    findings.push(finding);
    if (!out.json) out.line(findingText(finding, out));
  }
  const verdict = worst(findings);
  if (out.json) out.answer({ verdict, findings });
  else out.line(`\n${conclusion(findings, out)}`);
  return verdict === 'bad' || (strict && verdict === 'warn') ? EXIT.bad : EXIT.ok;
}

function programsOf({ gateway, around }: Tools, given: readonly string[] | undefined): string[] {
  const named = given ?? (around.env['BRIDGECTL_PROGRAMS'] ?? '').split(',').map((url) => url.trim()).filter((url) => url !== '');
  return (named.length === 0 && gateway.url === BESIDE.gateway ? BESIDE.adapters : named).map(gatewayUrl);
}

const MARKS: Readonly<Record<Verdict, readonly [string, Tone]>> = { ok: ['正常', 'good'], warn: ['注意', 'warn'], bad: ['异常', 'bad'] };

/** One finding; what is not well is followed by what to do. */
export function findingText({ verdict, checkZh, found, advice }: Finding, out: Output): string {
  const [mark, tone] = MARKS[verdict];
  return `${out.paint(tone, `[${mark}]`)} ${checkZh}：${plainLines(found)}${advice === null ? '' : `\n       → ${plainLines(advice)}`}`;
}

function conclusion(findings: readonly Finding[], out: Output): string {
  const count = (verdict: Verdict): number => findings.filter((finding) => finding.verdict === verdict).length;
  const [mark, tone] = MARKS[worst(findings)];
  return out.paint(tone, `${mark}：正常 ${count('ok')}，注意 ${count('warn')}，异常 ${count('bad')}`);
}
