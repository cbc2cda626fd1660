import { duration, longTime, plain } from '../terminal/plain-text.ts';
import type { Output, Tone } from '../terminal/output.ts';
import { bar } from '../terminal/progress-bar.ts';

/** As far as it is shown. */
export interface Operation {
  readonly operationId: string;
  readonly kind: string;
  readonly kindZh: string;
  readonly status: string;
  readonly statusZh: string;
  readonly statusReasonZh: string | null;
  readonly creator: string;
  readonly reason: string;
  readonly ticket: string | null;
  readonly cutoff: string;
  readonly ratePerSecond: number;
  readonly maxInFlight: number;
  readonly ladder: readonly (number | string)[];
  readonly rung: number;
  readonly needsApproval: boolean | null;
  readonly approvedBy: string | null;
  readonly startedBy: string | null;
  readonly createdAt: string;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  readonly preflight: {
    readonly examined: number; readonly toSend: number; readonly sendable: number; readonly endpointDown: number; readonly duplicate: number;
    readonly stale: number; readonly invalid: number; readonly beyondWindow: number; readonly estimatedSeconds: number;
  };
  readonly progress: {
    readonly frozen: number; readonly sent: number; readonly delivered: number; readonly failed: number; readonly discarded: number;
    readonly skipped: number; readonly troubled: number; readonly underWay: number; readonly remaining: number;
  };
}

export interface OperationDetail extends Operation {
  readonly newSince: number;
  readonly history: readonly { at: string; actor: string; action: string; reason: string; result: string }[];
}

const ENDED = ['completed', 'cancelled', 'aborted'];

/** Nothing will come of it any more: it has ended, and what was under way too. */
export function isOver({ status, finishedAt }: Operation): boolean {
  return ENDED.includes(status) && (finishedAt !== null || status === 'cancelled');
}

/** How an operation stands, as a colour. */
export function toneOf({ status, progress }: Operation): Tone {
  if (status === 'aborted' || progress.failed > 0) return 'bad';
  if (status === 'completed') return 'good';
  return status === 'paused' || status === 'awaiting-approval' ? 'warn' : 'strong';
}

/** What the preflight found, for the person who is to confirm it. */
export function preflightText({ preflight, progress, newSinceText }: Pick<Operation, 'preflight' | 'progress'> & { readonly newSinceText?: string }, out: Output): string {
  const { toSend, sendable, endpointDown, duplicate, stale, invalid, beyondWindow, estimatedSeconds } = preflight;
  const left = (count: number, why: string): string => (count === 0 ? '0' : out.paint('warn', `${count}（${why}）`));
  return out.pairs([
    ['选中', String(progress.frozen)], ['将要投递', out.paint('strong', String(toSend))], ['  可投', String(sendable)],
    ['  端点现在不通', left(endpointDown, '恢复后投')],
    ['不投：重复', left(duplicate, '已送达、已不是失败，或由别的操作处理')], ['不投：已过时', left(stale, '后面的进度已发出')],
    ['不投：不合契约', left(invalid, '须更正')], ['不投：超出期限', left(beyondWindow, '对方可能已忘记首次投递')],
    ['约需', duration(estimatedSeconds)], ...(newSinceText === undefined ? [] : [['选中之后新失败', newSinceText] as const]),
  ]);
}

/** One line of how far it is. */
export function progressText(operation: Operation): string {
  const { preflight: { toSend }, progress: { sent, delivered, failed, underWay, discarded } } = operation;
  const done = operation.kind === 'discard' ? discarded : delivered + failed;
  const result = operation.kind === 'discard' ? `已放弃 ${discarded}` : `已送达 ${delivered}，失败 ${failed}，在途 ${underWay}`;
  const why = operation.statusReasonZh === null ? '' : `（${plain(operation.statusReasonZh)}）`;
  return `${bar(done, toSend)}  ${plain(operation.statusZh)}${why}  ${done}/${toSend}，已发出 ${sent}，${result}`;
}

/** The whole of it. */
export function operationText(one: OperationDetail, out: Output): string {
  const facts = out.pairs([
    ['编号', plain(one.operationId)], ['做什么', plain(one.kindZh)], ['状态', out.paint(toneOf(one), `${plain(one.statusZh)}${one.statusReasonZh === null ? '' : `：${plain(one.statusReasonZh)}`}`)],
    ['发起', `${plain(one.creator)}，${longTime(one.createdAt)}：${plain(one.reason)}${one.ticket === null ? '' : `（${plain(one.ticket)}）`}`],
    ['批准', one.needsApproval === false ? '不需要' : plain(one.approvedBy)], ['开始', one.startedAt === null ? '-' : `${plain(one.startedBy)}，${longTime(one.startedAt)}`], ['结束', longTime(one.finishedAt)],
    ['速率', `每秒至多 ${one.ratePerSecond}，同时在途至多 ${one.maxInFlight}，阶梯 ${one.ladder.length === 0 ? '不用' : one.ladder.join(' → ')}（已上 ${one.rung} 级）`],
  ]);
  const history = one.history.map((entry) => [longTime(entry.at), plain(entry.actor), plain(entry.action), plain(entry.result), plain(entry.reason)]);
  return [
    facts, preflightText({ ...one, newSinceText: String(one.newSince) }, out), progressText(one),
    ...(history.length === 0 ? [] : [out.table(['时间', '谁', '做了什么', '结果', '理由'], history)]),
  ].join('\n\n');
}
