import type { CircuitState } from '#contracts';

/** How a channel looks from afar, the worst of its parts (总览的颜色). */
export type ChannelTone = 'good' | 'warn' | 'bad';

/** What a channel is judged by. */
export interface JudgedChannel {
  readonly paused: boolean;
  /** When it sends again, in words, while it is outside its hours. */
  readonly opensAt: string | null;
  /** Since when the oldest undelivered message has been on its way, in seconds; null when there is none. */
  readonly oldestSeconds: number | null;
  readonly p95Seconds: number | null;
  readonly targetSeconds: number;
  readonly circuit: CircuitState | null;
  /** Null while the broker cannot be asked. */
  readonly queue: JudgedQueue | null;
  readonly failed: number;
}

/** The queue that leads to the receiver. */
export interface JudgedQueue {
  readonly exists: boolean;
  readonly ready: number;
  readonly present: number;
  readonly expected: number;
}

export interface ChannelVerdict {
  readonly tone: ChannelTone;
  /** Why, in words; empty for a channel in order. */
  readonly whyZh: readonly string[];
}

const WORST_FIRST: readonly ChannelTone[] = ['bad', 'warn'];

type Found = readonly [ChannelTone, string];

/** The worst of age against target, circuit and consumers. A channel that people paused or that is outside its hours is no fault: what it holds is meant to wait. */
export function judgeChannel(channel: JudgedChannel): ChannelVerdict {
  const found: Found[] = [...judgeQueue(channel.queue), ...judgeCircuit(channel.circuit), ...judgeWaiting(channel), ...judgeFailed(channel.failed)];
  return { tone: WORST_FIRST.find((tone) => found.some(([one]) => one === tone)) ?? 'good', whyZh: found.map(([, why]) => why) };
}

function judgeQueue(queue: JudgedQueue | null): Found[] {
  if (queue === null) return [['warn', '问不到 RabbitMQ']];
  if (!queue.exists) return [['bad', '队列不存在']];
  if (queue.present >= queue.expected) return [];
  return [[queue.present === 0 ? 'bad' : 'warn', `队列有 ${queue.ready} 条，${queue.present} 个消费者（应有 ${queue.expected} 个）`]];
}

function judgeCircuit(circuit: CircuitState | null): Found[] {
  if (circuit === 'open') return [['bad', '端点不通（熔断）']];
  return circuit === 'half-open' || circuit === 'slow-start' ? [['warn', '端点正在恢复']] : [];
}

/** Hours that are not now are as they should be; what is paused, people should not forget. */
function judgeWaiting(channel: JudgedChannel): Found[] {
  if (channel.paused) return [['warn', '已暂停']];
  return channel.opensAt === null ? judgeAge(channel) : [['good', `不在投递时段，${channel.opensAt.slice(5, 16).replace('T', ' ')} 开始`]];
}

/** Ten times the target is no delay any more, it is a standstill. */
function judgeAge({ oldestSeconds, p95Seconds, targetSeconds }: JudgedChannel): Found[] {
  const oldest = oldestSeconds ?? 0;
  if (oldest > 10 * targetSeconds) return [['bad', `最早的已等 ${Math.round(oldest)} 秒，目标 ${targetSeconds} 秒`]];
  if (oldest > targetSeconds) return [['warn', `最早的已等 ${Math.round(oldest)} 秒，目标 ${targetSeconds} 秒`]];
  return (p95Seconds ?? 0) > targetSeconds ? [['warn', `近来 95% 的用时 ${Math.round(p95Seconds ?? 0)} 秒，目标 ${targetSeconds} 秒`]] : [];
}

function judgeFailed(failed: number): Found[] {
  return failed > 0 ? [['warn', `失败待处理 ${failed} 条`]] : [];
}
