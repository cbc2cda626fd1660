import { UsageError } from '../gateway/problems.ts';
import { ago, longTime, plain } from '../terminal/plain-text.ts';
import type { Output } from '../terminal/output.ts';
import { addChannelSettings, hoursText } from './channel-settings.ts';
import type { SendingWindow } from './channel-settings.ts';
import { withReason, withWatch } from './options.ts';
import { showView } from './show.ts';
import type { AddCommand, Ended, Program, Run, Tools } from './tools.ts';

/** As far as it is shown. */
export interface Channel {
  readonly channel: string;
  readonly channelZh: string;
  readonly state: string;
  readonly stateZh: string;
  readonly reason: string | null;
  readonly ticket: string | null;
  readonly pausedBy: string | null;
  readonly pausedAt: string | null;
  readonly until: string | null;
  readonly ratePerSecond: number | null;
  readonly hours: readonly SendingWindow[] | null;
  readonly opensAt: string | null;
  readonly held: number;
  readonly oldestHeldAt: string | null;
  readonly inFlight: number;
  readonly inLastMinute: number;
  readonly outLastMinute: number;
  readonly circuit: string | null;
  readonly failed: number;
  readonly oldestAt: string | null;
  readonly p95Seconds: number | null;
  readonly tone: 'good' | 'warn' | 'bad';
  readonly whyZh: readonly string[];
  readonly version: number;
}

interface Moved {
  readonly outcomeZh: string;
  readonly channel: string;
  readonly until: string | null;
}

const NAME = { describe: '通道：intake:大厅代码 或 completion:大厅代码', type: 'string', demandOption: true } as const;

/** The ways between halls and centre (通道), and holding them. */
export const addChannels: AddCommand = (program, run) => program
  .command('channels', '每个大厅两个方向的通道：列出、限速和投递时段、更改的经过', (command) => { looking(command, run); addChannelSettings(command, run); return command.demandCommand(0); })
  .command('pause <channel>', '暂停通道：不再发出新的投递，已派出的走完，收件照常', (command) => withReason(command).positional('channel', NAME)
    .option('until', { describe: '到此时自动恢复：带时区的时间，或 30m、4h、2d', type: 'string' }),
  run((tools, { channel, reason, ticket, until }) => move(tools, channel, 'pause', { reason, ticket, ...(until === undefined ? {} : { until: instantOf(until) }) })))
  .command('resume <channel>', '恢复通道：积存的由少到多逐步发出', (command) => withReason(command).positional('channel', NAME),
    run((tools, { channel, reason, ticket }) => move(tools, channel, 'resume', { reason, ticket })));

function looking(program: Program, run: Run): void {
  program.command(['list', '$0'], '列出：是否暂停、限速、投递时段、积存、在途、速率、熔断', (command) => withWatch(command), run((tools, { watch }) => showView<{ items: readonly Channel[] }>(tools, {
    ask: () => tools.api.get<{ items: readonly Channel[] }>('/api/channels'), show: ({ items }) => channelsText(items, tools.out),
  }, watch)));
}

/** What is changed is what was seen a moment ago: when somebody came in between, the API says so. */
async function move({ api, out }: Tools, channel: string, verb: 'pause' | 'resume', body: object): Ended {
  const path = `/api/channels/${encodeURIComponent(channel)}`;
  const { etag } = await api.ask<Channel>('GET', path);
  const done = await api.write<Moved>('POST', `${path}/${verb}`, body, etag === null ? {} : { 'if-match': etag });
  if (out.json) out.answer(done);
  else out.line(`${plain(done.outcomeZh)}：${plain(done.channel)}${done.until === null ? '' : `，到 ${longTime(done.until)} 自动恢复`}`);
}

const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** An instant as the API takes it, from an instant or from how long it is until then. */
export function instantOf(text: string, now = Date.now(), option = '--until'): string {
  const [, count, unit] = /^(\d{1,4})([mhd])$/.exec(text) ?? [];
  if (count !== undefined && unit !== undefined) return new Date(now + Number(count) * (UNITS[unit] ?? 0)).toISOString();
  if (/^\d{4}-\d\d-\d\dT.*(?:Z|[+-]\d\d:\d\d)$/.test(text) && !Number.isNaN(Date.parse(text))) return text;
  throw new UsageError(`${option} 不合规则：“${text}”`, '须为带时区的时间（2026-11-24T08:30:00+08:00），或 30m、4h、2d。');
}

function channelsText(items: readonly Channel[], out: Output): string {
  return out.table(['通道', '通道（中文）', '状态', '积存', '最早', '在途', '失败', '进/分', '出/分', '用时 p95', '熔断', '限速和时段', '留意', '暂停的人和理由'], items.map((one) => [
    out.paint(one.tone, plain(one.channel)), plain(one.channelZh), one.state === 'running' ? plain(one.stateZh) : out.paint('warn', plain(one.stateZh)), plain(one.held), ago(one.oldestAt),
    plain(one.inFlight), plain(one.failed), plain(one.inLastMinute), plain(one.outLastMinute), one.p95Seconds === null ? '-' : `${one.p95Seconds.toFixed(1)} 秒`,
    one.circuit === 'open' ? out.paint('bad', one.circuit) : plain(one.circuit), limits(one), one.whyZh.length === 0 ? '-' : one.whyZh.map(plain).join('；'), why(one),
  ]));
}

function limits({ ratePerSecond, hours }: Channel): string {
  const parts = [...(ratePerSecond === null ? [] : [`每秒 ${ratePerSecond} 条`]), ...(hours === null ? [] : [hoursText(hours)])];
  return parts.length === 0 ? '-' : parts.join('，');
}

function why({ pausedBy, pausedAt, reason, ticket, until }: Channel): string {
  if (pausedAt === null) return '-';
  return [`${plain(pausedBy)}：${plain(reason)}`, ...(ticket === null ? [] : [plain(ticket)]), `${longTime(pausedAt)} 起`, ...(until === null ? [] : [`${longTime(until)} 自动恢复`])].join('，');
}
