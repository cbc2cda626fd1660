import { ApiProperty } from '@nestjs/swagger';
import { Matches } from 'class-validator';
import { ChoiceField, FlagField, InstantField, NumberField, TextField } from '../answer-fields.ts';
import { saying } from '../query-fields.ts';

/** Where a queue lies: RabbitMQ, the gateway's timers in Redis, or what an adapter keeps in Redis at its door. */
export const QUEUE_KINDS = ['rabbitmq', 'bullmq', 'spool', 'journal'] as const;
export type QueueKind = (typeof QUEUE_KINDS)[number];

/** Who says a figure that the broker does not: the ledger, the ledger and two looks at the broker, an adapter's report, or Redis. */
export const FIGURE_SOURCES = ['ledger', 'ledger-and-looks', 'adapter', 'redis'] as const;
export type FigureSource = (typeof FIGURE_SOURCES)[number];

/** The path of one queue. */
export class QueueParams {
  @ApiProperty({ description: '队列', example: 'gateway.intake' })
  @Matches(/^[a-z0-9.:-]{1,100}$/, saying({ zh: '须为队列名', en: 'must be the name of a queue' }))
  name!: string;
}

/** One queue (队列): what it is for, what waits in it, and who takes it. */
export class QueueAnswer {
  @TextField('队列', { example: 'gateway.intake' })
  queue!: string;

  @ChoiceField('在哪里：RabbitMQ；BullMQ（网关在 Redis 的定时器）；入口暂存、入账确认日志（适配器在 Redis，按其上报）', 'QueueKind', QUEUE_KINDS)
  kind!: QueueKind;

  @FlagField('是否死信队列')
  deadLetters!: boolean;

  @TextField('用途')
  purpose!: string;

  @TextField('消费它的程序', { example: 'gateway' })
  app!: string;

  @TextField('通往的目的地；不通往端点的队列为 null', { nullable: true, example: 'hall:410204' })
  destination!: string | null;

  @FlagField('RabbitMQ 中有没有这个队列；问不到时为 null', { nullable: true })
  exists!: boolean | null;

  @NumberField('等待消费的消息数；gateway.intake、gateway.outcomes、gateway.receipts 和两个 recorded 队列中一条消息是一个合包，可能含最多 64 个事件或回执；问不到时为 null', { nullable: true })
  ready!: number | null;

  @NumberField('RabbitMQ 看到的消费者数；问不到时为 null', { nullable: true })
  consumersPresent!: number | null;

  @NumberField('应有的消费者数：在运行的进程数，端点熔断而暂停的除外')
  consumersExpected!: number;

  @NumberField('时间未到的定时任务数；只有 BullMQ 队列有', { nullable: true })
  delayed!: number | null;

  @InstantField('最早的一条从何时起在等；不知道时为 null', { nullable: true })
  oldestAt!: string | null;

  @ChoiceField('最早一条的来源：RabbitMQ 自己不说。ledger：该目的地最早派发而没有回执的投递；adapter：适配器最早没有得到入账确认的事件', 'FigureSource', FIGURE_SOURCES, { nullable: true })
  oldestFrom!: FigureSource | null;

  @NumberField('最近一分钟进来多少条；不知道时为 null', { nullable: true })
  inLastMinute!: number | null;

  @NumberField('最近一分钟出去多少条；不知道时为 null', { nullable: true })
  outLastMinute!: number | null;

  @ChoiceField('进出数的来源：出为台账最近一分钟的登记；进为出加上两次查看之间的增减（ledger-and-looks）。合包队列一条消息含多条，进不可知，除非一直为空', 'FigureSource', FIGURE_SOURCES, { nullable: true })
  ratesFrom!: FigureSource | null;

  @NumberField('每分钟增长多少（负为减少），由两次查看 RabbitMQ 得出；第一次查看时为 null', { nullable: true })
  growthPerMinute!: number | null;
}

/** Every queue: not paged, for there are as many as the halls need and no more. */
export class QueueList {
  @InstantField('查询时刻')
  asOf!: string;

  @FlagField('RabbitMQ 此刻问不问得到')
  brokerReachable!: boolean;

  @ApiProperty({ type: [QueueAnswer] })
  items!: QueueAnswer[];
}
