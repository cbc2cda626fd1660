import { ApiProperty } from '@nestjs/swagger';
import { InstantField, NumberField, TextField } from '../answer-fields.ts';

/** Something a person did or saw (操作记录). */
export class ActionAnswer {
  @NumberField('证据链中的编号')
  seq!: number;

  @InstantField('时间（台账时钟）')
  at!: string;

  @TextField('操作人标识', { example: 'account:3f0c' })
  actor!: string;

  @TextField('操作人')
  actorName!: string;

  @TextField('来自哪个网络地址')
  address!: string;

  @TextField('操作', { example: 'transfer.replayed' })
  action!: string;

  @TextField('操作（中文）', { example: '重新投递' })
  actionZh!: string;

  @TextField('对象种类', { example: 'transfer' })
  subjectKind!: string;

  @TextField('对象种类（中文）', { example: '投递' })
  subjectKindZh!: string;

  @TextField('对象')
  subject!: string;

  @TextField('理由；不要求写理由的操作为空')
  reason!: string;

  @TextField('结果', { example: 'done' })
  result!: string;

  @TextField('结果（中文）', { example: '已完成' })
  resultZh!: string;

  @ApiProperty({ type: 'object', additionalProperties: true, description: '其他要素，随操作而不同；从不含个人信息' })
  facts!: Readonly<Record<string, unknown>>;
}

/** One page of what was done, newest first. */
export class ActionPage {
  @ApiProperty({ type: [ActionAnswer] })
  items!: ActionAnswer[];

  @TextField('下一页的游标；没有下一页时为 null', { nullable: true })
  nextCursor!: string | null;
}
