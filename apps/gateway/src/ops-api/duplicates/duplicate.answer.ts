import { ApiProperty } from '@nestjs/swagger';
import { FlagField, InstantField, NumberField, TextField } from '../answer-fields.ts';

/** An event that came again (重复): it was not applied a second time. */
export class DuplicateAnswer {
  @NumberField('编号')
  duplicateId!: number;

  @TextField('事件标识')
  eventId!: string;

  @TextField('事件类型')
  type!: string;

  @TextField('事件类型（中文）', { example: '收件' })
  typeZh!: string;

  @TextField('发送方（中文）')
  senderZh!: string;

  @TextField('办件编号', { nullable: true })
  projectNo!: string | null;

  @InstantField('第一次到达入口')
  firstAt!: string;

  @InstantField('再次到达入口')
  againAt!: string;

  @NumberField('相隔的秒数；入口的时钟有偏差时可能为负')
  secondsLater!: number;

  @FlagField('内容相同；不同的以第一次为准，须请发送方说明')
  sameBody!: boolean;

  @TextField('说明', { example: '与 180 秒前到达的同一事件内容相同，未再入账' })
  explainZh!: string;
}

/** One page of duplicates, last first. */
export class DuplicatePage {
  @ApiProperty({ type: [DuplicateAnswer] })
  items!: DuplicateAnswer[];

  @TextField('下一页的游标；没有下一页时为 null', { nullable: true })
  nextCursor!: string | null;
}
