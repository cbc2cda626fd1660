import { plain, shortTime } from '../terminal/plain-text.ts';
import type { Output } from '../terminal/output.ts';
import { withList, withPeriod } from './options.ts';
import { showList } from './show.ts';
import type { AddCommand } from './tools.ts';

/** As far as it is shown. */
export interface Case {
  readonly projectNo: string;
  readonly hallCode: string;
  readonly itemName: string;
  readonly applicant: string;
  readonly statusZh: string;
  readonly deliveryStatus: string;
  readonly deliveryStatusZh: string;
  readonly paperStatusZh: string;
  readonly paperOverdue: boolean;
  readonly promiseDueAt: string | null;
  readonly createdAt: string;
}

/** Cases (办件), newest first. */
export const addCases: AddCommand = (program, run) => program.command(
  'cases [prefix]', '查询办件；可给办件编号的开头或检索式', (command) => withPeriod(withList(command))
    .positional('prefix', { describe: '办件编号的开头', type: 'string' })
    .option('q', { describe: '检索式，如 厅:鼓楼 (状态:失败 或 事件:退件) 时间:今天；写法见 docs/search.md', type: 'string' })
    .option('hall', { describe: '大厅代码，如 410204', type: 'string' })
    .option('status', { describe: '办件状态，如 RECEIVED', type: 'string' })
    .option('delivery', { describe: '投递状态', choices: ['NONE', 'QUEUED', 'SENT', 'ACKED', 'FAILED', 'DEAD'] as const })
    .option('item', { describe: '业务办理项编码', type: 'string' }),
  run((tools, args) => showList<Case>(tools, {
    path: '/api/cases', none: '没有符合条件的办件。', show: (items) => casesText(items, tools.out),
    query: { q: searchOf(args.prefix, args.q), hall: args.hall, status: args.status, deliveryStatus: args.delivery, item: args.item, from: args.from, to: args.to },
  }, args)),
);

/** Both hold, also when the search text has alternatives. */
export function searchOf(prefix: string | undefined, q: string | undefined): string | undefined {
  return prefix === undefined || q === undefined || q.trim() === '' ? prefix ?? q : `${prefix} (${q})`;
}

/** A table of cases. */
export function casesText(items: readonly Case[], out: Output): string {
  return out.table(['办件编号', '大厅', '事项', '申请者', '办件状态', '投递状态', '纸质材料', '承诺办结', '入账'], items.map((one) => [
    plain(one.projectNo), plain(one.hallCode), plain(one.itemName), plain(one.applicant), plain(one.statusZh),
    one.deliveryStatus === 'FAILED' ? out.paint('bad', plain(one.deliveryStatusZh)) : plain(one.deliveryStatusZh),
    one.paperOverdue ? out.paint('warn', `${plain(one.paperStatusZh)}（超期）`) : plain(one.paperStatusZh),
    shortTime(one.promiseDueAt), shortTime(one.createdAt),
  ]));
}
