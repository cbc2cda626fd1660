import { ApiProperty } from '@nestjs/swagger';
import { ChoiceField, FlagField, InstantField, NumberField, TextField } from '../answer-fields.ts';

/** How full a disk is. */
export class DiskAnswer {
  @TextField('谁的数据在上面', { example: 'PostgreSQL 的数据目录' })
  whatZh!: string;

  @NumberField('剩余字节数')
  freeBytes!: number;

  @NumberField('总字节数')
  totalBytes!: number;
}

/** One node of RabbitMQ, by its management interface. */
export class BrokerNodeAnswer {
  @TextField('节点')
  node!: string;

  @FlagField('是否在运行')
  running!: boolean;

  @NumberField('剩余磁盘', { nullable: true })
  diskFreeBytes!: number | null;

  @NumberField('剩余磁盘低于此数即停止接收', { nullable: true })
  diskLimitBytes!: number | null;

  @FlagField('是否因磁盘不足而停止接收')
  diskAlarm!: boolean;

  @NumberField('已用内存', { nullable: true })
  memoryUsedBytes!: number | null;

  @NumberField('已用内存高于此数即停止接收', { nullable: true })
  memoryLimitBytes!: number | null;

  @FlagField('是否因内存不足而停止接收')
  memoryAlarm!: boolean;
}

/** RabbitMQ as this gateway knows it. */
export class BrokerFactsAnswer {
  @FlagField('此刻接不接收消息：没有连上，或因磁盘、内存不足而停止接收时为否')
  takes!: boolean;

  @ApiProperty({ type: [BrokerNodeAnswer], nullable: true, description: '各节点；没有设 RABBITMQ_MANAGEMENT_URL 或问不到时为 null' })
  nodes!: BrokerNodeAnswer[] | null;

  @TextField('为什么不知道各节点的情况；知道时为 null', { nullable: true })
  nodesUnknownZh!: string | null;
}

/** PostgreSQL by its own word. */
export class DatabaseFactsAnswer {
  @TextField('版本')
  version!: string;

  @NumberField('台账数据库的大小（字节）')
  databaseBytes!: number;

  @NumberField('现有连接数')
  connections!: number;

  @NumberField('连接数上限')
  connectionsMost!: number;

  @FlagField('已提交的是否一定在磁盘上（fsync、synchronous_commit）')
  durable!: boolean;

  @FlagField('是否只是从库')
  inRecovery!: boolean;

  @NumberField('最早的未结束事务已有几秒')
  oldestTransactionSeconds!: number;

  @NumberField('它的时钟比网关快几毫秒（负为慢）')
  clockAheadMs!: number;
}

/** Redis by its own word. */
export class RedisFactsAnswer {
  @NumberField('已用内存（字节）')
  usedBytes!: number;

  @NumberField('内存上限（字节）；不设上限时为 null', { nullable: true })
  mostBytes!: number | null;

  @TextField('不可靠的原因；可靠时为 null', { nullable: true })
  problemZh!: string | null;

  @NumberField('它的时钟比网关快几毫秒（负为慢）')
  clockAheadMs!: number;
}

/** The keys that seal personal data: which there are, never a key. */
export class LedgerKeysAnswer {
  @NumberField('现在用于封存的版本')
  active!: number;

  @ApiProperty({ type: [Number], description: '密钥文件中的全部版本' })
  versions!: number[];

  @InstantField('密钥文件最后改于；不是用文件给的，为 null', { nullable: true })
  fileChangedAt!: string | null;

  @FlagField('密钥文件是否别的用户也能读；不知道时为 null', { nullable: true })
  fileOpenToOthers!: boolean | null;
}

/** A key of a party, by which it proves itself at an adapter's door; never the key. */
export class SigningKeyAnswer {
  @TextField('一方', { example: 'hall:410204' })
  party!: string;

  @TextField('一方（中文）')
  partyZh!: string;

  @TextField('哪个程序报告的')
  app!: string;

  @TextField('密钥标识（不是密钥）')
  keyId!: string;

  @TextField('算法')
  algorithm!: string;

  @InstantField('何时起有效；不限时为 null', { nullable: true })
  notBefore!: string | null;

  @InstantField('何时失效；不限时为 null', { nullable: true })
  notAfter!: string | null;
}

/** One setting of this gateway. */
export class SettingAnswer {
  @TextField('环境变量', { example: 'RETRY_CAP_MS' })
  setting!: string;

  @TextField('是做什么的')
  zh!: string;

  @TextField('现值；不显示机密、主机和账号；没有设时为 null', { nullable: true })
  value!: string | null;

  @FlagField('是否默认值')
  isDefault!: boolean;
}

/** A setting that should be another one. */
export class ConcernAnswer {
  @TextField('哪个程序的', { example: 'gateway' })
  app!: string;

  @TextField('环境变量')
  setting!: string;

  @ChoiceField('轻重', 'ConcernSeverity', ['warn', 'bad'])
  severity!: 'warn' | 'bad';

  @TextField('隐患')
  zh!: string;

  @TextField('怎么办')
  adviceZh!: string;
}

/** What one gateway knows of itself and of what it stands on; whoever asks judges (体检). */
export class DoctorAnswer {
  @InstantField('查询时刻（网关时钟）')
  asOf!: string;

  @TextField('网关的 Node.js 版本')
  nodeVersion!: string;

  @NumberField('网关已运行几秒')
  uptimeSeconds!: number;

  @NumberField('网关占用内存（字节）')
  memoryBytes!: number;

  @ApiProperty({ type: BrokerFactsAnswer })
  rabbitmq!: BrokerFactsAnswer;

  @ApiProperty({ type: DatabaseFactsAnswer })
  postgresql!: DatabaseFactsAnswer;

  @ApiProperty({ type: RedisFactsAnswer, nullable: true, description: '问不到时为 null' })
  redis!: RedisFactsAnswer | null;

  @ApiProperty({ type: [DiskAnswer], description: '网关所在机器的磁盘，和同一台机器上的服务器数据所在的磁盘' })
  disks!: DiskAnswer[];

  @ApiProperty({ type: LedgerKeysAnswer })
  ledgerKeys!: LedgerKeysAnswer;

  @ApiProperty({ type: [SigningKeyAnswer], description: '各方在入口的签名密钥，按在运行的适配器报告的' })
  signingKeys!: SigningKeyAnswer[];

  @ApiProperty({ type: [SettingAnswer] })
  settings!: SettingAnswer[];

  @ApiProperty({ type: [ConcernAnswer], description: '不安全或会出问题的设置' })
  concerns!: ConcernAnswer[];
}
