import { isLoopback, judgeAddress, type SettingConcern } from '#runtime';
import type { EdgeConfig } from './edge.config.ts';
import type { Endpoints } from './endpoints.ts';

type Judged = Pick<EdgeConfig, 'rabbitmqUrl' | 'redisUrl' | 'host' | 'opsToken'>;

/** Every setting of an adapter that should be another one, without a secret, a host or a user: the doctor tells it. */
export function judgeEdgeSettings(config: Judged, endpoints: Endpoints, environment: string | undefined): SettingConcern[] {
  return [
    ...config.rabbitmqUrl.flatMap((url) => judgeAddress({ setting: 'RABBITMQ_URL', url, encrypted: url.startsWith('amqps:'), needsPassword: true, environment })),
    ...judgeAddress({ setting: 'REDIS_URL', url: config.redisUrl, encrypted: config.redisUrl.startsWith('rediss:'), needsPassword: false, environment }),
    ...judgeDoor(config, environment), ...judgeEndpoints(endpoints, environment),
  ];
}

function judgeDoor({ host, opsToken }: Judged, environment: string | undefined): SettingConcern[] {
  const concerns: SettingConcern[] = [];
  if (environment !== 'production') concerns.push({ setting: 'NODE_ENV', severity: 'warn', zh: '不是 production：Redis 不可靠时只警告，不拒绝启动', adviceZh: '正式环境设 NODE_ENV=production。' });
  if (!isLoopback(host) && opsToken === undefined) concerns.push({ setting: 'OPS_TOKEN', severity: 'warn', zh: '没有设：指标只有本机能读，Prometheus 采集不到', adviceZh: '以 OPS_TOKEN_FILE 指定令牌文件。' });
  return concerns;
}

/** What goes to a hall or the centre without TLS can be read on its way, signed or not: it holds personal data. */
function judgeEndpoints(endpoints: Endpoints, environment: string | undefined): SettingConcern[] {
  const plain = [...endpoints].filter(([, { url }]) => url.protocol === 'http:' && !isLoopback(url.hostname)).map(([destination]) => destination);
  if (plain.length === 0) return [];
  const named = `${plain.slice(0, 5).join('、')}${plain.length > 5 ? ` 等 ${plain.length} 个` : ''}`;
  return [{ setting: 'ENDPOINTS', severity: environment === 'production' ? 'bad' : 'warn', zh: `发往 ${named} 不经加密：办件和个人信息在网络上是明文`, adviceZh: '与对方商定 https 地址，改在 ENDPOINTS_FILE 里。' }];
}
