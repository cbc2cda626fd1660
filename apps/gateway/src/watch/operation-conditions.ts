import type { OperationStand } from '../ledger/operation-watch-rows.ts';
import { partyZh } from '../ops-api/words.ts';
import { clock, countEn, countZh, msBetween } from './condition.ts';
import type { Condition } from './condition.ts';

/** A step that failed so often in a row does not get over it by itself. */
const FAILURES = 3;

/** Transfers that nobody else can take: what was frozen and has neither gone nor been left out, and what has gone and has no end yet. */
function held({ frozen, skipped, delivered, failed, discarded, returned }: OperationStand): number {
  return frozen - skipped - delivered - failed - discarded - returned;
}

/** An operation that people paused long ago (批量操作暂停过久): it keeps its transfers from everybody else, for ever if nobody thinks of it. */
export const operationPaused: Condition = {
  zh: '批量操作暂停过久',
  en: 'An operation has been paused for long',
  find: ({ operations, now }, { operationPauseMs }) => operations.flatMap((one) => {
    const { id, status, paused_at: at } = one;
    if (status !== 'paused' || at === null || msBetween(at, now) < operationPauseMs) return [];
    return [{
      subject: id, opens: true,
      zh: `批量操作 ${id} 自 ${clock(at)} 起暂停，占着 ${held(one)} 条投递，别的操作和单条命令都不能处理它们。`
        + '请向暂停的人核实（/api/operations 写明是谁、为什么）；能继续的继续，不做的取消。',
      en: `Operation ${id} has been paused since ${clock(at)} and holds ${held(one)} transfers, which nothing else can send or discard. `
        + 'Ask whoever paused it (/api/operations says who and why); resume it, or cancel it.',
      facts: { operationId: id, pausedAt: at.toISOString(), holds: held(one) },
    }];
  }),
};

/** An operation that stopped itself (批量操作自动中止), told for a day: nobody may be looking at it when it does. */
export const operationAborted: Condition = {
  zh: '批量操作自动中止',
  en: 'An operation stopped itself',
  find: ({ operations }) => operations.filter(({ status }) => status === 'aborted').map(({ id, status_reason: reason, delivered, failed, skipped }) => ({
    subject: id, opens: true,
    zh: `批量操作 ${id} 自动中止：${reason === 'new-failure' ? '出现了此前没有的失败' : '失败比例超过上限'}。已送达 ${delivered} 条，又失败 ${failed} 条，未发 ${skipped} 条。`
      + '请看又失败的那些是什么原因（/api/operations/编号/items?state=failed），消除后另建一个操作；一天后本告警自动关闭。',
    en: `Operation ${id} stopped itself: ${reason === 'new-failure' ? 'something failed in a new way' : 'too much of it failed'}. ${delivered} delivered, ${failed} failed again, ${skipped} not sent. `
      + 'See why those failed (/api/operations/{id}/items?state=failed), mend it and create a new operation; this alert is over after a day.',
    facts: { operationId: id, reason, delivered, failed, skipped },
  })),
};

/** An operation whose next step fails every time (批量操作出错): it is tried again ever later, and meanwhile nothing of it goes. */
export const operationFailing: Condition = {
  zh: '批量操作一再出错',
  en: 'An operation cannot take its next step',
  find: ({ operations }) => operations.filter(({ finished_at: end, step_failures: failures }) => end === null && failures > 0).map(({ id, step_failures: failures, step_error: error }) => ({
    // Fewer open none, and leave one that is open: each success in between begins the count anew.
    subject: id, opens: failures >= FAILURES,
    zh: `批量操作 ${id} 的下一步一再出错（${error ?? '原因不明'}），系统隔一会儿再试，最长一分钟一次。`
      + '请看网关日志 operation-step-failed；57014 是台账太慢，先治台账；其余转开发人员，等不及的可以取消该操作。',
    en: `The next step of operation ${id} fails every time (${error ?? 'unknown'}); it is taken again ever later, once a minute at last. `
      + 'See operation-step-failed in the gateway\'s log; 57014 means that the ledger is too slow; hand the rest to the developers, or cancel the operation.',
    facts: { operationId: id, error },
  })),
};

/** What was given up and is at the receiver all the same (放弃后送达): people were told otherwise. */
export const deliveredLate: Condition = {
  zh: '已放弃的投递其实送达了',
  en: 'What was given up has been delivered',
  find: ({ lateDeliveries }) => lateDeliveries.map(({ destination, count, newest_at: at, transfer_ids: ids }) => ({
    subject: destination, opens: true,
    zh: `发往${partyZh(destination)}的 ${countZh(count)} 条投递在放弃之后才收到送达的回执，最近一条在 ${clock(at)}：${ids.join('、')}。对方其实已经有了。`
      + '请告知当初被告知“已放弃”的人，并与对方核对该办件；台账中它仍是“已放弃”，送达记在办件时间线里。七天内没有新的，本告警自动关闭。',
    en: `${countEn(count)} transfers to ${destination} turned out to be delivered after they had been given up, the last at ${clock(at)}: ${ids.join(', ')}. The receiver has them. `
      + 'Tell those who were told that they were given up, and compare the case with the receiver; this alert is over when a week went by without another.',
    facts: { destination, count, newestAt: at.toISOString(), transferIds: ids },
  })),
};
