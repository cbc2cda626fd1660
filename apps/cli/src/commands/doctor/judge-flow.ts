import { duration, longTime, plain } from '../../terminal/plain-text.ts';
import { isSilenced } from '../alerts.ts';
import type { Alert } from '../alerts.ts';
import type { Channel } from '../channels.ts';
import type { QueueList } from '../queues.ts';
import { bad, ok, warn } from './finding.ts';
import type { Finding } from './finding.ts';

/** Queues and who takes from them. */
export function judgeQueues({ brokerReachable, items }: QueueList): Finding[] {
  const about = ['queues', '队列'] as const;
  if (!brokerReachable) return [bad(about, 'RabbitMQ 问不到', '恢复 RabbitMQ；入口把事件暂存在 Redis，不会丢。')];
  const found = items.flatMap(({ queue, app, exists, ready, consumersPresent, consumersExpected }): Finding[] => {
    const one = ['queue', `队列 ${plain(queue)}`] as const;
    if (exists === false) return [bad(one, '不存在', `启动 ${plain(app)}，它一连上就会声明。`)];
    if (consumersPresent === null || consumersPresent >= consumersExpected) return [];
    const said = `${plain(ready)} 条，${consumersPresent} 个消费者，应有 ${consumersExpected} 个`;
    const advice = `看 ${plain(app)} 的 /health/ready：没有运行的启动；在运行却没有消费的重启该进程，消息留在队列里不会丢。`;
    return [consumersPresent === 0 ? bad(one, said, advice) : warn(one, said, advice)];
  });
  return found.length > 0 ? found : [ok(about, `${items.length} 个都在，消费者齐`)];
}

/** A circuit of one adapter process. */
export interface Circuit {
  readonly destinationZh: string;
  readonly instance: string;
  readonly living: boolean;
  readonly state: string;
  readonly stateZh: string;
  readonly reason: string | null;
  readonly since: string;
  readonly nextProbeAt: string | null;
}

/** Whether the halls and the centre can be reached. */
export function judgeCircuits(circuits: readonly Circuit[]): Finding[] {
  const troubled = circuits.filter(({ living, state }) => living && state !== 'closed');
  if (troubled.length === 0) return [ok(['circuits', '各方接口'], circuits.length === 0 ? '还没有投递过' : '都通')];
  return troubled.map(({ destinationZh, state, stateZh, reason, since, nextProbeAt }) => {
    const about = ['circuit', `接口：${plain(destinationZh)}`] as const;
    const said = `${plain(stateZh)}，${plain(reason)}，自 ${longTime(since)}，下次探测 ${longTime(nextProbeAt)}`;
    const advice = plain(reason).startsWith('tls-') ? '对方的证书或地址配置不对：核对 ENDPOINTS_FILE 中的地址和证书。' : '联系对方；恢复后自动慢启动，积存的逐步送达。';
    return state === 'open' ? bad(about, said, advice) : warn(about, said, advice);
  });
}

/** Channels that people hold. */
export function judgeChannels(channels: readonly Channel[]): Finding[] {
  const paused = channels.filter(({ state }) => state === 'paused');
  if (paused.length === 0) return [ok(['channels', '通道'], `${channels.length} 条，没有暂停的`)];
  return paused.map(({ channel, channelZh, pausedBy, reason, held, until }) => warn(
    ['channel', `通道 ${plain(channelZh)}`], `${plain(pausedBy)}暂停：${plain(reason)}；积存 ${held}，${until === null ? '没有定时恢复' : `${longTime(until)} 自动恢复`}`,
    `向暂停的人核实；可以恢复的：bridgectl resume ${plain(channel)} --reason …`,
  ));
}

/** What calls for a person already. */
export function judgeAlerts(alerts: readonly Alert[]): Finding[] {
  if (alerts.length === 0) return [ok(['alerts', '告警'], '没有')];
  return alerts.map((alert) => {
    const { conditionZh, subjectZh, detailZh, condition } = alert;
    const about = ['alert', `告警：${plain(conditionZh)}（${plain(subjectZh)}）`] as const;
    const advice = `见 docs/runbook.md 的“${plain(condition)}”一节。`;
    return isSilenced(alert) ? warn(about, `${plain(detailZh)}（已静音，或属计划维护）`, advice) : bad(about, plain(detailZh), advice);
  });
}

/** What waits for a decision. */
export interface Waiting {
  readonly transfers: readonly { readonly status: string; readonly count: number }[];
  /** Dead letters that wait for a person; at most one page is counted. */
  readonly openLetters: number;
  readonly moreLetters: boolean;
  readonly oldestUndelivered: { readonly waitingSeconds: number; readonly projectNo: string } | null;
}

export function judgeWaiting({ transfers, openLetters, moreLetters, oldestUndelivered: oldest }: Waiting): Finding[] {
  const failed = transfers.filter(({ status }) => status === 'failed').reduce((sum, { count }) => sum + count, 0);
  const late = oldest !== null && oldest.waitingSeconds > 3_600;
  return [
    failed > 0 ? warn(['failed', '失败的投递'], `${failed} 条`, 'bridgectl failures 看原因，能治的治好后 bridgectl replay。') : ok(['failed', '失败的投递'], '没有'),
    openLetters > 0 ? warn(['dead-letters', '待处理的死信'], `${openLetters}${moreLetters ? '+' : ''} 条`, 'bridgectl dead-letters --status open 看原因。') : ok(['dead-letters', '待处理的死信'], '没有'),
    late ? warn(['oldest', '等得最久的投递'], `${duration(oldest.waitingSeconds)}（${plain(oldest.projectNo)}）`, `bridgectl trace ${plain(oldest.projectNo)}`) : ok(['oldest', '等得最久的投递'], oldest === null ? '没有' : duration(oldest.waitingSeconds)),
  ];
}
