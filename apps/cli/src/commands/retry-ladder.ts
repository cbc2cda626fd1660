import { ago, plain, shortTime } from '../terminal/plain-text.ts';
import type { Output } from '../terminal/output.ts';
import { withWatch } from './options.ts';
import { showView } from './show.ts';
import type { AddCommand } from './tools.ts';

/** As far as it is shown. */
interface RetryLadder {
  readonly waiting: number;
  readonly nextAt: string | null;
  readonly items: readonly { destinationZh: string; attempt: number; waiting: number; due: number; nextAt: string; oldestAt: string }[];
}

/** What waits for another attempt, and when the next one is (重试阶梯). */
export const addRetryLadder: AddCommand = (program, run) => program.command(
  'retry-ladder', '重试阶梯：第几次之后有多少在等，下一条何时发', (command) => withWatch(command).option('destination', { describe: '目的地：centre 或 hall:大厅代码', type: 'string' }),
  run((tools, { destination, watch }) => showView<RetryLadder>(tools, {
    ask: () => tools.api.get<RetryLadder>('/api/retry-ladder', { destination }), show: (answer) => ladderText(answer, tools.out),
  }, watch)),
);

function ladderText({ waiting, nextAt, items }: RetryLadder, out: Output): string {
  if (items.length === 0) return '没有在等重试的投递。';
  const rows = items.map((rung) => [plain(rung.destinationZh), `第 ${rung.attempt} 次之后`, plain(rung.waiting), plain(rung.due), shortTime(rung.nextAt), ago(rung.oldestAt)]);
  return `共 ${waiting} 条在等，最先的一条 ${shortTime(nextAt)} 发\n${out.table(['目的地', '阶', '在等', '已到时', '下一条', '最早的已有'], rows)}`;
}
