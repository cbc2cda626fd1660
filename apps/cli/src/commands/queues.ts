import { EXIT } from '../exit-codes.ts';
import { ago, plain } from '../terminal/plain-text.ts';
import type { Output } from '../terminal/output.ts';
import { withWatch } from './options.ts';
import { showView } from './show.ts';
import type { AddCommand } from './tools.ts';

/** As far as it is shown. */
export interface Queue {
  readonly queue: string;
  readonly purpose: string;
  readonly app: string;
  readonly destination: string | null;
  readonly exists: boolean | null;
  readonly ready: number | null;
  readonly consumersPresent: number | null;
  readonly consumersExpected: number;
  readonly delayed: number | null;
  readonly oldestAt: string | null;
  readonly inLastMinute: number | null;
  readonly outLastMinute: number | null;
  readonly growthPerMinute: number | null;
}

export interface QueueList {
  readonly brokerReachable: boolean;
  readonly items: readonly Queue[];
}

/** Where messages wait and who takes them (队列). */
export const addQueues: AddCommand = (program, run) => program.command(
  'queues [name]', '每个队列：堆积、最早、进出、消费者、用途', (command) => withWatch(command)
    .positional('name', { describe: '只看名称含此的', type: 'string' }),
  run((tools, { name, watch }) => showView<QueueList>(tools, {
    ask: () => tools.api.get<QueueList>('/api/queues'), show: (answer) => queuesText(answer, name, tools.out),
    judge: ({ brokerReachable }) => (brokerReachable ? EXIT.ok : EXIT.bad),
  }, watch)),
);

function queuesText({ brokerReachable, items }: QueueList, name: string | undefined, out: Output): string {
  const shown = items.filter(({ queue }) => name === undefined || queue.includes(name));
  const rows = shown.map((one) => [
    plain(one.queue), plain(one.ready), plain(one.delayed), ago(one.oldestAt), plain(one.inLastMinute), plain(one.outLastMinute), growth(one), consumers(one, out), plain(one.app), plain(one.purpose),
  ]);
  const away = brokerReachable ? '' : `${out.paint('bad', 'RabbitMQ 此刻问不到。')}\n`;
  return rows.length === 0 ? '没有这样的队列。' : `${away}${out.table(['队列', '堆积', '未到时', '最早', '进/分', '出/分', '增/分', '消费者', '程序', '用途'], rows)}`;
}

function growth({ growthPerMinute }: Queue): string {
  return growthPerMinute !== null && growthPerMinute > 0 ? `+${growthPerMinute}` : plain(growthPerMinute);
}

function consumers({ exists, consumersPresent, consumersExpected }: Queue, out: Output): string {
  if (exists === false) return out.paint('bad', '队列不存在');
  const text = `${plain(consumersPresent)}/${consumersExpected}`;
  if (consumersPresent === null || consumersPresent >= consumersExpected) return text;
  return out.paint(consumersPresent === 0 ? 'bad' : 'warn', text);
}
