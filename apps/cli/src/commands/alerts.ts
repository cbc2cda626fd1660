import { ago, duration, longTime, plain } from '../terminal/plain-text.ts';
import type { Output } from '../terminal/output.ts';
import { withList, withPeriod } from './options.ts';
import { showList } from './show.ts';
import type { AddCommand } from './tools.ts';

/** As far as it is shown. */
export interface Alert {
  readonly alertId: number;
  readonly condition: string;
  readonly conditionZh: string;
  readonly subjectZh: string;
  readonly open: boolean;
  readonly openedAt: string;
  readonly closedAt: string | null;
  readonly detailZh: string;
}

/** What calls for a person (告警). */
export const addAlerts: AddCommand = (program, run) => program.command(
  'alerts', '告警；默认只列持续中的', (command) => withPeriod(withList(command))
    .option('closed', { describe: '也列已结束的', type: 'boolean' })
    .option('condition', { describe: '告警条件，如 circuit-open', type: 'string' })
    .option('subject', { describe: '对象，如 hall:410204', type: 'string' }),
  run((tools, args) => showList<Alert>(tools, {
    path: '/api/alerts', none: '没有告警。', show: (items) => alertsText(items, tools.out),
    query: { open: args.closed === true ? undefined : true, condition: args.condition, subject: args.subject, from: args.from, to: args.to },
  }, args)),
);

function alertsText(items: readonly Alert[], out: Output): string {
  return out.table(['编号', '条件', '对象', '开始', '持续', '情况和处置'], items.map((alert) => [
    String(alert.alertId), out.paint(alert.open ? 'bad' : 'dim', plain(alert.conditionZh)), plain(alert.subjectZh), longTime(alert.openedAt), lasted(alert), plain(alert.detailZh),
  ]));
}

function lasted({ openedAt, closedAt }: Alert): string {
  return closedAt === null ? ago(openedAt) : `${duration((Date.parse(closedAt) - Date.parse(openedAt)) / 1000)}（已结束）`;
}
