import { BusRejectedError, BusUnavailableError, UnroutableError } from '#bus';

/** The queue of a letter is not declared by this version any more: there is nowhere to send it. */
export class NoQueueError extends Error {
  override readonly name = 'NoQueueError';
}

/** After so many tries, half a minute apart, a letter goes back to the person. A queue that is full or a broker that stumbles may recover; a queue that is not there does not come by itself. */
const TRIES = { unroutable: 3, refused: 20, uncertain: 20, other: 3 } as const;

/**
 * Why a letter that could not be sent goes back to the person who sent it (回到待处理), in Chinese; `null`: it is tried again. For a broker that is away
 * there is no end: its absence is an alert of its own, and no letter of it was sent.
 */
export function judgeUnsent(error: unknown, tries: number): string | null {
  if (error instanceof NoQueueError) return '原队列已不再声明，只能放弃';
  if (error instanceof UnroutableError) return after(tries, TRIES.unroutable, 'RabbitMQ 中没有接收它的队列：请启动消费该队列的程序（一连上就会声明），再重放');
  if (error instanceof BusRejectedError) return after(tries, TRIES.refused, 'RabbitMQ 一再拒收（队列已满）：请先看该队列的堆积和消费者，再重放');
  if (error instanceof BusUnavailableError) return error.uncertain ? after(tries, TRIES.uncertain, '一再发出而没有得到 RabbitMQ 的确认，可能已到队列；再重放也不会重复处理') : null;
  return after(tries, TRIES.other, '无法发送，原因见网关日志 letter-unsent');
}

function after(tries: number, most: number, reason: string): string | null {
  return tries < most ? null : `发了 ${tries} 次：${reason}`;
}
