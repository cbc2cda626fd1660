import { longTime, plain } from '../terminal/plain-text.ts';
import type { Output } from '../terminal/output.ts';

/** What a summary says above everything else, as far as it is shown. */
export interface TopStrip {
  readonly environment: string;
  readonly servers: readonly { readonly server: string; readonly state: string; readonly stateZh: string; readonly detailZh: string | null }[];
  readonly deadlines: { readonly breached: number; readonly due: number };
  readonly nextMaintenance: { readonly planId: string; readonly destinationZh: string; readonly running: boolean; readonly from: string; readonly to: string } | null;
}

/** What is to come in one channel, as far as it is shown. */
export interface ChannelForecast {
  readonly channel: string;
  readonly channelZh: string;
  readonly waiting: number;
  readonly verdict: string;
  readonly sayZh: string;
  readonly breaches: number;
  readonly overdue: number;
}

export interface Forecast {
  readonly capped: boolean;
  readonly items: readonly ChannelForecast[];
}

const TONES: Readonly<Record<string, 'good' | 'warn' | 'bad'>> = { good: 'good', partly: 'warn', unknown: 'warn' };

/** Servers, today's deadlines and the next downtime. */
export function stripPairs({ servers, deadlines, nextMaintenance: next }: TopStrip, out: Output): (readonly [string, string])[] {
  const shown = servers.map(({ server, state, stateZh, detailZh }) => `${plain(server)} ${out.paint(TONES[state] ?? 'bad', plain(stateZh))}${detailZh === null ? '' : `（${plain(detailZh)}）`}`);
  return [
    ['服务器', shown.join('，')],
    ['承诺今日办结', `到期未办结 ${deadlines.breached > 0 ? out.paint('bad', String(deadlines.breached)) : '0'}，还要到期 ${deadlines.due}`],
    ['计划维护', next === null ? '没有' : `${next.running ? out.paint('warn', '进行中') : '下一个'}：${plain(next.destinationZh)}，${longTime(next.from)} 至 ${longTime(next.to)}（${plain(next.planId)}）`],
  ];
}

/** Backlogs that are more than a moment's work, or late; null when there is none. */
export function forecastText({ capped, items }: Forecast, out: Output): string | null {
  const worth = items.filter(({ waiting, verdict, breaches, overdue }) => waiting > 0 && (verdict !== 'clearing' || waiting >= 20 || breaches + overdue > 0));
  if (worth.length === 0) return null;
  const rows = worth.map(({ channel, waiting, sayZh, breaches, overdue }) => [plain(channel), `${waiting}${capped ? '+' : ''}`, breaches + overdue > 0 ? out.paint('bad', plain(sayZh)) : plain(sayZh)]);
  return `积压预测\n${out.table(['通道', '等着', '预测'], rows)}`;
}
