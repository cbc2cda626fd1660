import { plain, shortTime } from '../terminal/plain-text.ts';
import type { Output } from '../terminal/output.ts';
import { withList, withPeriod } from './options.ts';
import { showList } from './show.ts';
import type { AddCommand } from './tools.ts';

/** As far as it is shown. */
export interface Transfer {
  readonly transferId: string;
  readonly projectNo: string;
  readonly destinationZh: string;
  readonly transferKindZh: string;
  readonly status: string;
  readonly statusZh: string;
  readonly attempts: number;
  readonly errorCode: string | null;
  readonly createdAt: string;
}

/** Transfers (投递), newest first. */
export const addTransfers: AddCommand = (program, run) => program.command(
  'transfers', '查询投递；--q 为检索式', (command) => withPeriod(withList(command))
    .option('q', { describe: '检索式，如 状态:失败 (目的地:中心 或 错误:http-503)；写法见 docs/search.md', type: 'string' })
    .option('status', { describe: '状态，如 failed', type: 'string' })
    .option('destination', { describe: '目的地：centre 或 hall:大厅代码', type: 'string' }),
  run((tools, args) => showList<Transfer>(tools, {
    path: '/api/transfers', none: '没有符合条件的投递。', show: (items) => transfersText(items, tools.out),
    query: { q: args.q, status: args.status, destination: args.destination, from: args.from, to: args.to },
  }, args)),
);

/** A table of transfers. */
export function transfersText(items: readonly Transfer[], out: Output): string {
  return out.table(['投递编号', '办件编号', '投往', '内容', '状态', '次数', '错误', '生成'], items.map((one) => [
    plain(one.transferId), plain(one.projectNo), plain(one.destinationZh), plain(one.transferKindZh), one.status === 'failed' ? out.paint('bad', plain(one.statusZh)) : plain(one.statusZh),
    plain(one.attempts), plain(one.errorCode), shortTime(one.createdAt),
  ]));
}
