import { EXIT } from '../exit-codes.ts';
import type { ExitCode } from '../exit-codes.ts';
import { longTime, plain } from '../terminal/plain-text.ts';
import { pause } from '../terminal/pause.ts';
import type { Output } from '../terminal/output.ts';
import { withReason, withWatch } from './options.ts';
import { showView } from './show.ts';
import type { AddCommand, Tools } from './tools.ts';

/** As far as it is shown. */
interface Finding {
  readonly ok: boolean;
  readonly stepZh: string;
  readonly code: string | null;
  readonly detailZh: string | null;
  readonly latencyMs: number;
  readonly httpStatus: number | null;
  readonly certificateNotAfter: string | null;
  readonly certificateDaysLeft: number | null;
  readonly at: string;
}

interface Connection {
  readonly destination: string;
  readonly destinationZh: string;
  readonly latest: Finding | null;
  readonly lastTest: { readonly testId: string; readonly state: string; readonly stateZh: string; readonly finding: Finding | null } | null;
}

const AGAIN_MS = 1_000;
const SOON_DAYS = 30;

/** The ways to the endpoints of centre and halls (连接), and testing them. */
export const addConnections: AddCommand = (program, run) => program.command('connections', '到中心和各大厅的连接：适配器最近看到的、证书期限', (command) => {
  command.command(['list', '$0'], '列出', (list) => withWatch(list), run((tools, { watch }) => showView<{ items: readonly Connection[] }>(tools, {
    ask: () => tools.api.get<{ items: readonly Connection[] }>('/api/connections'), show: ({ items }) => connectionsText(items, tools.out),
  }, watch)));
  return command
    .command('test <destination>', '请适配器测试：主机名、TCP、TLS 和证书、带签名的 HEAD；不发送任何办件。不通时退出码 3', (test) => withReason(test)
      .positional('destination', { describe: 'centre 或 hall:大厅代码', type: 'string', demandOption: true }),
    run((tools, { destination, reason, ticket }) => testOne(tools, destination, { reason, ticket })))
    .demandCommand(0);
});

/** Asks, and waits for the answer as long as there can be one. */
async function testOne({ api, out, around: { interrupted } }: Tools, destination: string, body: object): Promise<ExitCode> {
  const path = `/api/connections/${encodeURIComponent(destination)}`;
  const { testId } = await api.write<{ testId: string }>('POST', `${path}/test`, body);
  let answer = await api.get<Connection>(path);
  while (isWaiting(answer, testId)) {
    await pause(AGAIN_MS, interrupted);
    answer = await api.get<Connection>(path);
  }
  const finding = answer.lastTest?.finding ?? null;
  if (out.json) out.answer(answer);
  else out.line(finding === null ? `${plain(answer.destinationZh)}：${plain(answer.lastTest?.stateZh ?? '-')}` : connectionsText([{ ...answer, latest: finding }], out));
  return finding?.ok === true ? EXIT.ok : EXIT.bad;
}

function isWaiting({ lastTest }: Connection, testId: string): boolean {
  return lastTest?.testId === testId && lastTest.state === 'waiting';
}

function connectionsText(items: readonly Connection[], out: Output): string {
  return out.table(['目的地', '名称', '结果', '走到', '毫秒', 'HTTP', '证书到期', '何时'], items.map(({ destination, destinationZh, latest }) => [
    plain(destination), plain(destinationZh), ...(latest === null ? ['还没有看过', '', '', '', '', ''] : findingCells(latest, out)),
  ]));
}

function findingCells({ ok, code, detailZh, stepZh, latencyMs, httpStatus, certificateNotAfter, certificateDaysLeft, at }: Finding, out: Output): string[] {
  const end = certificateNotAfter === null ? '-' : `${longTime(certificateNotAfter)}（${plain(certificateDaysLeft)} 天）`;
  return [
    ok ? out.paint('good', '通') : out.paint('bad', `${plain(code)} ${plain(detailZh)}`), plain(stepZh), plain(latencyMs), plain(httpStatus),
    certificateDaysLeft !== null && certificateDaysLeft <= SOON_DAYS ? out.paint('warn', end) : end, longTime(at),
  ];
}
