import { ApiProperty } from '@nestjs/swagger';
import { FlagField, InstantField, NumberField, TextField } from '../answer-fields.ts';

/** One declared queue as the broker sees it (队列). */
export class QueueAnswer {
  @TextField('队列', { example: 'gateway.intake' })
  queue!: string;

  @TextField('用途')
  purpose!: string;

  @TextField('消费它的程序', { example: 'gateway' })
  app!: string;

  @TextField('通往的目的地；不通往端点的队列为 null', { nullable: true, example: 'hall:410204' })
  destination!: string | null;

  @FlagField('RabbitMQ 中有没有这个队列；问不到时为 null', { nullable: true })
  exists!: boolean | null;

  @NumberField('等待消费的消息数；gateway.intake、gateway.outcomes、gateway.receipts 中一条消息是一个合包，可能含最多 64 个事件或回执；问不到时为 null', { nullable: true })
  ready!: number | null;

  @NumberField('RabbitMQ 看到的消费者数；问不到时为 null', { nullable: true })
  consumersPresent!: number | null;

  @NumberField('应有的消费者数：在运行的进程数，端点熔断而暂停的除外')
  consumersExpected!: number;
}

/** Every queue of the topology: not paged, for there are as many as the halls need and no more. */
export class QueueList {
  @InstantField('查询时刻')
  asOf!: string;

  @FlagField('RabbitMQ 此刻问不问得到')
  brokerReachable!: boolean;

  @ApiProperty({ type: [QueueAnswer] })
  items!: QueueAnswer[];
}
