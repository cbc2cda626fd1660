import { duration, longTime, plain } from '../terminal/plain-text.ts';
import type { Output, Tone } from '../terminal/output.ts';
import { bar } from '../terminal/progress-bar.ts';
import { hoursText } from './channel-settings.ts';
import type { SendingWindow } from './channel-settings.ts';

/** As far as it is shown. */
export interface Operation {
  readonly operationId: string;
  readonly kind: string;
  readonly kindZh: string;
  readonly status: string;
  readonly statusZh: string;
  readonly statusReasonZh: string | null;
  /** How often in a row its step failed, and what it ran into. */
  readonly stepFailures?: number;
  readonly stepError?: string | null;
  readonly creator: string;
  readonly reason: string;
  readonly ticket: string | null;
  readonly cutoff: string;
  readonly ratePerSecond: number;
  readonly maxInFlight: number;
  readonly hours?: readonly SendingWindow[] | null;
  readonly waitsUntil?: string | null;
  readonly ladder: readonly (number | string)[];
  readonly rung: number;
  readonly needsApproval: boolean | null;
  readonly approvedBy: string | null;
  readonly startedBy: string | null;
  readonly createdAt: string;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  /** Open, or ended and nobody has said that they have seen it. */
  readonly pinned?: boolean;
  readonly acknowledgedAt?: string | null;
  readonly acknowledgedBy?: string | null;
  readonly preflight: {
    readonly examined: number; readonly toSend: number; readonly sendable: number; readonly endpointDown: number; readonly duplicate: number;
    readonly stale: number; readonly invalid: number; readonly beyondWindow: number; readonly waiting: number; readonly estimatedSeconds: number; readonly estimateZh?: string;
    readonly notReturnable?: number; readonly leftOut?: readonly { readonly noteZh: string; readonly count: number }[];
  };
  readonly progress: {
    readonly frozen: number; readonly sent: number; readonly delivered: number; readonly failed: number; readonly discarded: number; readonly returned?: number;
    readonly skipped: number; readonly troubled: number; readonly underWay: number; readonly remaining: number;
  };
}

export interface OperationDetail extends Operation {
  readonly newSince: number;
  readonly return?: { readonly items: readonly { readonly path: string | null; readonly materialCode: string | null; readonly problem: string }[] } | null;
  readonly history: readonly { at: string; actor: string; action: string; reason: string; result: string }[];
}

const DOING: Readonly<Record<string, string>> = { discard: '放弃', return: '退回大厅' };

/** What is done to each of its transfers. */
export function doingOf({ kind }: Pick<Operation, 'kind'>): string {
  return DOING[kind] ?? '投递';
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
export function preflightText({ kind, preflight, progress, newSinceText }: Pick<Operation, 'kind' | 'preflight' | 'progress'> & { readonly newSinceText?: string }, out: Output): string {
  const { toSend, sendable, endpointDown, duplicate, stale, invalid, beyondWindow, waiting, estimatedSeconds, estimateZh, notReturnable = 0, leftOut = [] } = preflight;
  const doing = doingOf({ kind });
  const left = (count: number, why: string): string => (count === 0 ? '0' : out.paint('warn', `${count}（${why}）`));
  return out.pairs([
    ['选中', String(progress.frozen)], [`将要${doing}`, out.paint('strong', String(toSend))],
    ...(kind === 'replay' ? [['  可投', String(sendable)], ['  端点现在不通', left(endpointDown, '恢复后投')]] as const : []),
    ['跳过：重复', left(duplicate, '已送达、已不是失败，或由别的操作处理')], ['跳过：已过时', left(stale, '后面的进度已发出')],
    ['跳过：不合契约', left(invalid, '须更正')], ['跳过：超出期限', left(beyondWindow, '对方可能已忘记首次投递')],
    ['跳过：在等', left(waiting, '等大厅更正，或有待批准的更正')],
    ...(kind === 'return' ? [['跳过：不能退回', left(notReturnable, '见下')] as const] : []),
    ...(leftOut.length === 0 ? [] : [['跳过的原因', leftOut.map(({ noteZh, count }) => `${plain(noteZh)} ${count}`).join('；')] as const]),
    ['约需', `${duration(estimatedSeconds)}${estimateZh === undefined ? '' : `（${plain(estimateZh)}）`}`], ...(newSinceText === undefined ? [] : [['选中之后新失败', newSinceText] as const]),
  ]);
}

/** One line of how far it is. */
export function progressText(operation: Operation): string {
  const { kind, preflight: { toSend }, progress: { sent, delivered, failed, underWay, discarded, returned = 0 } } = operation;
  const done = kind === 'replay' ? delivered + failed : discarded + returned;
  const result = kind === 'replay' ? `已送达 ${delivered}，失败 ${failed}，在途 ${underWay}` : `已${doingOf(operation)} ${done}`;
  const why = operation.statusReasonZh === null ? '' : `（${plain(operation.statusReasonZh)}${waitsText(operation)}）`;
  return `${bar(done, toSend)}  ${plain(operation.statusZh)}${why}  ${done}/${toSend}，已发出 ${sent}，${result}`;
}

/** Until when it waits for its hours. */
function waitsText({ waitsUntil }: Operation): string {
  return waitsUntil === null || waitsUntil === undefined ? '' : `，${longTime(waitsUntil)} 继续`;
}

function seenText({ acknowledgedBy: by, acknowledgedAt: at, pinned }: Operation): string {
  if (pinned === true) return '还没有人确认知悉（置顶中）';
  return by === null || by === undefined ? '-' : `${plain(by)}，${longTime(at ?? null)}`;
}

/** What halls are asked for. */
function wishesOf({ return: wish }: OperationDetail): (readonly [string, string])[] {
  return (wish?.items ?? []).map(({ path, materialCode, problem }) => ['请大厅更正', `${plain(path ?? materialCode)}：${plain(problem)}`]);
}

/** The whole of it. */
export function operationText(one: OperationDetail, out: Output): string {
  const facts = out.pairs([
    ['编号', plain(one.operationId)], ['做什么', plain(one.kindZh)], ['状态', out.paint(toneOf(one), `${plain(one.statusZh)}${one.statusReasonZh === null ? '' : `：${plain(one.statusReasonZh)}${waitsText(one)}`}`)],
    ...(one.hours ? [['时段', hoursText(one.hours)] as const] : []),
    ...(one.stepFailures ? [['出错', out.paint('bad', `连续 ${one.stepFailures} 次：${plain(one.stepError)}`)] as const] : []),
    ['发起', `${plain(one.creator)}，${longTime(one.createdAt)}：${plain(one.reason)}${one.ticket === null ? '' : `（${plain(one.ticket)}）`}`],
    ['批准', one.needsApproval === false ? '不需要' : plain(one.approvedBy)], ['开始', one.startedAt === null ? '-' : `${plain(one.startedBy)}，${longTime(one.startedAt)}`], ['结束', longTime(one.finishedAt)],
    ...(one.finishedAt === null ? [] : [['确认', seenText(one)] as const]),
    ...wishesOf(one),
    ['速率', `每秒至多 ${one.ratePerSecond}，同时在途至多 ${one.maxInFlight}，阶梯 ${one.ladder.length === 0 ? '不用' : one.ladder.join(' → ')}（已上 ${one.rung} 级）`],
  ]);
  const history = one.history.map((entry) => [longTime(entry.at), plain(entry.actor), plain(entry.action), plain(entry.result), plain(entry.reason)]);
  return [
    facts, preflightText({ ...one, newSinceText: String(one.newSince) }, out), progressText(one),
    ...(history.length === 0 ? [] : [out.table(['时间', '谁', '做了什么', '结果', '理由'], history)]),
  ].join('\n\n');
}
