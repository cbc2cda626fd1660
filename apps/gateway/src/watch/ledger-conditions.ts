import type { TroubledDestination } from '../ledger/trouble-rows.ts';
import { partyZh } from '../ops-api/words.ts';
import { clock, countEn, countZh, msBetween } from './condition.ts';
import type { Condition, Finding, Untold } from './condition.ts';
import type { WatchFacts } from './watch-facts.ts';

/** How long (ms) one and the same transfer is the longest overdue before its destination counts as standing still. */
const STANDING_MS = 10 * 60_000;

/**
 * Transfers that were ordered again twice and more and still have no receipt, or a destination at which nothing moves although its endpoint
 * answers (回执逾期): what waits in a queue is not ordered again, so the queue has to move.
 */
export const receiptsOverdue: Condition = {
  zh: '回执逾期',
  en: 'Receipts are overdue',
  find: (facts) => {
    const again = unansweredFindings(facts);
    return [...again, ...standingStill(facts).filter(({ subject }) => !again.some((one) => one.subject === subject))];
  },
};

function unansweredFindings({ unanswered }: WatchFacts): Finding[] {
  return unanswered.map((lane) => forDestination(lane, {
    zh: `发往${partyZh(lane.destination)}的 ${countZh(lane.count)} 条投递已重新派发两次以上，仍没有回执，最早的生成于 ${clock(lane.at)}。`
      + '请看该适配器是否在运行、其队列有没有消费者、有没有堆积；恢复后自动继续，不用重送。',
    en: `${countEn(lane.count)} transfers to ${lane.destination} were ordered again at least twice and have no receipt, the oldest made at ${clock(lane.at)}. `
      + 'See whether the adapter runs, its queue has a consumer, and how long the queue is; once mended, they go on by themselves.',
  }));
}

/** While the broker is away or the endpoint is down nothing moves either, and other alerts say so; a gateway that just came cannot tell either. */
function standingStill({ standing, circuits, now, watchingSince }: WatchFacts): (Finding | Untold)[] {
  return standing.flatMap(({ destination, created_at, since }): (Finding | Untold)[] => {
    const down = circuits.some((circuit) => circuit.destination === destination && circuit.troubled_since !== null);
    if (down || msBetween(watchingSince, now) < STANDING_MS) return [{ subject: destination, untold: true }];
    if (msBetween(since, now) < STANDING_MS) return [];
    return [{
      subject: destination, opens: true,
      zh: `发往${partyZh(destination)}的投递自 ${clock(since)} 起没有进展：最早的一条生成于 ${clock(created_at)}，早已过了回执的时间。`
        + '请看该适配器是否在运行、其队列（/api/queues）有没有消费者、是否在变短；在运行而队列不动的，重启该适配器，不用重送。',
      en: `Nothing has moved towards ${destination} since ${clock(since)}: its oldest transfer, made at ${clock(created_at)}, is long past the time for its receipt. `
        + 'See whether the adapter runs, its queue (/api/queues) has a consumer and grows shorter; restart an adapter that runs and does not move.',
      facts: { destination, since: since.toISOString(), oldest: created_at.toISOString() },
    }];
  });
}

/** Orders that the broker does not take although it stands (投递发不出). While it is away they wait for it, and that is an alert of its own. */
export const ordersUnpublished: Condition = {
  zh: '投递发不出',
  en: 'Orders do not go out',
  find: ({ unpublished, brokerAwaySince, watchingSince, now }, { retryMs }) => (brokerAwaySince !== null ? 'unknown' : unpublished.map((lane) => ({
    ...forDestination(lane, {
      zh: `发往${partyZh(lane.destination)}的 ${countZh(lane.count)} 条投递一直发不到 RabbitMQ，最早自 ${clock(lane.at)} 起；系统不断再试。`
        + '请看该队列是否存在、是否已满（/api/queues），以及网关日志 orders-unpublished 的 reason。',
      en: `RabbitMQ does not take ${countEn(lane.count)} orders to ${lane.destination}, the oldest since ${clock(lane.at)}; they are tried again and again. `
        + 'See whether the queue exists or is full (/api/queues), and the reason of orders-unpublished in the gateway\'s log.',
    }),
    opens: msBetween(watchingSince, now) >= retryMs,
  }))),
};

/** Retries whose time came long ago (重试积压). */
export const retriesOverdue: Condition = {
  zh: '重试积压',
  en: 'Retries are overdue',
  find: ({ overdueRetries }) => overdueRetries.map((lane) => forDestination(lane, {
    zh: `发往${partyZh(lane.destination)}的 ${countZh(lane.count)} 条投递已到重试时间却没有开始，最早应在 ${clock(lane.at)}。`
      + '定时器和巡检都没有跟上：请看 Redis 和 RabbitMQ 是否正常、网关日志有没有 sweep-failed。',
    en: `${countEn(lane.count)} retries to ${lane.destination} are past their time, the oldest since ${clock(lane.at)}. `
      + 'Neither timers nor the sweep keep up: see whether Redis and RabbitMQ are well, and look for sweep-failed in the gateway\'s log.',
  })),
};

/** Failed transfers that wait for a person (投递失败). */
export const transfersFailed: Condition = {
  zh: '投递失败',
  en: 'Transfers have failed',
  find: ({ failed }) => failed.map((lane) => forDestination(lane, {
    zh: `发往${partyZh(lane.destination)}的 ${countZh(lane.count)} 条投递失败，最近一条在 ${clock(lane.at)}；同一办件的后续投递排队等它。`
      + '请以 /api/transfers?status=failed 查原因，先消除原因，再按值班手册处理。',
    en: `${countEn(lane.count)} transfers to ${lane.destination} have failed, the last at ${clock(lane.at)}; what follows in their cases waits behind them. `
      + 'Look up why at /api/transfers?status=failed, remove the cause, then follow the runbook.',
  })),
};

function forDestination({ destination, count, at }: TroubledDestination, text: { zh: string; en: string }): Finding {
  return { subject: destination, opens: true, ...text, facts: { destination, count, at: at.toISOString() } };
}

/** Events that have waited too long for their predecessor (暂存过久). */
export const parkedTooLong: Condition = {
  zh: '事件暂存过久',
  en: 'Events wait too long for their predecessor',
  find: ({ parked }) => parked.map(({ party, count, oldest_at }) => ({
    subject: party, opens: true,
    zh: `${partyZh(party)}送来的 ${countZh(count)} 个事件一直在等前面的事件，最早的到于 ${clock(oldest_at)}。`
      + '请以 /api/waiting-events 查办件编号，请发送方核对并补发缺少的事件；到了自动续办。',
    en: `${countEn(count)} events of ${party} wait for an event before them, the oldest since ${clock(oldest_at)}. `
      + 'Find the cases at /api/waiting-events and ask the sender for the missing events; then they go on by themselves.',
    facts: { party, count, oldestAt: oldest_at.toISOString() },
  })),
};

/** Messages that could not be handled, collected within a day (死信). */
export const deadLetters: Condition = {
  zh: '新的死信',
  en: 'There are new dead letters',
  find: (facts) => facts.deadLetters.map(({ queue, count, newest_at, codes }) => ({
    subject: queue, opens: true,
    zh: `队列 ${queue} 在 24 小时内有 ${countZh(count)} 条消息无法处理，最近一条在 ${clock(newest_at)}，原因代码：${codes.join('、')}。`
      + '请以 /api/dead-letters 查看原因；刚换过封存密钥的，先核对三个程序的密钥文件；其余转开发人员。',
    en: `${countEn(count)} messages of ${queue} could not be handled within 24 hours, the last at ${clock(newest_at)}, codes: ${codes.join(', ')}. `
      + 'See why at /api/dead-letters; after a change of keys compare the key files of all programs first; hand the rest to the developers.',
    facts: { queue, count, newestAt: newest_at.toISOString(), codes },
  })),
};
