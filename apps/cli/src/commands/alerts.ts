import { ago, duration, longTime, plain } from '../terminal/plain-text.ts';
import type { Output } from '../terminal/output.ts';
import { instantOf } from './channels.ts';
import { withList, withPeriod, withReason, withWatch } from './options.ts';
import { showList, showView } from './show.ts';
import type { AddCommand, Ended, Program, Run, Tools } from './tools.ts';

/** As far as it is shown. */
export interface Alert {
  readonly alertId: number;
  readonly condition: string;
  readonly conditionZh: string;
  readonly subjectZh: string;
  readonly open: boolean;
  readonly status: string;
  readonly statusZh: string;
  readonly openedAt: string;
  readonly closedAt: string | null;
  readonly recurrence: number;
  readonly detailZh: string;
  readonly acknowledged: { readonly at: string; readonly by: string; readonly note: string } | null;
  readonly mute: { readonly until: string; readonly by: string; readonly reason: string } | null;
  readonly maintenance: { readonly planId: string; readonly until: string } | null;
  readonly links: readonly { readonly kindZh: string; readonly path: string }[];
}

interface Done {
  readonly outcomeZh: string;
  readonly alertId: number;
  readonly until: string | null;
}

const ID = { describe: '告警编号', type: 'string', demandOption: true } as const;

/** What calls for a person (告警). */
export const addAlerts: AddCommand = (program, run) => program.command(
  'alerts', '告警：列出（默认只列持续中的）、查看、确认、静音', (command) => { looking(command, run); verbs(command, run); return command.demandCommand(0); },
);

function looking(program: Program, run: Run): void {
  program
    .command(['list', '$0'], '列出告警，最新的在前', (command) => withPeriod(withList(command))
      .option('closed', { describe: '也列已结束的', type: 'boolean' })
      .option('condition', { describe: '告警条件，如 circuit-open', type: 'string' })
      .option('subject', { describe: '对象，如 hall:410204', type: 'string' })
      .option('acknowledged', { describe: '只看有人确认过的；--no-acknowledged 只看没有的', type: 'boolean' })
      .option('muted', { describe: '只看静音的；--no-muted 只看没有静音的', type: 'boolean' }),
    run((tools, args) => showList<Alert>(tools, {
      path: '/api/alerts', none: '没有告警。', show: (items) => alertsText(items, tools.out),
      query: { open: args.closed === true ? undefined : true, condition: args.condition, subject: args.subject, acknowledged: args.acknowledged, muted: args.muted, from: args.from, to: args.to },
    }, args)))
    .command('show <alert>', '一条告警：情况、经过、去哪里看', (command) => withWatch(command).positional('alert', ID),
      run((tools, { alert, watch }) => showView<Alert>(tools, { ask: () => tools.api.get(pathOf(alert)), show: (answer) => alertText(answer, tools.out) }, watch)));
}

function verbs(program: Program, run: Run): void {
  program
    .command('ack <alert>', '确认：看到了；理由即给别人看的话', (command) => withReason(command).positional('alert', ID),
      run((tools, { alert, reason, ticket }) => act(tools, alert, 'acknowledge', { reason, ticket })))
    .command('mute <alert>', '静音：到时之前不再通知，照样列出', (command) => withReason(command).positional('alert', ID)
      .option('until', { describe: '到此时自动结束：带时区的时间，或 30m、4h、2d，至多 7 天', type: 'string', demandOption: true }),
    run((tools, { alert, until, reason, ticket }) => act(tools, alert, 'mute', { reason, ticket, until: instantOf(until) })))
    .command('unmute <alert>', '取消静音', (command) => withReason(command).positional('alert', ID),
      run((tools, { alert, reason, ticket }) => act(tools, alert, 'unmute', { reason, ticket })));
}

/** What is changed is what was seen a moment ago: when somebody came in between, the API says so. */
async function act({ api, out }: Tools, alert: string, verb: string, body: object): Ended {
  const { etag } = await api.ask<Alert>('GET', pathOf(alert));
  const done = await api.write<Done>('POST', `${pathOf(alert)}/${verb}`, body, etag === null ? {} : { 'if-match': etag });
  if (out.json) out.answer(done);
  else out.line(`${plain(done.outcomeZh)}：${plain(done.alertId)}${done.until === null ? '' : `，到 ${longTime(done.until)}`}`);
}

function pathOf(alert: string): string {
  return `/api/alerts/${encodeURIComponent(alert)}`;
}

function alertsText(items: readonly Alert[], out: Output): string {
  return out.table(['编号', '条件', '对象', '状态', '开始', '持续', '复发', '备注', '情况和处置'], items.map((alert) => [
    String(alert.alertId), out.paint(toneOf(alert), plain(alert.conditionZh)), plain(alert.subjectZh), plain(alert.statusZh), longTime(alert.openedAt), lasted(alert),
    alert.recurrence === 0 ? '-' : `第 ${alert.recurrence} 次`, remarks(alert), plain(alert.detailZh),
  ]));
}

/** Nobody need be told of what is muted, or down as planned. */
export function isSilenced({ mute, maintenance }: Partial<Pick<Alert, 'mute' | 'maintenance'>>): boolean {
  return (mute ?? maintenance ?? null) !== null;
}

function toneOf(alert: Alert): 'bad' | 'warn' | 'dim' {
  if (!alert.open) return 'dim';
  return isSilenced(alert) ? 'warn' : 'bad';
}

function remarks({ acknowledged, mute, maintenance }: Alert): string {
  const said = [
    ...(acknowledged === null ? [] : [`${plain(acknowledged.by)} 确认：${plain(acknowledged.note)}`]),
    ...(mute === null ? [] : [`静音到 ${longTime(mute.until)}（${plain(mute.by)}：${plain(mute.reason)}）`]),
    ...(maintenance === null ? [] : [`计划维护 ${plain(maintenance.planId)}，到 ${longTime(maintenance.until)}`]),
  ];
  return said.length === 0 ? '-' : said.join('；');
}

function alertText(alert: Alert, out: Output): string {
  return out.pairs([
    ['告警', `${alert.alertId} ${out.paint(toneOf(alert), plain(alert.conditionZh))}（${plain(alert.subjectZh)}）`],
    ['状态', `${plain(alert.statusZh)}，${longTime(alert.openedAt)} 开始，持续 ${lasted(alert)}${alert.recurrence === 0 ? '' : `，第 ${alert.recurrence} 次复发`}`],
    ['备注', remarks(alert)], ['情况和处置', plain(alert.detailZh)],
    ['去看', alert.links.length === 0 ? '-' : alert.links.map(({ kindZh, path }) => `${plain(kindZh)} ${plain(path)}`).join('；')],
    ['手册', `docs/runbook.md 的“${plain(alert.condition)}”一节`],
  ]);
}

function lasted({ openedAt, closedAt }: Alert): string {
  return closedAt === null ? ago(openedAt) : `${duration((Date.parse(closedAt) - Date.parse(openedAt)) / 1000)}（已结束）`;
}
