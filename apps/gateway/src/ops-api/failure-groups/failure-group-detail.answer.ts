import { ApiProperty } from '@nestjs/swagger';
import { GROUP_STATUSES } from '../../failures/group-status.ts';
import type { GroupStatus } from '../../failures/group-status.ts';
import { ChoiceField, InstantField, NumberField, TextField } from '../answer-fields.ts';
import { wordsOf } from '../words.ts';
import { FailureGroupAnswer } from './failure-group.answer.ts';

/** A failed transfer of the group. */
export class FailedExampleAnswer {
  @TextField('投递编号')
  transferId!: string;

  @TextField('办件编号')
  projectNo!: string;

  @NumberField('已投递的次数')
  attempts!: number;

  @TextField('错误说明（长数字已脱敏）', { nullable: true })
  errorDetail!: string | null;

  @InstantField('失败时间（本系统时钟）', { nullable: true })
  failedAt!: string | null;
}

/** One piece of an error's words. */
export class DetailPartAnswer {
  @TextField('文字（长数字已脱敏）')
  text!: string;

  @ChoiceField('same 各条相同，varies 各条不同，field 契约字段', 'DetailPartKind', ['same', 'varies', 'field'])
  kind!: 'same' | 'varies' | 'field';
}

/** A hall whose cases are struck. */
export class StruckHallAnswer {
  @TextField('大厅代码', { example: '410204' })
  hallCode!: string;

  @TextField('大厅')
  hallZh!: string;

  @NumberField('其办件中失败着的投递条数（只数最近失败的 1 万条）')
  failedNow!: number;
}

/** How the group was resolved last. */
export class LastFixAnswer {
  @InstantField('解决时间')
  at!: string;

  @TextField('谁解决的', { nullable: true })
  by!: string | null;

  @TextField('怎样解决的', { nullable: true })
  reason!: string | null;
}

/** Whom to call. */
export class FailureContactAnswer {
  @TextField('哪一方', { example: 'centre' })
  side!: string;

  @TextField('哪一方（中文）', { example: '市住房公积金管理中心' })
  sideZh!: string;

  @TextField('联系人；没有配置时为 null', { nullable: true })
  name!: string | null;

  @TextField('电话', { nullable: true })
  phone!: string | null;

  @TextField('单位', { nullable: true })
  org!: string | null;
}

/** What somebody did about the group. */
export class FailureChangeAnswer {
  @InstantField('时间')
  at!: string;

  @TextField('操作人')
  by!: string;

  @ChoiceField('之前的状态', 'FailureGroupStatus', wordsOf(GROUP_STATUSES))
  from!: GroupStatus;

  @ChoiceField('之后的状态', 'FailureGroupStatus', wordsOf(GROUP_STATUSES))
  to!: GroupStatus;

  @TextField('之后的负责人', { nullable: true })
  owner!: string | null;

  @TextField('之后的备注', { nullable: true })
  note!: string | null;

  @TextField('理由')
  reason!: string;

  @TextField('工单号', { nullable: true })
  ticket!: string | null;
}

/** A group like this one that was resolved before. */
export class SimilarGroupAnswer {
  @TextField('失败分组编号')
  groupId!: string;

  @TextField('目的地（中文）')
  destinationZh!: string;

  @TextField('内容种类（中文）')
  transferKindZh!: string;

  @InstantField('解决时间')
  resolvedAt!: string;

  @TextField('解决人', { nullable: true })
  resolvedBy!: string | null;

  @TextField('怎样解决的', { nullable: true })
  reason!: string | null;
}

/** One failure group with all that a person needs to do something about it. */
export class FailureGroupDetailAnswer extends FailureGroupAnswer {
  @TextField('责任方的说明')
  classExplainZh!: string;

  @TextField('备注', { nullable: true })
  note!: string | null;

  @TextField('处置手册')
  runbook!: string;

  @ApiProperty({ type: [FailureContactAnswer], description: '责任方的联系人' })
  contacts!: FailureContactAnswer[];

  @ApiProperty({ type: [String], enum: wordsOf(GROUP_STATUSES), description: '现在可以改成的状态' })
  nextStatuses!: GroupStatus[];

  @ApiProperty({ type: [FailedExampleAnswer], description: '失败着的投递举例，最新的在前，至多 5 条' })
  examples!: FailedExampleAnswer[];

  @ApiProperty({ type: [DetailPartAnswer], description: '最近一条的错误说明，分出各条不同之处；没有失败着的为空' })
  representative!: DetailPartAnswer[];

  @ApiProperty({ type: [StruckHallAnswer], description: '涉及哪些大厅的办件，最多的在前' })
  halls!: StruckHallAnswer[];

  @ApiProperty({ type: LastFixAnswer, nullable: true, description: '上一次是谁怎样解决的；没有解决过为 null' })
  lastFix!: LastFixAnswer | null;

  @ApiProperty({ type: [FailureChangeAnswer], description: '处置记录，最新的在前，至多 50 条' })
  history!: FailureChangeAnswer[];

  @ApiProperty({ type: [SimilarGroupAnswer], description: '以前解决过的相似分组' })
  similar!: SimilarGroupAnswer[];
}

/** What a change of a group came to. */
export class FailureGroupChangedAnswer {
  @ChoiceField('结果', 'FailureGroupOutcome', ['changed'])
  outcome!: 'changed';

  @TextField('结果（中文）', { example: '已更改' })
  outcomeZh!: string;

  @TextField('失败分组编号')
  groupId!: string;

  @NumberField('新的版本')
  version!: number;

  @ChoiceField('现在的状态', 'FailureGroupStatus', wordsOf(GROUP_STATUSES))
  status!: GroupStatus;

  @TextField('现在的状态（中文）', { example: '已确认' })
  statusZh!: string;

  @TextField('负责人', { nullable: true })
  owner!: string | null;

  @TextField('备注', { nullable: true })
  note!: string | null;
}
