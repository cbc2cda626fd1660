import { ApiProperty } from '@nestjs/swagger';
import type { LetterStatus } from '../../ledger/letter-verb-tables.ts';
import { ChoiceField, InstantField, NumberField, TextField } from '../answer-fields.ts';
import { LETTER_STATUSES, wordsOf } from '../words.ts';

/** A dead letter (死信): what could not be handled, where and why. The message itself stays sealed. */
export class DeadLetterAnswer {
  @NumberField('死信编号')
  deadLetterId!: number;

  @InstantField('登记时间（本系统时钟）')
  recordedAt!: string;

  @TextField('原队列', { example: 'gateway.intake' })
  queue!: string;

  @TextField('处理失败的程序', { example: 'gateway' })
  app!: string;

  @TextField('处理失败的环节', { nullable: true })
  handler!: string | null;

  @TextField('原因（长数字已脱敏）')
  reason!: string;

  @TextField('原因代码', { nullable: true })
  code!: string | null;

  @NumberField('此前已投递的次数')
  deliveryCount!: number;

  @TextField('消息标识', { nullable: true })
  messageId!: string | null;

  @TextField('消息类型', { nullable: true })
  messageType!: string | null;

  @TextField('办件编号', { nullable: true })
  projectNo!: string | null;

  @NumberField('原文字节数')
  bodyBytes!: number;

  @ChoiceField('状态', 'DeadLetterStatus', wordsOf(LETTER_STATUSES))
  status!: LetterStatus;

  @TextField('状态（中文）', { example: '待处理' })
  statusZh!: string;

  @InstantField('处置时间', { nullable: true })
  actedAt!: string | null;

  @TextField('处置人', { nullable: true })
  actedBy!: string | null;

  @TextField('处置理由', { nullable: true })
  actedWhy!: string | null;

  @TextField('工单号', { nullable: true })
  ticket!: string | null;

  @NumberField('送回队列时发了几次；没有送过的为 0')
  sendAttempts!: number;

  @TextField('送不回去、又回到待处理的原因；没有的为 null', { nullable: true })
  sendProblem!: string | null;
}

/** One page of dead letters, last recorded first. */
export class DeadLetterPage {
  @ApiProperty({ type: [DeadLetterAnswer] })
  items!: DeadLetterAnswer[];

  @TextField('下一页的游标；没有下一页时为 null', { nullable: true })
  nextCursor!: string | null;
}
