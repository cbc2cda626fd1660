import { longTime, plain } from '../terminal/plain-text.ts';
import type { Output } from '../terminal/output.ts';

/** As far as it is shown. */
export interface FailureGroup {
  readonly groupId: string;
  readonly destinationZh: string;
  readonly transferKindZh: string;
  readonly errorCode: string | null;
  readonly httpStatus: number | null;
  readonly field: string | null;
  readonly text: string;
  readonly classZh: string;
  readonly status: string;
  readonly statusZh: string;
  readonly owner: string | null;
  readonly failedNow: number;
  readonly casesNow: number;
  readonly capped: boolean;
  readonly occurrences: number;
  readonly recurrences: number;
  readonly firstSeenAt: string;
  readonly lastSeenAt: string;
  readonly hours: readonly number[];
}

export interface FailureGroupDetail extends FailureGroup {
  readonly classExplainZh: string;
  readonly note: string | null;
  readonly runbook: string;
  readonly contacts: readonly { sideZh: string; name: string | null; phone: string | null; org: string | null }[];
  readonly nextStatuses: readonly string[];
  readonly halls: readonly { hallZh: string; failedNow: number }[];
  readonly lastFix: { at: string; by: string | null; reason: string | null } | null;
  readonly examples: readonly { transferId: string; projectNo: string; attempts: number; errorDetail: string | null; failedAt: string | null }[];
  readonly history: readonly { at: string; by: string; from: string; to: string; owner: string | null; reason: string }[];
  readonly similar: readonly { groupId: string; resolvedAt: string; resolvedBy: string | null; reason: string | null }[];
}

const STEPS = '▁▂▃▄▅▆▇█';

/** Counts as a row of bars, the highest as tall as a line: a blank is none. */
export function sparkline(counts: readonly number[]): string {
  const most = Math.max(0, ...counts);
  return counts.map((count) => (count <= 0 ? '·' : STEPS[Math.min(STEPS.length - 1, Math.ceil((count / most) * STEPS.length) - 1)] ?? '')).join('');
}

/** One group with all that a person needs to do something about it. */
export function failureText(group: FailureGroupDetail, out: Output): string {
  const { contacts, examples, history, similar } = group;
  return [
    out.pairs(factsOf(group)),
    section('联系人', contacts.map(({ sideZh, name, phone, org }) => [plain(sideZh), plain(name), plain(phone), plain(org)]), ['哪一方', '姓名', '电话', '单位'], out),
    section('举例', examples.map((one) => [plain(one.transferId), plain(one.projectNo), plain(one.attempts), longTime(one.failedAt), plain(one.errorDetail)]), ['投递', '办件', '次数', '失败', '说明'], out),
    section('经过', history.map((one) => [longTime(one.at), plain(one.by), `${one.from} → ${one.to}`, plain(one.owner), plain(one.reason)]), ['时间', '谁', '状态', '负责人', '理由'], out),
    section('以前解决过的相似分组', similar.map((one) => [plain(one.groupId), longTime(one.resolvedAt), plain(one.resolvedBy), plain(one.reason)]), ['编号', '时间', '谁', '怎样解决的'], out),
  ].filter((part) => part !== '').join('\n\n');
}

function factsOf(group: FailureGroupDetail): (readonly [string, string])[] {
  return [
    ['编号', plain(group.groupId)], ['状态', `${plain(group.statusZh)}（可改为 ${group.nextStatuses.join('、')}）`], ['负责人', plain(group.owner)],
    ['投往', `${plain(group.destinationZh)}：${plain(group.transferKindZh)}`], ['错误', [group.errorCode, group.httpStatus, group.field].filter((part) => part !== null).map(plain).join('，')],
    ['说明', plain(group.text)], ['责任方', `${plain(group.classZh)}：${plain(group.classExplainZh)}`],
    ['失败着', `${group.failedNow}${group.capped ? '+' : ''} 条，涉及 ${group.casesNow} 个办件；历来 ${group.occurrences} 次，复发 ${group.recurrences} 次`],
    ['涉及大厅', group.halls.map(({ hallZh, failedNow }) => `${plain(hallZh)} ${failedNow}`).join('，')],
    ['上次解决', group.lastFix === null ? '-' : `${longTime(group.lastFix.at)} ${plain(group.lastFix.by)}：${plain(group.lastFix.reason)}`],
    ['先后', `${longTime(group.firstSeenAt)} 至 ${longTime(group.lastSeenAt)}`], ['24 小时', sparkline(group.hours)], ['处置手册', plain(group.runbook)], ['备注', plain(group.note)],
  ];
}

function section(title: string, rows: string[][], head: string[], out: Output): string {
  return rows.length === 0 ? '' : `${out.paint('strong', title)}\n${out.table(head, rows)}`;
}
