import { ApiProperty } from '@nestjs/swagger';
import { FlagField, InstantField, NumberField, TextField } from '../answer-fields.ts';

/** A program as it last reported (程序实例); kept for a day after it fell silent. */
export class EdgeInstanceAnswer {
  @TextField('程序', { example: 'district-adapter' })
  app!: string;

  @TextField('进程：主机、进程号和一段随机字符')
  instance!: string;

  @FlagField('是否仍在上报')
  living!: boolean;

  @InstantField('首次上报时间（本系统时钟）')
  firstSeenAt!: string;

  @InstantField('最后上报时间（本系统时钟）')
  lastSeenAt!: string;

  @NumberField('入口暂存：等着发往 RabbitMQ 的事件数；不知道或没有入口时为 null', { nullable: true })
  spoolWaiting!: number | null;

  @InstantField('入口暂存中最早的事件', { nullable: true })
  spoolOldestAt!: string | null;

  @NumberField('已答 202、还没有入账确认的事件数；不知道或没有入口时为 null', { nullable: true })
  journalEntries!: number | null;

  @InstantField('其中最早的事件', { nullable: true })
  journalOldestAt!: string | null;

  @FlagField('Redis 是否可靠（开 AOF、不淘汰、写得了盘）；问不到时为 null', { nullable: true })
  redisDurable!: boolean | null;

  @TextField('Redis 的问题', { nullable: true })
  redisProblem!: string | null;

  @InstantField('网关：从何时起连不上 RabbitMQ；连得上的，以及经 RabbitMQ 上报的适配器，为 null', { nullable: true })
  brokerAwaySince!: string | null;

  @InstantField('何时自报停止（正常退出）；在运行的，和没有正常退出的，为 null', { nullable: true })
  stoppedAt!: string | null;
}

/** One page of programs, by name. */
export class EdgeInstancePage {
  @ApiProperty({ type: [EdgeInstanceAnswer] })
  items!: EdgeInstanceAnswer[];

  @TextField('下一页的游标；没有下一页时为 null', { nullable: true })
  nextCursor!: string | null;
}
