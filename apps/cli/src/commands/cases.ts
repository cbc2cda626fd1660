import { plain, shortTime } from '../terminal/plain-text.ts';
import type { Output } from '../terminal/output.ts';
import { withList, withPeriod } from './options.ts';
import { showList } from './show.ts';
import type { AddCommand } from './tools.ts';

/** As far as it is shown. */
interface Case {
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
  'cases [prefix]', '查询办件；可给办件编号的开头', (command) => withPeriod(withList(command))
    .positional('prefix', { describe: '办件编号的开头', type: 'string' })
    .option('hall', { describe: '大厅代码，如 410204', type: 'string' })
    .option('status', { describe: '办件状态，如 RECEIVED', type: 'string' })
    .option('delivery', { describe: '投递状态', choices: ['NONE', 'QUEUED', 'SENT', 'ACKED', 'FAILED', 'DEAD'] as const })
    .option('item', { describe: '业务办理项编码', type: 'string' }),
  run((tools, args) => showList<Case>(tools, {
    path: '/api/cases', none: '没有符合条件的办件。', show: (items) => casesText(items, tools.out),
    query: { q: args.prefix, hall: args.hall, status: args.status, deliveryStatus: args.delivery, item: args.item, from: args.from, to: args.to },
  }, args)),
);

function casesText(items: readonly Case[], out: Output): string {
  return out.table(['办件编号', '大厅', '事项', '申请者', '办件状态', '投递状态', '纸质材料', '承诺办结', '入账'], items.map((one) => [
    plain(one.projectNo), plain(one.hallCode), plain(one.itemName), plain(one.applicant), plain(one.statusZh),
    one.deliveryStatus === 'FAILED' ? out.paint('bad', plain(one.deliveryStatusZh)) : plain(one.deliveryStatusZh),
    one.paperOverdue ? out.paint('warn', `${plain(one.paperStatusZh)}（超期）`) : plain(one.paperStatusZh),
    shortTime(one.promiseDueAt), shortTime(one.createdAt),
  ]));
}
