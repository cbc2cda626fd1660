import Table from 'cli-table3';
import type { CheckReport } from '../check/check.ts';

/** The one JSON object that `--json` prints. */
export interface RunResult {
  readonly cases: number;
  readonly completed: number;
  readonly returned: number;
  readonly withdrawn: number;
  readonly rejected: number;
  readonly failed: number;
  readonly lost: number;
  readonly duplicated: number;
  readonly outOfOrder: number;
  readonly seconds: number;
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
}

export interface RunFacts {
  readonly report: CheckReport;
  /** From the first case to the last one's end. */
  readonly seconds: number;
  readonly memoryMiB: Readonly<Record<string, number | null>>;
}

/** What the run came to, by the comparison of both sides' records with the ledger. */
export function resultOf({ report, seconds }: RunFacts): RunResult {
  return {
    cases: report.cases, completed: report.completed, returned: report.returned, withdrawn: report.withdrawn, rejected: report.rejected,
    failed: report.failed, lost: report.lost, duplicated: report.duplicated, outOfOrder: report.outOfOrder,
    seconds: round(seconds), p50Ms: report.p50Ms === null ? null : round(report.p50Ms), p99Ms: report.p99Ms === null ? null : round(report.p99Ms),
  };
}

/** What makes the run a failure, one sentence each; empty when it is none. */
export function faultsOf({ report }: RunFacts): string[] {
  const counted: [number, string][] = [
    [report.lost, '丢失'], [report.duplicated, '重复生效'], [report.outOfOrder, '乱序'], [report.altered, '内容与原件不符'], [report.unexplained, '来历不明'], [report.stuckCount, '没有办到头'],
  ];
  const faults = counted.filter(([count]) => count > 0).map(([count, what]) => `${what}：${count}`);
  const named = report.findings.slice(0, 10).map((finding) => `  ${JSON.stringify(finding)}`);
  const stuck = report.stuck.slice(0, 10).map((projectNo) => `  未办结 ${projectNo}`);
  return faults.length === 0 ? [] : [...faults, ...named, ...stuck];
}

/** The summary for people. */
export function summaryTable(facts: RunFacts): string {
  const { report } = facts;
  const table = new Table({ style: { head: [], border: [] } });
  const perSecond = facts.seconds > 0 ? report.transfers / facts.seconds : 0;
  table.push(
    [{ content: '办件', rowSpan: 2 }, '总数', '办结', '不予批准', '退件', '撤回', '作废', '失败'],
    [report.cases, report.completed, report.rejected, report.returned, report.withdrawn, report.voided, report.failed],
    [{ content: '核对', rowSpan: 2 }, '丢失', '重复', '乱序', '不符', '不明', '未办到头', '重投'],
    [report.lost, report.duplicated, report.outOfOrder, report.altered, report.unexplained, report.stuckCount, report.repeats],
    [{ content: '投递', rowSpan: 2 }, '条数', '每秒', '用时 s', 'p50 ms', 'p99 ms', { content: '', colSpan: 2 }],
    [report.transfers, round(perSecond), round(facts.seconds), show(report.p50Ms), show(report.p99Ms), { content: '', colSpan: 2 }],
  );
  const memory = Object.entries(facts.memoryMiB).map(([name, mib]) => `${name} ${show(mib)} MiB`).join('，');
  return `${table.toString()}\n内存峰值：${memory}`;
}

function show(value: number | null): string | number {
  return value === null ? '—' : round(value);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
