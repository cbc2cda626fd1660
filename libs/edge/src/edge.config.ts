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
}
