import { ApiProperty } from '@nestjs/swagger';
import { InstantField, NumberField, TextField } from '../answer-fields.ts';

/** An event that waits in the ledger for its predecessor (暂存事件). */
export class WaitingEventAnswer {
  @TextField('事件标识')
  eventId!: string;

  @TextField('事件类型', { example: 'case.accepted' })
  type!: string;

  @TextField('事件类型（中文）', { example: '受理' })
  typeZh!: string;

  @TextField('经签名证实的发送方', { example: 'centre' })
  sender!: string;

  @TextField('发送方（中文）', { example: '市住房公积金管理中心' })
  senderZh!: string;

  @TextField('办件编号；收件权限事件没有办件', { nullable: true })
  projectNo!: string | null;

  @NumberField('发送方给出的办件内序号', { nullable: true })
  sequence!: number | null;

  @TextField('等待的原因代码', { nullable: true })
  code!: string | null;

  @TextField('等待的原因（中文）', { nullable: true })
  reasonZh!: string | null;

  @InstantField('发生时间（发送方时钟）')
  occurredAt!: string;

  @InstantField('入账时间（本系统时钟）')
  recordedAt!: string;

  @NumberField('已等待的秒数')
  waitingSeconds!: number;
}

/** One page of waiting events, last recorded first. */
export class WaitingEventPage {
  @ApiProperty({ type: [WaitingEventAnswer] })
  items!: WaitingEventAnswer[];

  @TextField('下一页的游标；没有下一页时为 null', { nullable: true })
  nextCursor!: string | null;
}
