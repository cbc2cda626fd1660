import { EXIT } from '../exit-codes.ts';
import { ago, duration, longTime, plain } from '../terminal/plain-text.ts';
import type { Output } from '../terminal/output.ts';
import { isSilenced } from './alerts.ts';
import type { Alert } from './alerts.ts';
import { withWatch } from './options.ts';
import { showView } from './show.ts';
import { forecastText, stripPairs } from './status-strip.ts';
import type { Forecast, TopStrip } from './status-strip.ts';
import type { AddCommand } from './tools.ts';

/** As far as it is shown. */
interface Summary extends TopStrip {
  readonly asOf: string;
  readonly since: string;
  readonly capped: boolean;
  readonly cases: readonly { hallZh: string; statusZh: string; status: string; count: number }[];
  readonly transfers: readonly { destinationZh: string; status: string; statusZh: string; count: number }[];
  readonly oldestUndelivered: { transferId: string; projectNo: string; destinationZh: string; waitingSeconds: number } | null;
  readonly waitingEvents: { count: number; oldest: { typeZh: string; projectNo: string | null; waitingSeconds: number } | null };
  readonly refusals: { door: number; lifecycle: number };
  readonly duplicates: { suppressed: number; conflicting: number };
  readonly recent: { eventsPerSecond: number; deliveredPerSecond: number; failedAttempts: number; p50Ms: number | null; p99Ms: number | null };
}

interface OpenAlert extends Pick<Alert, 'acknowledged' | 'mute' | 'maintenance'> {
  readonly conditionZh: string;
  readonly subjectZh: string;
  readonly openedAt: string;
}

interface Status {
  readonly summary: Summary;
  readonly forecast: Forecast;
  /** Dead letters that wait for a person, of whatever day; one page of them. */
  readonly letters: { readonly items: readonly unknown[]; readonly nextCursor: string | null };
  readonly alerts: { readonly items: readonly OpenAlert[]; readonly nextCursor: string | null };
}

/** The bridge at one look: what goes through, what waits, what calls for a person. */
export const addStatus: AddCommand = (program, run) => program.command(
  'status', '总览：办件、投递、积压和预测、速率、告警（有失败、死信或告警时退出码 3；静音的、属计划维护的告警不算）', (command) => withWatch(command),
  run((tools, { watch }) => showView<Status>(tools, {
    ask: async () => {
      const [summary, forecast, alerts, letters] = await Promise.all([
        tools.api.get<Summary>('/api/summary'), tools.api.get<Forecast>('/api/forecast'), tools.api.get<Status['alerts']>('/api/alerts', { open: true, limit: 200 }), tools.api.get<Status['letters']>('/api/dead-letters', { status: 'open', limit: 200 }),
      ]);
      return { summary, forecast, alerts, letters };
    },
    show: (status) => statusText(status, tools.out),
    json: ({ summary }) => summary,
    judge: ({ summary, alerts, letters }) => (troubled(summary) || alerts.items.some((alert) => !isSilenced(alert)) || letters.items.length > 0 ? EXIT.bad : EXIT.ok),
  }, watch)),
);

function troubled({ transfers, duplicates }: Summary): boolean {
  return countOf(transfers, 'failed') > 0 || duplicates.conflicting > 0;
}

function countOf(rows: readonly { readonly status: string; readonly count: number }[], status: string): number {
  return rows.filter((row) => row.status === status).reduce((sum, { count }) => sum + count, 0);
}

/** The whole page for people. */
export function statusText({ summary, forecast, alerts, letters }: Status, out: Output): string {
  const backlog = forecastText(forecast, out);
  return [
    `${out.paint('strong', `就近桥${summary.environment === '' ? '' : `（${plain(summary.environment)}）`}`)}  ${longTime(summary.asOf)}（自 ${longTime(summary.since)} 起${summary.capped ? '，数量过大，部分为下限' : ''}）`,
    '', crossTable('大厅', summary.cases.map(({ hallZh, statusZh, count }) => [hallZh, statusZh, count] as const), out, '还没有办件'),
    '', crossTable('投往', summary.transfers.map(({ destinationZh, statusZh, count }) => [destinationZh, statusZh, count] as const), out, '还没有投递'),
    '', out.pairs([...stripPairs(summary, out), ...figures(summary, out), lettersFigure(letters, out)]),
    ...(backlog === null ? [] : ['', backlog]),
    '', alertText(alerts, out),
  ].join('\n');
}

function figures({ oldestUndelivered: oldest, waitingEvents, refusals, duplicates, recent, transfers }: Summary, out: Output): (readonly [string, string])[] {
  const bad = (count: number): string => (count > 0 ? out.paint('bad', String(count)) : '0');
  return [
    ['失败的投递', bad(countOf(transfers, 'failed'))],
    ['等得最久的投递', oldest === null ? '没有' : `${duration(oldest.waitingSeconds)}（${oldest.destinationZh}，${oldest.projectNo}，${oldest.transferId}）`],
    ['等前序的事件', waitingEvents.oldest === null ? String(waitingEvents.count) : `${waitingEvents.count}，最久 ${duration(waitingEvents.oldest.waitingSeconds)}（${waitingEvents.oldest.typeZh}，${plain(waitingEvents.oldest.projectNo)}）`],
    ['拒收', `入口 ${refusals.door}，违反办件规则 ${refusals.lifecycle}`],
    ['重复', `已抑制 ${duplicates.suppressed}，其中内容不同 ${bad(duplicates.conflicting)}`],
    ['最近 10 秒', `每秒入账 ${recent.eventsPerSecond}，每秒送达 ${recent.deliveredPerSecond}，失败的尝试 ${recent.failedAttempts}，送达耗时 p50 ${plain(recent.p50Ms)} / p99 ${plain(recent.p99Ms)} 毫秒`],
  ];
}

function lettersFigure({ items, nextCursor }: Status['letters'], out: Output): readonly [string, string] {
  return ['待处理的死信', items.length === 0 ? '0' : out.paint('bad', `${items.length}${nextCursor === null ? '' : '+'}`)];
}

/** Counts by two names: one of them down, the other across. */
function crossTable(corner: string, cells: readonly (readonly [string, string, number])[], out: Output, none: string): string {
  if (cells.length === 0) return none;
  const [down, across] = [[...new Set(cells.map(([row]) => row))], [...new Set(cells.map(([, column]) => column))]];
  const rows = down.map((row) => [row, ...across.map((column) => String(cells.find(([r, c]) => r === row && c === column)?.[2] ?? 0))]);
  return out.table([corner, ...across], rows);
}

/** The others are told by `bridgectl alerts`. */
const SHOWN_ALERTS = 20;

function alertText({ items, nextCursor }: Status['alerts'], out: Output): string {
  if (items.length === 0) return out.paint('good', '没有告警');
  const rows = items.slice(0, SHOWN_ALERTS).map((alert) => [plain(alert.conditionZh), plain(alert.subjectZh), ago(alert.openedAt), standing(alert)]);
  return `${out.paint('bad', `告警 ${items.length}${nextCursor === null ? '' : '+'}`)}\n${out.table(['条件', '对象', '已持续', '有人管吗'], rows)}`;
}

function standing({ acknowledged, mute, maintenance }: OpenAlert): string {
  const said = [...(acknowledged === null ? [] : [`${plain(acknowledged.by)} 已确认`]), ...(mute === null ? [] : ['已静音']), ...(maintenance === null ? [] : ['计划维护'])];
  return said.length === 0 ? '没有' : said.join('，');
}
