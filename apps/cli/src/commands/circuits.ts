import { longTime, plain } from '../terminal/plain-text.ts';
import type { Output } from '../terminal/output.ts';
import { withList, withPeriod } from './options.ts';
import { showList } from './show.ts';
import type { AddCommand } from './tools.ts';

/** As far as it is shown. */
interface Circuit {
  readonly destinationZh: string;
  readonly app: string;
  readonly instance: string;
  readonly living: boolean;
  readonly state: string;
  readonly stateZh: string;
  readonly since: string;
  readonly reason: string | null;
  readonly failures: number;
  readonly window: number;
  readonly held: number;
  readonly nextProbeAt: string | null;
}

interface Change {
  readonly changeId: number;
  readonly destinationZh: string;
  readonly instance: string;
  readonly from: string;
  readonly to: string;
  readonly toZh: string;
  readonly reason: string | null;
  readonly at: string;
}

const DESTINATION = { describe: '目的地：centre 或 hall:大厅代码', type: 'string' } as const;

/** Whether each endpoint can be reached, as each adapter process sees it (熔断), and how that changed. */
export const addCircuits: AddCommand = (program, run) => program.command('circuits', '熔断：每个端点在每个适配器进程的状态；history 为历史', (command) => command
  .command(['list', '$0'], '现在的状态', (list) => withList(list).option('destination', DESTINATION).option('state', { describe: '状态', choices: ['closed', 'open', 'half-open', 'slow-start'] as const }),
    run((tools, args) => showList<Circuit>(tools, {
      path: '/api/circuits', none: '还没有投递过。', show: (items) => circuitsText(items, tools.out), query: { destination: args.destination, state: args.state },
    }, args)))
  .command('history', '历史变化，最近登记的在前；保留三十天', (history) => withPeriod(withList(history)).option('destination', DESTINATION),
    run((tools, args) => showList<Change>(tools, {
      path: '/api/circuit-changes', none: '没有变化。', show: (items) => changesText(items, tools.out), query: { destination: args.destination, from: args.from, to: args.to },
    }, args)))
  .demandCommand(0));

function circuitsText(items: readonly Circuit[], out: Output): string {
  return out.table(['目的地', '程序', '进程', '状态', '自', '原因', '连续失败', '同时投递', '留在手里', '下次探测'], items.map((one) => [
    plain(one.destinationZh), plain(one.app), one.living ? plain(one.instance) : out.paint('dim', `${plain(one.instance)}（失联）`), one.state === 'closed' ? plain(one.stateZh) : out.paint(one.state === 'open' ? 'bad' : 'warn', plain(one.stateZh)),
    longTime(one.since), plain(one.reason), plain(one.failures), plain(one.window), plain(one.held), longTime(one.nextProbeAt),
  ]));
}

function changesText(items: readonly Change[], out: Output): string {
  return out.table(['编号', '时间', '目的地', '原状态', '新状态', '原因', '进程'], items.map((one) => [
    String(one.changeId), longTime(one.at), plain(one.destinationZh), plain(one.from), one.to === 'open' ? out.paint('bad', plain(one.toZh)) : plain(one.toZh), plain(one.reason), plain(one.instance),
  ]));
}
