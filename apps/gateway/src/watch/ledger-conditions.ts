import type { TroubledDestination } from '../ledger/trouble-rows.ts';
import { partyZh } from '../ops-api/words.ts';
import { clock, countEn, countZh } from './condition.ts';
import type { Condition, Finding } from './condition.ts';

/** Transfers that were ordered again twice and more and still have no receipt (回执逾期). */
export const receiptsOverdue: Condition = {
  zh: '回执逾期',
  en: 'Receipts are overdue',
  find: ({ unanswered }) => unanswered.map((lane) => forDestination(lane, {
    zh: `发往${partyZh(lane.destination)}的 ${countZh(lane.count)} 条投递已重新派发两次以上，仍没有回执，最早的生成于 ${clock(lane.at)}。`
      + '请看该适配器是否在运行、其队列有没有消费者、有没有堆积；恢复后自动继续，不用重送。',
    en: `${countEn(lane.count)} transfers to ${lane.destination} were ordered again at least twice and have no receipt, the oldest made at ${clock(lane.at)}. `
      + 'See whether the adapter runs, its queue has a consumer, and how long the queue is; once mended, they go on by themselves.',
  })),
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
