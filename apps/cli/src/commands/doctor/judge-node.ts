import { plain } from '../../terminal/plain-text.ts';
import { bad, ok, warn } from './finding.ts';
import type { Finding } from './finding.ts';
import { LITTLE_BYTES, size } from './judge-disk.ts';

/** A node of RabbitMQ, by its management interface. */
export interface BrokerNode {
  readonly node: string;
  readonly running: boolean;
  readonly diskFreeBytes: number | null;
  readonly diskLimitBytes: number | null;
  readonly diskAlarm: boolean;
  readonly memoryUsedBytes: number | null;
  readonly memoryLimitBytes: number | null;
  readonly memoryAlarm: boolean;
}

const FULL = 0.8;

/** Whether a node takes messages, and for how long it still will. */
export function judgeNode(node: BrokerNode): Finding {
  const about = ['rabbitmq-node', `RabbitMQ 节点 ${plain(node.node)}`] as const;
  if (!node.running) return bad(about, '没有运行', '启动该节点；三个节点中停一个不影响收发，停两个就停了。');
  const said = `磁盘剩 ${sizeOrUnknown(node.diskFreeBytes)}，内存用 ${sizeOrUnknown(node.memoryUsedBytes)}`;
  if (node.diskAlarm) return bad(about, `${said}；因磁盘不足已停收`, '腾出或扩容该节点的磁盘，够了自动恢复。');
  if (node.memoryAlarm) return bad(about, `${said}；因内存不足已停收`, '看哪个队列堆积（bridgectl queues），消费下去自动恢复。');
  if (isDiskLow(node)) return warn(about, said, '尽快腾出或扩容磁盘：低于限额即停收。');
  return isMemoryHigh(node) ? warn(about, said, '内存快到限额：看哪个队列堆积。') : ok(about, said);
}

function isDiskLow({ diskFreeBytes: free, diskLimitBytes: limit }: BrokerNode): boolean {
  return free !== null && (free < LITTLE_BYTES || free < 2 * (limit ?? 0));
}

function isMemoryHigh({ memoryUsedBytes: used, memoryLimitBytes: limit }: BrokerNode): boolean {
  return used !== null && limit !== null && used > FULL * limit;
}

function sizeOrUnknown(bytes: number | null): string {
  return bytes === null ? '不知道' : size(bytes);
}
