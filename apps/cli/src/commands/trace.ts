import { longTime, plain, shortTime } from '../terminal/plain-text.ts';
import type { Output, Tone } from '../terminal/output.ts';
import { saveCaseEvidence } from './evidence.ts';
import { withWatch } from './options.ts';
import { showView } from './show.ts';
import type { AddCommand } from './tools.ts';

/** An entry of the timeline: which fields it has depends on its kind; a kind that is new here is shown by its name. */
type Entry = Readonly<Record<string, string | number | boolean | null>> & { readonly kind: string; readonly at: string };

/** As far as it is shown. */
interface CaseDetail {
  readonly projectNo: string;
  readonly hallCode: string;
  readonly itemName: string;
  readonly applicant: string;
  readonly statusZh: string;
  readonly deliveryStatusZh: string;
  readonly paperStatusZh: string;
  readonly promiseDueAt: string | null;
  readonly receivedAt: string;
  readonly completedAt: string | null;
  readonly resultCode: string | null;
  readonly timeline: readonly Entry[];
  readonly timelineTruncated: boolean;
}

/** One case with everything that happened to it (轨迹). */
export const addTrace: AddCommand = (program, run) => program.command(
  'trace <projectNo>', '一个办件的全过程', (command) => withWatch(command).positional('projectNo', { describe: '办件编号', type: 'string', demandOption: true })
    .option('evidence', { describe: '同时把该办件的证据导出到这个文件（须有 see-audit 权限，留痕）', type: 'string' }).conflicts('evidence', 'watch'),
  run(async (tools, { projectNo, watch, evidence }) => {
    if (evidence !== undefined) tools.out.aside(`证据已导出到 ${evidence}（${await saveCaseEvidence(tools, projectNo, evidence, false)} 字节）。核验：bridgectl evidence verify ${evidence}`);
    return showView<CaseDetail>(tools, {
      ask: () => tools.api.get<CaseDetail>(`/api/cases/${encodeURIComponent(projectNo)}`), show: (answer) => traceText(answer, tools.out),
    }, watch);
  }),
);

/** The case, and below it what happened, in order. */
export function traceText(one: CaseDetail, out: Output): string {
  const facts = out.pairs([
    ['办件编号', plain(one.projectNo)], ['大厅', plain(one.hallCode)], ['事项', plain(one.itemName)], ['申请者', plain(one.applicant)],
    ['办件状态', plain(one.statusZh)], ['投递状态', plain(one.deliveryStatusZh)], ['纸质材料', plain(one.paperStatusZh)],
    ['收件', longTime(one.receivedAt)], ['承诺办结', longTime(one.promiseDueAt)], ['办结', `${longTime(one.completedAt)} ${one.resultCode ?? ''}`.trim()],
  ]);
  const rows = one.timeline.map((entry) => rowOf(entry, out));
  const end = one.timelineTruncated ? `\n${out.paint('warn', '条目过多，没有列全。')}` : '';
  return `${facts}\n\n${rows.length === 0 ? '还没有经过。' : out.table(['时间', '什么', '经过', '详情'], rows)}${end}`;
}

type Told = readonly [what: string, course: string, detail: string, tone?: Tone];

const TELL: Readonly<Record<string, (entry: Entry) => Told>> = {
  event: ({ senderZh, typeZh, outcome, outcomeZh, reasonZh, statusAfterZh, eventId }) =>
    ['事件', `${plain(senderZh)}：${plain(typeZh)}`, joined([outcomeZh, reasonZh, statusAfterZh === null ? null : `→ ${plain(statusAfterZh)}`, eventId]), outcome === 'refused' ? 'bad' : undefined],
  duplicate: ({ senderZh, typeZh, sameBody, eventId }) =>
    ['重复', `${plain(senderZh)}：${plain(typeZh)}`, joined([sameBody === true ? '内容相同，已抑制' : '内容不同，须核查', eventId]), sameBody === true ? 'dim' : 'warn'],
  transfer: ({ destinationZh, transferKindZh, status, statusZh, transferId, errorCode }) =>
    ['投递', `→ ${plain(destinationZh)}：${plain(transferKindZh)}`, joined([statusZh, errorCode, transferId]), status === 'failed' ? 'bad' : undefined],
  attempt: ({ destinationZh, attempt, outcome, outcomeZh, httpStatus, errorCode, errorDetail, latencyMs }) =>
    ['尝试', `→ ${plain(destinationZh)}：第 ${plain(attempt)} 次`, joined([outcomeZh, httpStatus === null ? null : `HTTP ${plain(httpStatus)}`, errorCode, errorDetail, `${plain(latencyMs)} 毫秒`]), outcome === 'delivered' ? 'good' : 'warn'],
  refusal: ({ senderZh, party, code, reasonZh, detailZh }) => ['拒收', plain(senderZh ?? party), joined([code, reasonZh, detailZh]), 'bad'],
  'dead-letter': ({ queue, code, reason, deadLetterId }) => ['死信', plain(queue), joined([code, reason, `编号 ${plain(deadLetterId)}`]), 'bad'],
  action: ({ actorName, actionZh, reason, resultZh }) => ['操作', `${plain(actorName)}：${plain(actionZh)}`, joined([resultZh, reason]), 'strong'],
};

function rowOf(entry: Entry, out: Output): string[] {
  const [what, course, detail, tone] = TELL[entry.kind]?.(entry) ?? [entry.kind, '', ''];
  return [shortTime(entry.at), what, course, tone === undefined ? detail : out.paint(tone, detail)];
}

function joined(parts: readonly (string | number | boolean | null | undefined)[]): string {
  return parts.filter((part) => part !== null && part !== undefined && part !== '').map(plain).join('，');
}
