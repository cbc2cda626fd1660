import Table from 'cli-table3';
import type { CheckReport } from '../../local/check/check.ts';
import type { Breakage, Charge } from './breakages.ts';
import { faultOf } from './faults.ts';
import type { FaultFigures } from './figures.ts';
import type { UnaskedEnd } from './kept-program.ts';

/** What no fault does by itself, and every run must have met. */
export interface Met {
  /** Receipts by somebody whose permission was answered 202 just before; each must be applied, whichever reached the ledger first. */
  readonly newClerks: number;
  /** Questions that the endpoints answered which cannot tell a repetition. */
  readonly askedFirst: number;
  /** Ends of programs by a message that ends whoever handles it. */
  readonly poisonDeaths: number;
}

/** All that is known at the end of a run. */
export interface ChaosFacts {
  readonly seed: number;
  readonly seconds: number;
  readonly check: CheckReport;
  readonly figures: readonly FaultFigures[];
  readonly recoverySecondsP95: number;
  /** From the healing of everything until nothing was left to bring; `null` when it did not come to that in time. */
  readonly restSeconds: number | null;
  /** Poison messages that the broker took, and those of them that are not among the ledger's dead letters. */
  readonly poison: { readonly sent: number; readonly missing: number };
  readonly met: Met;
  /** Faults of the plan that could not be done. */
  readonly undone: readonly string[];
  /** Ends of programs that no fault had asked for. */
  readonly unaskedEnds: readonly UnaskedEnd[];
  readonly memoryMiB: Readonly<Record<string, number>>;
  /** Transfers that are not at their end, as the ledger has them; at most 20. */
  readonly unfinished: readonly object[];
}

/** The one JSON object that `--json` prints. */
export interface ChaosResult {
  readonly seed: number;
  readonly seconds: number;
  readonly cases: number;
  readonly accepted: number;
  readonly delivered: number;
  readonly lost: number;
  readonly duplicated: number;
  readonly outOfOrder: number;
  readonly stuck: number;
  readonly failed: number;
  readonly altered: number;
  readonly unexplained: number;
  readonly faults: readonly FaultFigures[];
  readonly recoverySecondsP95: number;
  readonly restSeconds: number | null;
  readonly poison: ChaosFacts['poison'];
  readonly met: Met;
  readonly unaskedEnds: number;
  readonly memoryMiB: Readonly<Record<string, number>>;
  readonly ok: boolean;
}

export function chaosResult(facts: ChaosFacts): ChaosResult {
  const { seed, seconds, check, figures, recoverySecondsP95, restSeconds, poison, met, unaskedEnds, memoryMiB } = facts;
  const { cases, accepted, transfers, lost, duplicated, outOfOrder, failed, altered, unexplained } = check;
  return {
    seed, seconds, cases, accepted, delivered: transfers, lost, duplicated, outOfOrder, stuck: stuckOf(check), failed, altered, unexplained,
    faults: figures, recoverySecondsP95, restSeconds, poison, met, unaskedEnds: unaskedEnds.length, memoryMiB, ok: problemsOf(facts).length === 0,
  };
}

/** Cases that did not reach their end, or transfers that the ledger has no end for, whichever is more: the one is often the other's cause. */
function stuckOf({ stuckCount, unfinished }: CheckReport): number {
  return Math.max(stuckCount, unfinished);
}

/** What makes the run a failure, one sentence each; empty when it is none. */
export function problemsOf({ check, poison, undone, unaskedEnds, unfinished, restSeconds }: ChaosFacts): string[] {
  const counted: [number, string][] = [
    [check.lost, '丢失'], [check.duplicated, '重复生效'], [check.outOfOrder, '乱序'], [check.altered, '内容与原件不符'], [check.unexplained, '来历不明'],
    [stuckOf(check), '没有办到头'], [check.failed, '失败的办件（对方没有拒收过任何一件）'], [poison.missing, '毒消息没有进入死信'], [undone.length, '计划中的故障没有做成'],
    [unaskedEnds.length, '程序自行退出'], [restSeconds === null ? 1 : 0, '恢复之后仍有事情没有办完'], [check.cases === 0 ? 1 : 0, '一件也没有收'],
  ];
  const problems = counted.filter(([count]) => count > 0).map(([count, what]) => `${what}：${count}`);
  if (problems.length === 0) return [];
  return [
    ...problems, ...check.findings.slice(0, 20).map((finding) => `  ${JSON.stringify(finding)}`), ...check.stuck.slice(0, 10).map((projectNo) => `  没有办到头 ${projectNo}`),
    ...unfinished.map((row) => `  没有结果的投递 ${JSON.stringify(row)}`), ...undone.map((line) => `  ${line}`),
    ...unaskedEnds.slice(0, 10).map(({ program, why }) => `  ${program}：${why}`),
  ];
}

/** What the checker was to find in a run without one of the guarantees, and what it found; empty when it found nothing of it. */
export function foundOf({ charges }: Breakage, facts: ChaosFacts): { charge: Charge; count: number }[] {
  const result = chaosResult(facts);
  return charges.map((charge) => ({ charge, count: charge === 'poison' ? result.poison.missing : result[charge] })).filter(({ count }) => count > 0);
}

/** The tables for people. */
export function chaosTables(facts: ChaosFacts): string {
  const { check, figures, memoryMiB } = facts;
  const faults = new Table({ head: ['故障', '次数', '恢复 p50 s', '恢复最长 s', '最长停顿 s'], style: { head: [], border: [] } });
  for (const { name, times, recoveryP50, recoveryMax, longestStall } of figures) faults.push([`${faultOf(name).zh} (${name})`, times, recoveryP50, recoveryMax, longestStall]);
  const counts = new Table({ head: ['办件', '收下的事件', '送达', '丢失', '重复', '乱序', '未办到头', '失败', '不符', '重投'], style: { head: [], border: [] } });
  counts.push([check.cases, check.accepted, check.transfers, check.lost, check.duplicated, check.outOfOrder, stuckOf(check), check.failed, check.altered, check.repeats]);
  const memory = Object.entries(memoryMiB).map(([name, mib]) => `${name} ${mib} MiB`).join('，');
  return [
    faults.toString(), counts.toString(),
    `恢复时间 p95 ${facts.recoverySecondsP95} s；全部恢复后 ${facts.restSeconds ?? '—'} s 办完；毒消息 ${facts.poison.sent} 条，均进入死信的有 ${facts.poison.sent - facts.poison.missing} 条`,
    `刚开通权限即收件 ${facts.met.newClerks} 件；重投前核对 ${facts.met.askedFirst} 次；程序因毒消息退出 ${facts.met.poisonDeaths} 次`,
    `内存峰值：${memory}`,
  ].join('\n');
}
