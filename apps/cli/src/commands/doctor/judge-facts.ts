import { duration, plain } from '../../terminal/plain-text.ts';
import { bad, ok, warn } from './finding.ts';
import type { Finding } from './finding.ts';
import { judgeDisk, size } from './judge-disk.ts';
import type { Disk } from './judge-disk.ts';
import { judgeLedgerKeys, judgeSigningKeys } from './judge-keys.ts';
import type { LedgerKeys, SigningKey } from './judge-keys.ts';
import { judgeNode } from './judge-node.ts';
import type { BrokerNode } from './judge-node.ts';

/** `GET /api/doctor`, as far as it is judged. */
export interface Facts {
  readonly rabbitmq: { readonly takes: boolean; readonly nodes: readonly BrokerNode[] | null; readonly nodesUnknownZh: string | null };
  readonly postgresql: {
    readonly version: string; readonly databaseBytes: number; readonly connections: number; readonly connectionsMost: number; readonly durable: boolean;
    readonly inRecovery: boolean; readonly oldestTransactionSeconds: number; readonly clockAheadMs: number;
  };
  readonly redis: { readonly usedBytes: number; readonly mostBytes: number | null; readonly problemZh: string | null; readonly clockAheadMs: number } | null;
  readonly disks: readonly Disk[];
  readonly ledgerKeys: LedgerKeys;
  readonly signingKeys: readonly SigningKey[];
  readonly settings: readonly { readonly isDefault: boolean }[];
  readonly concerns: readonly { readonly app: string; readonly setting: string; readonly severity: 'warn' | 'bad'; readonly zh: string; readonly adviceZh: string }[];
}

const CLOCK = { warnMs: 2_000, badMs: 60_000 } as const;
const FULL = 0.8;
const LONG_TRANSACTION_S = 600;

/** Everything that only the gateway sees. */
export function judgeFacts(facts: Facts, now: number): Finding[] {
  return [
    ...judgeBroker(facts.rabbitmq), ...judgeDatabase(facts.postgresql), ...judgeRedis(facts.redis), ...facts.disks.map((disk) => judgeDisk('网关机器', disk)),
    judgeServerClocks(facts), judgeLedgerKeys(facts.ledgerKeys, now), ...judgeSigningKeys(facts.signingKeys, now), ...judgeConcerns(facts),
  ];
}

function judgeBroker({ takes, nodes, nodesUnknownZh }: Facts['rabbitmq']): Finding[] {
  const about = ['rabbitmq', 'RabbitMQ'] as const;
  const taking = takes ? [] : [bad(about, '此刻不接收消息', '没有连上，或因磁盘、内存不足而停收：看 RabbitMQ 的日志和 rabbitmqctl status；入口把事件暂存在 Redis，不会丢。')];
  if (nodes === null) return [...taking, warn(['rabbitmq-nodes', 'RabbitMQ 的磁盘和内存'], `不知道：${plain(nodesUnknownZh)}`, '给网关设 RABBITMQ_MANAGEMENT_URL（账号只要 monitoring 标签）。')];
  return [...taking, ...nodes.map(judgeNode)];
}

function judgeDatabase(db: Facts['postgresql']): Finding[] {
  const found: Finding[] = [];
  if (db.inRecovery) found.push(bad(['postgresql', 'PostgreSQL'], '连到的是从库，写不了', '把 DATABASE_URL 指到主库。'));
  if (!db.durable) found.push(bad(['postgresql-durable', 'PostgreSQL 的可靠性'], 'fsync 或 synchronous_commit 关着：断电会丢已提交的', '两者都设为 on。'));
  if (db.connections > FULL * db.connectionsMost) found.push(warn(['postgresql-connections', 'PostgreSQL 的连接'], `${db.connections}，上限 ${db.connectionsMost}`, '调大 max_connections，或减小各网关的 DATABASE_POOL_SIZE、OPS_POOL_SIZE。'));
  if (db.oldestTransactionSeconds > LONG_TRANSACTION_S) found.push(warn(['postgresql-transaction', 'PostgreSQL 的长事务'], `最早的已 ${duration(db.oldestTransactionSeconds)}`, '看 pg_stat_activity 是谁忘了结束；它使表不能清理，越来越大。'));
  return [...found, ok(['postgresql-size', 'PostgreSQL 台账'], `${size(db.databaseBytes)}，版本 ${plain(db.version)}，连接 ${db.connections}/${db.connectionsMost}`)];
}

function judgeRedis(redis: Facts['redis']): Finding[] {
  const about = ['redis', 'Redis（网关的）'] as const;
  if (redis === null) return [warn(about, '问不到', '看 Redis 是否在运行；重试由巡检代为启动，稍慢。')];
  if (redis.problemZh !== null) return [bad(about, plain(redis.problemZh), '照所说改 Redis 的设置；不用重启程序。')];
  const said = `已用 ${size(redis.usedBytes)}，${redis.mostBytes === null ? '不设上限' : `上限 ${size(redis.mostBytes)}`}`;
  return [redis.mostBytes !== null && redis.usedBytes > FULL * redis.mostBytes ? warn(about, said, '调大 maxmemory，或看入口暂存为什么积压：满了入口答 503。') : ok(about, said)];
}

/** The servers' clocks against the gateway's. */
function judgeServerClocks({ postgresql, redis }: Facts): Finding {
  const about = ['server-clocks', '服务器的时钟'] as const;
  const clocks = [['PostgreSQL', postgresql.clockAheadMs] as const, ...(redis === null ? [] : [['Redis', redis.clockAheadMs] as const])];
  const off = clocks.filter(([, ms]) => Math.abs(ms) >= CLOCK.warnMs);
  if (off.length === 0) return ok(about, '与网关相差不到 2 秒');
  const said = off.map(([name, ms]) => `${name} 比网关${ms > 0 ? '快' : '慢'} ${(Math.abs(ms) / 1000).toFixed(1)} 秒`).join('，');
  const advice = '用 NTP（chronyc tracking）校准；台账的先后以 PostgreSQL 的时钟为准。';
  return off.some(([, ms]) => Math.abs(ms) >= CLOCK.badMs) ? bad(about, said, advice) : warn(about, said, advice);
}

function judgeConcerns({ concerns, settings }: Facts): Finding[] {
  const changed = settings.filter(({ isDefault }) => !isDefault).length;
  if (concerns.length === 0) return [ok(['settings', '设置'], `${settings.length} 项，改过 ${changed} 项，没有隐患`)];
  return concerns.map(({ app, setting, severity, zh, adviceZh }) => (severity === 'bad' ? bad : warn)(['setting', `${plain(app)} 的设置 ${plain(setting)}`], plain(zh), plain(adviceZh)));
}
