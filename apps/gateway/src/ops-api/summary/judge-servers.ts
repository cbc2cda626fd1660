import type { EdgeInstanceRow } from '../../ledger/edge-rows.ts';

/** How one of the servers that the bridge stands on is, as the gateways see it. */
export interface ServerHealth {
  readonly server: 'postgresql' | 'rabbitmq' | 'redis';
  readonly state: 'good' | 'partly' | 'bad' | 'unknown';
  readonly detailZh: string | null;
}

type Gateway = Pick<EdgeInstanceRow, 'instance' | 'broker_away_since' | 'redis_durable' | 'redis_problem'>;

/** By what each living gateway last said of itself: whoever answers here may see what another does not. The ledger has just answered. */
export function judgeServers(gateways: readonly Gateway[]): ServerHealth[] {
  return [
    { server: 'postgresql', state: 'good', detailZh: null },
    judge('rabbitmq', gateways, ({ broker_away_since }) => (broker_away_since === null ? null : '连不上')),
    judge('redis', gateways, ({ redis_durable, redis_problem }) => (redis_durable === true ? null : redis_problem ?? '不明')),
  ];
}

function judge(server: 'rabbitmq' | 'redis', gateways: readonly Gateway[], problemOf: (gateway: Gateway) => string | null): ServerHealth {
  if (gateways.length === 0) return { server, state: 'unknown', detailZh: '没有网关在上报' };
  const problems = gateways.flatMap((gateway) => problemOf(gateway) ?? []);
  if (problems.length === 0) return { server, state: 'good', detailZh: null };
  const detailZh = [...new Set(problems)].join('；');
  return problems.length < gateways.length ? { server, state: 'partly', detailZh: `${problems.length} 个网关：${detailZh}` } : { server, state: 'bad', detailZh };
}
