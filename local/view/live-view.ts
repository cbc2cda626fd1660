import Table from 'cli-table3';
import type { BridgeSummary, SimulatorStatus } from '../programs/control.ts';

/** What is known at one moment; a part that could not be asked is `null`. */
export interface Moment {
  readonly platform: SimulatorStatus | null;
  readonly centre: SimulatorStatus | null;
  readonly bridge: BridgeSummary | null;
}

const STAGE_ZH: Readonly<Record<string, string>> = {
  RECEIVED: '已收件', PENDING_ACCEPTANCE: '待受理', SUPPLEMENT_REQUIRED: '待补正', ACCEPTED: '已受理', IN_REVIEW: '审核中',
  SUSPENDED: '特别程序', DECIDED: '已决定', ENDED: '已到头',
};

/** The live view on a terminal: cases by hall and stage, rates, failures. */
export function liveView(moment: Moment, urls: readonly string[]): string {
  return [hallTable(moment), rateLine(moment), troubleLine(moment), ...urls, 'Ctrl-C 停止全部'].filter((line) => line !== '').join('\n');
}

/** One line for an output that is no terminal. */
export function plainLine(moment: Moment): string {
  const cases = moment.platform?.cases;
  const counted = cases === undefined ? '模拟平台没有回答' : `收件 ${cases.started}，在办 ${cases.open}，到头 ${cases.ended}`;
  return [counted, rateLine(moment), troubleLine(moment)].filter((part) => part !== '').join('；');
}

/** Changes whenever anything moved at all: a run whose mark stays the same is stuck. */
export function progressMark({ platform, centre }: Moment): string {
  return JSON.stringify([platform, centre].map((side) => [side?.events.accepted, side?.effects.received, side?.cases.started, side?.cases.ended]));
}

/** Both sides are at the end of this many cases. */
export function isFinished({ platform, centre }: Moment, cases: number): boolean {
  if (platform === null || centre === null) return false;
  return platform.cases.started >= cases && platform.cases.open === 0 && centre.cases.open === 0;
}

/** Nothing that the bridge still has to bring anywhere. */
export function isAtRest({ bridge }: Moment): boolean {
  return bridge !== null && bridge.transfers.every(({ status, count }) => count === 0 || !['held', 'in_flight', 'retry_wait'].includes(status));
}

function hallTable({ platform }: Moment): string {
  if (platform === null) return '模拟平台没有回答……';
  const halls = Object.values(platform.halls);
  const stages = [...new Set(halls.flatMap((hall) => Object.keys(hall.stages)))];
  const table = new Table({ head: ['大厅', ...stages.map((stage) => STAGE_ZH[stage] ?? stage)], style: { head: [], border: [] } });
  for (const hall of halls) table.push([hall.name, ...stages.map((stage) => hall.stages[stage] ?? 0)]);
  return table.toString();
}

function rateLine({ platform, bridge }: Moment): string {
  const sent = platform === null ? '' : `大厅每秒送出 ${platform.perSecond.sent.toFixed(1)}、收到 ${platform.perSecond.received.toFixed(1)}`;
  const carried = bridge === null ? '' : `桥每秒入账 ${bridge.recent.eventsPerSecond.toFixed(1)}、送达 ${bridge.recent.deliveredPerSecond.toFixed(1)}`;
  return [sent, carried].filter((part) => part !== '').join('，');
}

function troubleLine({ platform, centre, bridge }: Moment): string {
  if (bridge === null) return '网关没有回答';
  const of = (status: string): number => bridge.transfers.filter((row) => row.status === status).reduce((sum, row) => sum + row.count, 0);
  const refused = (platform?.events.refused ?? 0) + (centre?.events.refused ?? 0);
  return `待送 ${of('held') + of('in_flight')}，重试 ${of('retry_wait')}，失败 ${of('failed')}，死信 ${bridge.deadLetters}，暂存 ${bridge.waitingEvents.count}，入口拒收 ${refused}`;
}
