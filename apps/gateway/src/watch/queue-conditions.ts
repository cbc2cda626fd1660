import type { Condition } from './condition.ts';
import { clock, msBetween } from './condition.ts';
import { livingAfter } from './living-programs.ts';

/**
 * RabbitMQ cannot be asked (RabbitMQ 不通) by a gateway that lives. Judged by what every gateway wrote of itself, so one that reaches it does
 * not close what another opened that is cut off. A gateway without it can tell nothing else of queues and adapters: their reports come by it.
 */
export const brokerUnreachable: Condition = {
  zh: 'RabbitMQ 不通',
  en: 'RabbitMQ cannot be reached',
  find: ({ programs, now }, { silentMs }) => {
    const gateways = livingAfter(programs, new Date(now.getTime() - silentMs)).filter(({ app }) => app === 'gateway');
    const cutOff = gateways.filter(({ broker_away_since }) => broker_away_since !== null);
    if (cutOff.length === 0) return [];
    const since = cutOff.reduce((earliest, { broker_away_since }) => (broker_away_since !== null && broker_away_since < earliest ? broker_away_since : earliest), now);
    return [{
      subject: 'rabbitmq', opens: msBetween(since, now) >= silentMs,
      ...(cutOff.length < gateways.length ? partlyText(since, cutOff.map(({ instance }) => instance).toSorted()) : awayText(since)),
      facts: { since: since.toISOString(), instances: cutOff.map(({ instance }) => instance).toSorted(), gateways: gateways.length },
    }];
  },
};

function awayText(since: Date): { zh: string; en: string } {
  return {
    zh: `网关自 ${clock(since)} 起连不上 RabbitMQ。入口把事件暂存在 Redis 里并照常答 202，投递停顿，队列和适配器的情况暂时看不到。请恢复 RabbitMQ；程序自动重连，不用重启。`,
    en: `The gateway has not reached RabbitMQ since ${clock(since)}. The doors spool events in Redis and go on answering 202; deliveries stand, and nothing is seen of queues and adapters. Bring RabbitMQ back; the programs reconnect by themselves.`,
  };
}

function partlyText(since: Date, instances: readonly string[]): { zh: string; en: string } {
  return {
    zh: `网关进程 ${instances.join('、')} 自 ${clock(since)} 起连不上 RabbitMQ，其余网关连得上，业务照常。请查这些进程所在主机到 RabbitMQ 的网络；程序自动重连，不用重启。`,
    en: `Gateway ${instances.join(', ')} has not reached RabbitMQ since ${clock(since)}; the other gateways do and carry on. See to the network between its host and RabbitMQ; it reconnects by itself.`,
  };
}

/** A declared queue is not there (队列不存在). Its program makes it again as soon as it runs, so it does not run. */
export const queueMissing: Condition = {
  zh: '队列不存在',
  en: 'A queue is missing',
  find: ({ queues }) => queues?.filter(({ missing }) => missing).map(({ name, purpose, consumer }) => ({
    subject: name, opens: true,
    zh: `RabbitMQ 中没有队列 ${name}（${purpose}）。有人删了它，或 RabbitMQ 丢了数据；其中的消息由台账和日志补发。请启动（或重启）${consumer}，它会重新声明队列。`,
    en: `RabbitMQ has no queue ${name}. Somebody deleted it, or RabbitMQ lost its data; what was in it is published again from the ledger and the journal. Start (or restart) ${consumer}: it declares the queue again.`,
    facts: { queue: name, consumer },
  })) ?? 'unknown',
};

/**
 * A queue without its consumers, as the broker sees it (队列没有消费者). None at all is an alert at once; fewer than living programs
 * only when it stays so, because a program that was just replaced counts as living for a while.
 */
export const consumerMissing: Condition = {
  zh: '队列缺少消费者',
  en: 'A queue lacks its consumer',
  find: ({ queues, now }, { consumersShortMs }) => queues?.filter(({ missing, present, expected }) => !missing && present < expected).map((queue) => ({
    subject: queue.name, opens: queue.present === 0 || (queue.shortSince !== null && msBetween(queue.shortSince, now) >= consumersShortMs),
    zh: `队列 ${queue.name}（${queue.purpose}）应有 ${queue.expected} 个消费者，RabbitMQ 看到 ${queue.present} 个。请看 ${queue.consumer} 是否在运行、/health/ready 是否正常；其日志有 queue-silent 的，是这个队列没有了主节点；其余在运行而没有消费的，重启该进程。消息留在队列中，不会丢。`,
    en: `Queue ${queue.name} should have ${queue.expected} consumers; RabbitMQ sees ${queue.present}. See whether ${queue.consumer} runs and is ready; where its log says queue-silent, the queue has lost its leader; restart any other that runs and does not consume. The messages stay in the queue.`,
    facts: { queue: queue.name, consumer: queue.consumer, present: queue.present, expected: queue.expected },
  })) ?? 'unknown',
};
