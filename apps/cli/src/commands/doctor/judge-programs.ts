import { ago, plain } from '../../terminal/plain-text.ts';
import { bad, ok, warn } from './finding.ts';
import type { Finding } from './finding.ts';

/** A program as it last reported. */
export interface Instance {
  readonly app: string;
  readonly instance: string;
  readonly living: boolean;
  readonly lastSeenAt: string;
  readonly spoolWaiting: number | null;
  readonly spoolOldestAt: string | null;
  readonly journalEntries: number | null;
  readonly journalOldestAt: string | null;
  readonly redisDurable: boolean | null;
  readonly redisProblem: string | null;
  readonly brokerAwaySince: string | null;
  readonly stoppedAt: string | null;
}

const APPS = ['gateway', 'district-adapter', 'centre-adapter'] as const;
const SPOOL_LATE_MS = 5 * 60_000;
const JOURNAL_LATE_MS = 10 * 60_000;

/** Whether each program runs, and what it says of itself. */
export function judgeInstances(instances: readonly Instance[], now: number): Finding[] {
  return APPS.flatMap((app) => {
    const living = instances.filter((one) => one.app === app && one.living && one.stoppedAt === null);
    return [judgeApp(app, living, instances.filter((one) => one.app === app && !one.living && one.stoppedAt === null)), ...living.flatMap((one) => judgeInstance(one, now))];
  });
}

function judgeApp(app: string, living: readonly Instance[], silent: readonly Instance[]): Finding {
  const about = ['instances', `程序 ${app}`] as const;
  if (living.length === 0) return bad(about, silent[0] === undefined ? '没有进程上报' : `失联，最后上报在 ${ago(silent[0].lastSeenAt)}前`, `启动 ${app}；在运行而没有上报的，看它能否连上 RabbitMQ。`);
  if (silent.length > 0) return warn(about, `${living.length} 个在运行，${silent.length} 个失联（${silent.map((one) => plain(one.instance)).join('、')}）`, '不再要的等一天自动除名；还要的去启动它。');
  return ok(about, `${living.length} 个在运行`);
}

function judgeInstance(one: Instance, now: number): Finding[] {
  const who = `${one.app}/${plain(one.instance)}`;
  const found: Finding[] = [];
  if (one.redisDurable === false) found.push(bad(['redis-durable', `${who} 的 Redis`], plain(one.redisProblem), '设 appendonly yes、maxmemory-policy noeviction，腾出磁盘；不用重启程序。'));
  if (one.brokerAwaySince !== null) found.push(bad(['broker', `${who} 到 RabbitMQ`], `已断开 ${ago(one.brokerAwaySince, now)}`, '恢复 RabbitMQ 或网络，程序自动重连。'));
  if (late(one.spoolOldestAt, now, SPOOL_LATE_MS)) found.push(bad(['spool', `${who} 的入口暂存`], `${plain(one.spoolWaiting)} 个在等，最早的已 ${ago(one.spoolOldestAt, now)}`, '看 RabbitMQ 是否可用、网关的队列是否已满；不要清空 Redis。'));
  if (late(one.journalOldestAt, now, JOURNAL_LATE_MS)) found.push(warn(['journal', `${who} 的入账确认`], `${plain(one.journalEntries)} 个没有确认，最早的已 ${ago(one.journalOldestAt, now)}`, '看网关是否在运行、gateway.intake 和 gateway.outcomes 是否堆积。'));
  return found;
}

function late(instant: string | null, now: number, ms: number): boolean {
  return instant !== null && now - Date.parse(instant) > ms;
}
