import { longTime, plain } from '../terminal/plain-text.ts';
import type { Output } from '../terminal/output.ts';

/** As far as it is shown. */
export interface Board {
  readonly day: string;
  readonly over: boolean;
  readonly openDeltas: number;
  readonly capped: boolean;
  readonly digest: string;
  readonly halls: readonly { readonly hallZh: string; readonly stages: readonly { readonly stageZh: string; readonly count: number; readonly missing: number }[] }[];
  readonly lists: readonly { readonly sideZh: string; readonly kindZh: string; readonly ids: number; readonly by: string; readonly at: string }[];
  readonly signOff: { readonly by: string; readonly at: string; readonly note: string; readonly unchanged: boolean } | null;
}

export interface Missing {
  readonly projectNo: string;
  readonly hallZh: string | null;
  readonly reachedZh: string | null;
  readonly causeZh: string;
  readonly fixZh: string;
  readonly transferId: string | null;
  readonly code: string | null;
}

export interface Strip {
  readonly days: readonly { readonly day: string; readonly waiting: number; readonly failed: number; readonly givenUp: number; readonly unapplied: number; readonly signedOff: boolean }[];
}

/** The matrix of halls and stages: each count, and what is missing from the stage before. */
export function boardText({ day, over, openDeltas, capped, halls, lists, signOff }: Board, out: Output): string {
  const stages = halls[0]?.stages.map(({ stageZh }) => stageZh) ?? [];
  const table = out.table(['大厅', ...stages], halls.map(({ hallZh, stages: cells }) => [
    plain(hallZh), ...cells.map(({ count, missing }) => (missing === 0 ? String(count) : out.paint('warn', `${count}（-${missing}）`))),
  ]));
  const signed = signOff === null ? '还没有签认' : `${plain(signOff.by)} 于 ${longTime(signOff.at)} 签认：${plain(signOff.note)}${signOff.unchanged ? '' : out.paint('warn', '（签认以后有变化）')}`;
  const given = lists.length === 0 ? '' : `\n${out.table(['清单', '内容', '编号', '谁', '何时'], lists.map((one) => [plain(one.sideZh), plain(one.kindZh), String(one.ids), plain(one.by), longTime(one.at)]))}`;
  return `${plain(day)}${over ? '' : '（还没有过完）'}，没有走完的 ${capped ? '至少 ' : ''}${openDeltas} 件；${signed}\n${table}${given}`;
}

export function missingText(items: readonly Missing[], out: Output): string {
  return out.table(['办件编号', '大厅', '到达', '看来的原因', '投递', '代码', '办法'], items.map((one) => [
    plain(one.projectNo), plain(one.hallZh), plain(one.reachedZh), plain(one.causeZh), plain(one.transferId), plain(one.code), plain(one.fixZh),
  ]));
}

export function stripText({ days }: Strip, out: Output): string {
  const cell = (count: number): string => (count === 0 ? '·' : out.paint('warn', String(count)));
  return out.table(['日期', '在等', '失败', '放弃', '没有入账', '签认'], days.map(({ day, waiting, failed, givenUp, unapplied, signedOff }) => [
    plain(day), cell(waiting), cell(failed), cell(givenUp), cell(unapplied), signedOff ? '已签认' : '',
  ]));
}
