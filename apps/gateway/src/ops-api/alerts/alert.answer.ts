import { ApiProperty } from '@nestjs/swagger';
import { wordsOf } from '../words.ts';
import { CONDITIONS } from '../../watch/conditions.ts';
import { FlagField, InstantField, NumberField, TextField } from '../answer-fields.ts';

/** Every condition, for filters and documentation. */
export const CONDITION_NAMES = wordsOf(CONDITIONS);

/** An alert (告警): one condition of one subject, from when it began to when it was over. */
export class AlertAnswer {
  @NumberField('告警编号')
  alertId!: number;

  @TextField('告警条件；处置见值班手册的同名一节', { example: 'consumer-missing' })
  condition!: string;

  @TextField('告警条件（中文）', { example: '队列缺少消费者' })
  conditionZh!: string;

  @TextField('对象：队列、目的地、程序', { example: 'hall:410204' })
  subject!: string;

  @TextField('对象（中文）', { example: '鼓楼区政务服务大厅' })
  subjectZh!: string;

  @FlagField('是否仍在持续')
  open!: boolean;

  @InstantField('开始时间')
  openedAt!: string;

  @InstantField('最近一次核对仍存在的时间（精确到约 15 秒）')
  lastSeenAt!: string;

  @InstantField('结束时间；持续中为 null', { nullable: true })
  closedAt!: string | null;

  @TextField('情况和处置')
  detailZh!: string;

  @TextField('情况和处置（英文）')
  detailEn!: string;

  @ApiProperty({ type: 'object', additionalProperties: true, description: '依据的事实，各条件不同' })
  facts!: Record<string, unknown>;
}

/** One page of alerts, last opened first. */
export class AlertPage {
  @ApiProperty({ type: [AlertAnswer] })
  items!: AlertAnswer[];

  @TextField('下一页的游标；没有下一页时为 null', { nullable: true })
  nextCursor!: string | null;
}
