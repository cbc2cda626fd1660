import { Describe, Secret } from '#runtime';
import { IsArray, IsBoolean, IsIn, IsInt, IsNotEmpty, IsOptional, IsString, Matches, Max, Min, MinLength } from 'class-validator';
import type { CanaryEnd } from './ledger/canary-rows.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Everything the gateway can be told, read once at start. */
export class GatewayConfig {
  @IsArray() @Matches(/^amqps?:\/\//, { each: true })
  @Describe('RabbitMQ 地址；集群各节点以逗号分隔')
  readonly rabbitmqUrl!: string[];

  @IsOptional() @Matches(/^https?:\/\//)
  @Secret() @Describe('RabbitMQ 管理接口的地址（http://用户:密码@主机:15672），只用于 bridgectl doctor 查各节点的磁盘、内存和告警；不设则不查')
  readonly rabbitmqManagementUrl?: string;

  @Matches(/^rediss?:\/\//)
  @Describe('Redis 地址：重试定时器存放在这里')
  readonly redisUrl!: string;

  @IsString() @IsNotEmpty()
  @Describe('Redis 键名前缀')
  readonly redisPrefix: string = 'jiujin:';

  @Matches(/^postgres(?:ql)?:\/\//)
  @Describe('PostgreSQL 地址：台账存放在这里')
  readonly databaseUrl!: string;

  @IsString() @IsNotEmpty()
  @Secret() @Describe('消息体和台账个人信息的封存密钥（JSON）；通常以 LEDGER_KEYS_FILE 指定文件，各程序相同')
  readonly ledgerKeys!: string;

  @IsOptional() @IsString() @IsNotEmpty()
  @Describe('事项、大厅、证件类型目录所在文件夹；不设则用自带目录')
  readonly catalogueDir?: string;

  @IsString() @IsNotEmpty()
  @Describe('监听的网络地址')
  readonly host: string = '127.0.0.1';

  @IsInt() @Min(0) @Max(65_535)
  @Describe('运维接口、健康检查和指标的端口')
  readonly port: number = 8700;

  @IsString() @MinLength(32)
  @Secret() @Describe('运维接口的访问令牌，至少 32 个字符；通常以 OPS_TOKEN_FILE 指定文件')
  readonly opsToken!: string;

  @IsOptional() @Matches(/^https?:\/\/[^/?#@]+\/?$/)
  @Describe('浏览器访问网关的地址（协议、主机、端口）；以 https 开头时 Cookie 只经加密连接发送。不设则为 http://HOST:PORT')
  readonly publicUrl?: string;

  @IsArray() @Matches(/^[0-9A-Fa-f.:]{2,45}(?:\/\d{1,3})?$/, { each: true })
  @Describe('网关前面的反向代理的地址或网段，以逗号分隔；只有它们写的 X-Forwarded-For 才作为操作来源地址记录。没有代理则不设')
  readonly trustedProxies: string[] = [];

  @IsInt() @Min(MINUTE_MS) @Max(DAY_MS)
  @Describe('登录后多久没有操作即失效（毫秒）')
  readonly sessionIdleMs: number = 30 * MINUTE_MS;

  @IsInt() @Min(MINUTE_MS) @Max(7 * DAY_MS)
  @Describe('登录后最长多久须重新登录（毫秒）')
  readonly sessionLongestMs: number = 12 * HOUR_MS;

  @IsOptional() @Matches(/^https?:\/\//)
  @Describe('统一身份认证（OIDC）的签发者地址；设了即可用其账号登录。只有本机地址可以是 http')
  readonly oidcIssuer?: string;

  @IsOptional() @IsString() @IsNotEmpty()
  @Describe('在统一身份认证登记的客户端标识；回调地址登记为 PUBLIC_URL/api/session/oidc/callback')
  readonly oidcClientId?: string;

  @IsOptional() @IsString() @IsNotEmpty()
  @Secret() @Describe('客户端密钥；通常以 OIDC_CLIENT_SECRET_FILE 指定文件。公开客户端不设')
  readonly oidcClientSecret?: string;

  @IsString() @IsNotEmpty()
  @Describe('向统一身份认证请求的范围')
  readonly oidcScope: string = 'openid profile';

  @IsString() @IsNotEmpty()
  @Describe('身份令牌中列出人员组别的字段')
  readonly oidcRolesClaim: string = 'roles';

  @IsOptional() @IsString() @IsNotEmpty()
  @Describe('组别对应的角色（JSON）：{"jiujin-duty": ["operator"], …}；角色为 viewer、operator、supervisor、auditor、administrator')
  readonly oidcRoles?: string;

  @IsInt() @Min(HOUR_MS) @Max(365 * DAY_MS)
  @Describe('统一身份认证的人员多久须重新登录一次，其访问令牌才继续有效（毫秒）：在那里注销的人，令牌最迟此时失效')
  readonly oidcConfirmMs: number = 7 * DAY_MS;

  @IsInt() @Min(2) @Max(100_000)
  @Describe('每个来源地址每分钟最多几次登录（含转到统一身份认证），可一次连用其半数；超过答 429。每个网关各自计数')
  readonly loginsPerMinute: number = 20;

  @IsInt() @Min(4) @Max(200)
  @Describe('到 PostgreSQL 的连接数上限')
  readonly databasePoolSize: number = 12;

  @IsInt() @Min(500) @Max(10 * MINUTE_MS)
  @Describe('一条 SQL 语句的最长时间（毫秒）')
  readonly databaseStatementTimeoutMs: number = 20_000;

  @IsInt() @Min(1) @Max(1000)
  @Describe('一个事务最多处理的消息数')
  readonly batchSize: number = 200;

  @IsInt() @Min(0) @Max(1000)
  @Describe('批次中第一条消息等待后续消息的时间（毫秒）')
  readonly batchLingerMs: number = 5;

  @IsInt() @Min(0) @Max(99)
  @Describe('一个办件可以补正的次数')
  readonly maxSupplementRounds: number = 1;

  @IsBoolean()
  @Describe('受理后是否还可以要求补正')
  readonly supplementAfterAcceptance: boolean = false;

  @IsInt() @Min(1) @Max(HOUR_MS)
  @Describe('首次重试的最长等待（毫秒）；每次翻倍，实际等待取其中的随机值')
  readonly retryBaseMs: number = 1_000;

  @IsInt() @Min(1) @Max(DAY_MS)
  @Describe('重试等待的上限（毫秒）')
  readonly retryCapMs: number = 15 * MINUTE_MS;

  @IsInt() @Min(1) @Max(1000)
  @Describe('可重试错误（retryable）最多投递次数，之后为失败')
  readonly retryMaxAttempts: number = 60;

  @IsInt() @Min(1) @Max(100)
  @Describe('技术错误（technical）最多投递次数，之后为失败')
  readonly retryTechnicalMaxAttempts: number = 4;

  @IsInt() @Min(0) @Max(7 * DAY_MS)
  @Describe('对方要求的 Retry-After 最长采纳多久（毫秒）')
  readonly retryAfterCapMs: number = DAY_MS;

  @IsOptional() @IsString() @IsNotEmpty()
  @Describe('各目的地自己的重试安排（JSON）：{"centre": {…}, "hall:*": {…}, "hall:410204": {…}}；可写 baseMs、capMs、maxAttempts、technicalMaxAttempts、retryAfterCapMs，未写的按 hall:* 和上面各项')
  readonly retrySchedules?: string;

  @IsInt() @Min(100) @Max(HOUR_MS)
  @Describe('投递后多久没有回执就再次派发（毫秒）；每次翻倍')
  readonly receiptPatienceMs: number = MINUTE_MS;

  @IsInt() @Min(100) @Max(DAY_MS)
  @Describe('等待回执时间翻倍的上限（毫秒）')
  readonly receiptPatienceCapMs: number = HOUR_MS;

  @IsInt() @Min(50) @Max(HOUR_MS)
  @Describe('两次巡检台账的间隔（毫秒）')
  readonly sweepIntervalMs: number = 5_000;

  @IsInt() @Min(0) @Max(HOUR_MS)
  @Describe('重试到时后多久仍未开始即视为定时器丢失，由巡检补上（毫秒）')
  readonly retryMarginMs: number = 15_000;

  @IsInt() @Min(1) @Max(5000)
  @Describe('一次巡检每类最多处理的投递数')
  readonly sweepBatch: number = 500;

  @IsInt() @Min(1000) @Max(30 * DAY_MS)
  @Describe('事件等待前序事件超过多久即报警（毫秒）')
  readonly parkedPatienceMs: number = 30 * MINUTE_MS;

  @IsInt() @Min(0) @Max(DAY_MS)
  @Describe('收件没有权限时，先等市局的开通多久（毫秒）；两者走不同的通道，开通可能后到。过时即拒绝；0 为立即拒绝')
  readonly permissionPatienceMs: number = 5 * MINUTE_MS;

  @IsInt() @Min(2) @Max(50)
  @Describe('运维接口和值守另用的 PostgreSQL 连接数上限：台账繁忙时照样能查')
  readonly opsPoolSize: number = 4;

  @IsInt() @Min(1) @Max(10_000)
  @Describe('同时打开的实时视图（GET /api/live）上限；超过答 503')
  readonly liveConnections: number = 50;

  @IsInt() @Min(100) @Max(MINUTE_MS)
  @Describe('有人看实时视图时，每隔多久查一次现状（毫秒）；不论多少人看都只查一次')
  readonly liveIntervalMs: number = 2_000;

  @IsInt() @Min(100) @Max(MINUTE_MS)
  @Describe('实时视图每隔多久再核对一次登录和权限（毫秒）')
  readonly liveRecheckMs: number = 30_000;

  @IsInt() @Min(1000) @Max(HOUR_MS)
  @Describe('程序多久没有上报、RabbitMQ 或 Redis 多久连不上即视为失联（毫秒）')
  readonly programSilentMs: number = 30_000;

  @IsArray() @Matches(/^(?:gateway|district-adapter|centre-adapter)=[1-9]\d{0,2}$/, { each: true })
  @Describe('各程序应有几个进程，以逗号分隔，如 gateway=2,district-adapter=2；少于此数即报警，多出的失联不报警。没写的程序，进程失联而没有替代即报警，一天后关闭')
  readonly programsExpected: string[] = [];

  @IsInt() @Min(0) @Max(HOUR_MS)
  @Describe('网关启动或 RabbitMQ 恢复后多久才判断队列有没有消费者（毫秒）：留给各程序重新连上')
  readonly watchSettleMs: number = 30_000;

  @IsString() @Matches(/^[\p{L}\p{N} ._-]{0,20}$/u)
  @Describe('环境的名称，写在总览和交班记录上，如 生产、演练；不设则不写')
  readonly environmentName: string = '';

  @IsInt() @Min(1000) @Max(DAY_MS)
  @Describe('从入口到送达的目标用时（毫秒）：总览按它给通道标色')
  readonly channelTargetMs: number = MINUTE_MS;

  @IsInt() @Min(0) @Max(DAY_MS)
  @Describe('端点不通超过多久即报警（毫秒）')
  readonly circuitAlertMs: number = MINUTE_MS;

  @IsInt() @Min(0) @Max(DAY_MS)
  @Describe('重试到时后多久仍未开始即报警（毫秒）')
  readonly retryAlertMs: number = 2 * MINUTE_MS;

  @IsInt() @Min(0) @Max(30 * DAY_MS)
  @Describe('通道暂停超过多久即报警，以免忘记恢复（毫秒）')
  readonly pauseAlertMs: number = 4 * HOUR_MS;

  @IsInt() @Min(0) @Max(365 * DAY_MS)
  @Describe('对方的 TLS 证书、各方的签名密钥到期前多久即报警（毫秒）')
  readonly expiryAlertMs: number = 30 * DAY_MS;

  @IsInt() @Min(0) @Max(DAY_MS)
  @Describe('入口暂存中最早的事件等待超过多久即报警（毫秒）')
  readonly spoolAlertMs: number = 5 * MINUTE_MS;

  @IsInt() @Min(0) @Max(DAY_MS)
  @Describe('已答 202 的事件多久没有入账确认即报警（毫秒）；降到一半以下才解除')
  readonly journalAlertMs: number = 10 * MINUTE_MS;

  @IsInt() @Min(0) @Max(DAY_MS)
  @Describe('大厅多久没有拨测件走完全程即报警（毫秒）；0 为不报警。须大于适配器 CANARY_INTERVAL_MS 的两倍')
  readonly canaryLateMs: number = 3 * MINUTE_MS;

  @IsOptional() @IsString() @IsNotEmpty()
  @Describe('各接收方凭 Idempotency-Key 识别重复的期限（JSON，毫秒）：{"centre": 604800000, "hall:*": …, "hall:410204": …}；未写的视为永久。首次投递早于此的，重新投递须有批准权限的人明示')
  readonly receiverDedupeWindows?: string;

  @IsInt() @Min(0) @Max(1_000_000)
  @Describe('批量操作超过多少条即须在开始时写明条数')
  readonly operationConfirmAbove: number = 20;

  @IsInt() @Min(0) @Max(1_000_000)
  @Describe('批量操作超过多少条即须由另一人批准')
  readonly operationApproveAbove: number = 500;

  @IsBoolean()
  @Describe('批准人与发起人的账号是否须由不同的管理员经手（创建、调整角色、重置密码）：须有两位管理员，一位管值班账号，一位管主管账号')
  readonly approversByAnotherAdministrator: boolean = false;

  @IsInt() @Min(1000) @Max(30 * DAY_MS)
  @Describe('预检后多久没有开始的批量操作自动取消（毫秒）：它占着其中的投递')
  readonly operationPatienceMs: number = DAY_MS;

  @IsInt() @Min(1000) @Max(HOUR_MS)
  @Describe('网关停止后，它正在做的批量操作多久由另一网关接手（毫秒）')
  readonly operationLeaseMs: number = 15_000;

  @IsInt() @Min(0) @Max(30 * DAY_MS)
  @Describe('批量操作暂停超过多久即报警（毫秒）：它一直占着其中的投递')
  readonly operationPauseAlertMs: number = 4 * HOUR_MS;

  @IsIn(['hall', 'centre'])
  @Describe('拨测件走到哪里算走完：hall 为办结送达大厅；centre 为工单送达中心（中心没有沙箱、不回办理结果时用）')
  readonly canaryEndsAt: CanaryEnd = 'hall';

  @IsInt() @Min(100) @Max(HOUR_MS)
  @Describe('每隔多久把新入账的消息封入证据链（毫秒）')
  readonly evidenceSealMs: number = 10_000;

  @IsInt() @Min(1000) @Max(DAY_MS)
  @Describe('消息入账多久还没有封入证据链即报警（毫秒）；须大于 EVIDENCE_SEAL_MS 的两倍')
  readonly evidenceAlertMs: number = 5 * MINUTE_MS;

  @IsOptional() @IsString() @IsNotEmpty()
  @Describe('各方的联系人（JSON），列在失败分组里：{"ours": {"name": …, "phone": …, "org": …}, "centre": {…}, "hall:*": {…}, "hall:410204": {…}}')
  readonly contacts?: string;

  @IsString() @Matches(/^\S{1,200}$/)
  @Describe('处置手册（docs/failures.md）在本单位的网址；失败分组以它加上 #小节 给出链接')
  readonly runbookUrl: string = 'docs/failures.md';
}
