import { UsageError } from '../gateway/problems.ts';
import { longTime, plain } from '../terminal/plain-text.ts';
import type { Output } from '../terminal/output.ts';
import { withList, withReason } from './options.ts';
import { showList } from './show.ts';
import type { Ended, Program, Run, Tools } from './tools.ts';

/** A time of day on some days of the week, in Beijing. */
export interface SendingWindow {
  readonly days: readonly number[];
  readonly from: string;
  readonly to: string;
}

/** As far as it is shown. */
interface Settings {
  readonly channel: string;
  readonly ratePerSecond: number | null;
  readonly hours: readonly SendingWindow[] | null;
  readonly opensAt: string | null;
}

interface Change {
  readonly at: string;
  readonly by: string;
  readonly actionZh: string;
  readonly reason: string;
  readonly ticket: string | null;
  readonly differences: readonly { readonly fieldZh: string; readonly from: string | null; readonly to: string | null }[];
}

interface SetArgs {
  readonly channel: string;
  readonly rate?: string | undefined;
  readonly hours?: string | undefined;
  readonly reason: string;
  readonly ticket?: string | undefined;
}

const NAME = { describe: '通道：intake:大厅代码 或 completion:大厅代码', type: 'string', demandOption: true } as const;

/** How fast and when channels send (限速和投递时段), and who changed what of them. */
export function addChannelSettings(program: Program, run: Run): void {
  program
    .command('set <channel>', '设置限速和投递时段；没有写的一项不变', (command) => withReason(command).positional('channel', NAME)
      .option('rate', { describe: '每秒至多条数 1–500；none 为不限', type: 'string' })
      .option('hours', { describe: '投递时段（北京时间），如 "1-5 08:30-17:30; 6,7 09:00-12:00"，1 为星期一；none 为不限', type: 'string' }),
    run(set))
    .command('changes <channel>', '暂停、恢复、设置的更改：谁、何时、为何、从什么变成什么', (command) => withList(command).positional('channel', NAME),
      run((tools, { channel, ...args }) => showList<Change>(tools, {
        path: `${pathOf(channel)}/changes`, query: {}, none: '没有更改过。', show: (items) => changesText(items, tools.out),
      }, args)));
}

/** What is changed is what was seen a moment ago: when somebody came in between, the API says so. */
async function set({ api, out }: Tools, { channel, rate, hours, reason, ticket }: SetArgs): Ended {
  if (rate === undefined && hours === undefined) throw new UsageError('请给出 --rate 或 --hours', '例：bridgectl channels set intake:410204 --rate 5 --hours "1-5 08:30-17:30" --reason …');
  const wanted = { ...(rate === undefined ? {} : { ratePerSecond: rateOf(rate) }), ...(hours === undefined ? {} : { hours: hoursOf(hours) }) };
  const path = `${pathOf(channel)}/settings`;
  const { body: { ratePerSecond, hours: present }, etag } = await api.ask<Settings>('GET', path);
  const done = await api.write<Settings & { outcomeZh: string }>('PUT', path, { ratePerSecond, hours: present, ...wanted, reason, ticket }, etag === null ? {} : { 'if-match': etag });
  if (out.json) out.answer(done);
  else out.line(`${plain(done.outcomeZh)}：${plain(done.channel)}，${settingsText(done)}`);
}

function settingsText({ ratePerSecond, hours, opensAt }: Settings): string {
  const rate = ratePerSecond === null ? '不限速' : `每秒至多 ${ratePerSecond} 条`;
  const when = hours === null ? '不限时段' : `时段 ${hoursText(hours)}`;
  return `${rate}，${when}${opensAt === null ? '' : `（现在不在时段内，${longTime(opensAt)} 开始）`}`;
}

function rateOf(text: string): number | null {
  if (text === 'none') return null;
  if (/^[1-9]\d{0,2}$/.test(text)) return Number(text);
  throw new UsageError(`--rate 不合规则：“${text}”`, '须为每秒条数 1–500；none 为不限。');
}

/** Hours as the API takes them, from `1-5 08:30-17:30; 6,7 09:00-12:00`; null for none. Whether they make sense the API says. */
export function hoursOf(text: string): SendingWindow[] | null {
  if (text === 'none') return null;
  return text.split(';').map((part) => {
    const [, days, from, to] = /^\s*([1-7](?:[-,][1-7])*)\s+(\d\d:\d\d)-(\d\d:\d\d)\s*$/.exec(part) ?? [];
    if (days !== undefined && from !== undefined && to !== undefined) return { days: daysOf(days), from, to };
    throw new UsageError(`--hours 不合规则：“${part.trim()}”`, '须为“星期几 从-到”，以分号隔开，如 "1-5 08:30-17:30; 6,7 09:00-12:00"（1 为星期一）；none 为不限。');
  });
}

function daysOf(text: string): number[] {
  return [...new Set(text.split(',').flatMap((part) => {
    const [first = 0, last = first] = part.split('-').map(Number);
    return Array.from({ length: Math.max(0, last - first + 1) }, (_, n) => first + n);
  }))];
}

/** Hours in a line. */
export function hoursText(hours: readonly SendingWindow[]): string {
  return hours.map(({ days, from, to }) => `${daysText(days)} ${plain(from)}-${plain(to)}`).join('; ');
}

function daysText(days: readonly number[]): string {
  const [first = 0, last = first] = [days[0], days.at(-1)];
  return days.length > 2 && last - first === days.length - 1 ? `${first}-${last}` : days.join(',');
}

function pathOf(channel: string): string {
  return `/api/channels/${encodeURIComponent(channel)}`;
}

function changesText(items: readonly Change[], out: Output): string {
  return out.table(['时间', '谁', '做了什么', '从什么变成什么', '理由'], items.map((one) => [
    longTime(one.at), plain(one.by), plain(one.actionZh),
    one.differences.map(({ fieldZh, from, to }) => `${plain(fieldZh)}：${from === null ? '无' : plain(from)} → ${to === null ? '无' : plain(to)}`).join('；') || '-',
    `${plain(one.reason)}${one.ticket === null ? '' : `（${plain(one.ticket)}）`}`,
  ]));
}
