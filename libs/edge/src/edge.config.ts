import { IsArray, IsInt, IsNotEmpty, IsOptional, IsString, Matches, Max, Min, MinLength } from 'class-validator';
import { Describe, Secret } from '#runtime';

const MIB = 1024 * 1024;

/** The settings both adapters have. */
export class EdgeConfig {
  @IsArray() @Matches(/^amqps?:\/\//, { each: true })
  @Describe('RabbitMQ 地址；集群各节点以逗号分隔')
  readonly rabbitmqUrl!: string[];

  @Matches(/^rediss?:\/\//)
  @Describe('Redis 地址：防重放的随机串和事件标识存放在这里')
  readonly redisUrl!: string;

  @IsString() @IsNotEmpty()
  @Describe('Redis 键名前缀')
  readonly redisPrefix: string = 'jiujin:';

  @IsString() @IsNotEmpty()
  @Secret() @Describe('消息体封存密钥（JSON）；通常以 LEDGER_KEYS_FILE 指定文件')
  readonly ledgerKeys!: string;

  @IsString() @IsNotEmpty()
  @Secret() @Describe('各发送方的签名密钥（JSON）；通常以 INGRESS_KEYS_FILE 指定文件')
  readonly ingressKeys!: string;

  @IsString() @IsNotEmpty()
  @Secret() @Describe('各目的地的地址和签名密钥（JSON）；通常以 ENDPOINTS_FILE 指定文件')
  readonly endpoints!: string;

  @IsOptional() @IsString() @IsNotEmpty()
  @Describe('事项、大厅、证件类型目录所在文件夹；不设则用自带目录')
  readonly catalogueDir?: string;

  @IsString() @IsNotEmpty()
  @Describe('监听的网络地址')
  readonly host: string = '127.0.0.1';

  @IsOptional() @IsString() @MinLength(32)
  @Secret() @Describe('读取指标 /metrics 的访问令牌，至少 32 个字符；通常以 OPS_TOKEN_FILE 指定文件；不设则只有本机可以读取')
  readonly opsToken?: string;

  @IsInt() @Min(1024) @Max(64 * MIB)
  @Describe('单个事件请求体的上限（字节）')
  readonly maxEventBytes: number = MIB;

  @IsInt() @Min(1024) @Max(64 * MIB)
  @Describe('批次请求体的上限（字节）')
  readonly maxBatchBytes: number = 8 * MIB;

  @IsInt() @Min(1) @Max(500)
  @Describe('一个批次的事件数上限')
  readonly maxBatchEvents: number = 500;

  @IsInt() @Min(1) @Max(1_000_000)
  @Describe('每个发送方每秒可送的事件数')
  readonly ratePerSecond: number = 5_000;

  @IsInt() @Min(500) @Max(1_000_000)
  @Describe('每个发送方可一次突发的事件数')
  readonly rateBurst: number = 10_000;

  @IsInt() @Min(1) @Max(10_000)
  @Describe('每秒最多向网关报告的拒收数')
  readonly refusalReportsPerSecond: number = 50;

  @IsInt() @Min(1) @Max(512)
  @Describe('到每个目的地的并发连接数')
  readonly deliveryConnections: number = 32;

  @IsInt() @Min(2) @Max(1_000)
  @Describe('目的地连续失败（连不上、超时、5xx）多少次后暂停向它投递')
  readonly circuitFailures: number = 8;

  @IsInt() @Min(1_000) @Max(25 * 60_000)
  @Describe('目的地停止应答时，手上的工单最多等待多久（毫秒），之后退回队列')
  readonly circuitHoldMs: number = 10 * 60_000;

  @IsInt() @Min(50) @Max(60_000)
  @Describe('目的地停止应答后首次探测前的等待（毫秒），此后逐次加倍')
  readonly circuitProbeMs: number = 1_000;

  @IsInt() @Min(50) @Max(600_000)
  @Describe('两次探测之间的最长等待（毫秒）')
  readonly circuitProbeMaxMs: number = 30_000;

  @IsInt() @Min(MIB) @Max(1024 * MIB)
  @Describe('同时在处理的请求体总量上限（字节），超过即答 503')
  readonly maxBytesInHand: number = 64 * MIB;

  @IsInt() @Min(100) @Max(4_000)
  @Describe('RabbitMQ 多久不确认即视为卡住（毫秒）；此后事件先入暂存，直到它恢复确认')
  readonly confirmPatienceMs: number = 2_000;

  // The acknowledgement itself gathers company for a quarter of a second.
  @IsInt() @Min(500) @Max(60 * 60_000)
  @Describe('已受理事件多久没有网关入账的回执就再次发送（毫秒）；每次翻倍')
  readonly journalPatienceMs: number = 60_000;

  @IsInt() @Min(100) @Max(24 * 60 * 60_000)
  @Describe('等待入账回执时间翻倍的上限（毫秒）')
  readonly journalPatienceCapMs: number = 15 * 60_000;

  @IsInt() @Min(1) @Max(10_000_000)
  @Describe('受理日志（含暂存）最多保留的事件数，满后答 503')
  readonly journalMaxEvents: number = 100_000;
}
