import { isLoopback, judgeAddress } from '#runtime';
import type { SettingConcern } from '#runtime';
import type { GatewayConfig } from '../../gateway.config.ts';

/** What is judged, and where. */
export interface Judged {
  readonly config: GatewayConfig;
  /** NODE_ENV. */
  readonly environment: string | undefined;
}

/** Above this, a second person or a typed count is asked for by nobody. */
const APPROVE_AT_MOST = 10_000;
const CONFIRM_AT_MOST = 1_000;

/** Every setting of this gateway that should be another one, by rules and never by its value in words: no host, user or password is told. */
export function judgeSettings(judged: Judged): SettingConcern[] {
  return [...servers(judged), ...doors(judged), ...limits(judged)];
}

function servers({ config, environment }: Judged): SettingConcern[] {
  const addresses = [
    ...config.rabbitmqUrl.map((url) => ['RABBITMQ_URL', url, url.startsWith('amqps:'), true] as const),
    ['REDIS_URL', config.redisUrl, config.redisUrl.startsWith('rediss:'), false] as const,
    ['DATABASE_URL', config.databaseUrl, /[?&]sslmode=(?:require|verify-ca|verify-full)\b/.test(config.databaseUrl), true] as const,
  ];
  return addresses.flatMap(([setting, url, encrypted, needsPassword]) => judgeAddress({ setting, url, encrypted, needsPassword, environment }));
}

function doors({ config, environment }: Judged): SettingConcern[] {
  const { host, publicUrl } = config;
  const open = !isLoopback(host);
  const address = publicUrl === undefined ? null : URL.parse(publicUrl);
  const concerns: SettingConcern[] = [];
  if (environment !== 'production') concerns.push({ setting: 'NODE_ENV', severity: 'warn', zh: '不是 production：Redis 不可靠时只警告，不拒绝启动', adviceZh: '正式环境设 NODE_ENV=production。' });
  if (open && publicUrl === undefined) concerns.push({ setting: 'PUBLIC_URL', severity: 'warn', zh: '网关对外监听，而没有写浏览器访问的地址', adviceZh: '设 PUBLIC_URL 为 https 地址，由反向代理加密。' });
  if (address !== null && address.protocol === 'http:' && !isLoopback(address.hostname)) {
    concerns.push({ setting: 'PUBLIC_URL', severity: environment === 'production' ? 'bad' : 'warn', zh: '浏览器不经加密访问：密码和会话在网络上是明文', adviceZh: '在网关前加 https 的反向代理，PUBLIC_URL 写 https 地址。' });
  }
  return concerns;
}

function limits({ config, environment }: Judged): SettingConcern[] {
  const concerns: SettingConcern[] = [];
  const tell = (setting: string, zh: string, adviceZh: string): void => { concerns.push({ setting, severity: 'warn', zh, adviceZh }); };
  if (config.operationApproveAbove > APPROVE_AT_MOST) tell('OPERATION_APPROVE_ABOVE', '大到批量操作实际上不用第二个人批准', `设在 ${APPROVE_AT_MOST} 以下。`);
  if (config.operationConfirmAbove > CONFIRM_AT_MOST) tell('OPERATION_CONFIRM_ABOVE', '大到批量操作实际上不用键入条数', `设在 ${CONFIRM_AT_MOST} 以下。`);
  if (config.canaryLateMs === 0) tell('CANARY_LATE_MS', '拨测不通也不告警', '设为适配器 CANARY_INTERVAL_MS 的两倍以上。');
  if (config.evidenceAlertMs <= 2 * config.evidenceSealMs) tell('EVIDENCE_ALERT_MS', '不大于 EVIDENCE_SEAL_MS 的两倍，会误报', '设大一些。');
  if (config.journalAlertMs < config.spoolAlertMs) tell('JOURNAL_ALERT_MS', '小于 SPOOL_ALERT_MS：RabbitMQ 一停先报入账确认', '设得比 SPOOL_ALERT_MS 大。');
  if (environment === 'production' && config.receiverDedupeWindows === undefined) tell('RECEIVER_DEDUPE_WINDOWS', '没有写各接收方识别重复的期限：重新投递时视为永久', '问明中心和平台各保留 Idempotency-Key 多久，照实填写。');
  return concerns;
}
