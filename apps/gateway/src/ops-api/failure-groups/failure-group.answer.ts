import { ERROR_WORDS } from '#contracts';
import type { ErrorWord } from '#contracts';
import { ApiProperty } from '@nestjs/swagger';
import { FAILURE_CLASSES } from '../../failures/failure-class.ts';
import type { FailureClass } from '../../failures/failure-class.ts';
import { GROUP_STATUSES } from '../../failures/group-status.ts';
import type { GroupStatus } from '../../failures/group-status.ts';
import { ChoiceField, FlagField, InstantField, NumberField, TextField } from '../answer-fields.ts';
import { wordsOf } from '../words.ts';
import { GROUPINGS } from './failure-group.query.ts';

/** A failure group (失败分组): failures that have one signature. */
export class FailureGroupAnswer {
  @TextField('失败分组编号', { example: 'fg_ed1be26d32a3e2a581efca03' })
  groupId!: string;

  @NumberField('版本；更改时放在 If-Match 中')
  version!: number;

  @TextField('目的地', { example: 'hall:410204' })
  destination!: string;

  @TextField('目的地（中文）', { example: '鼓楼区政务服务大厅' })
  destinationZh!: string;

  @TextField('内容种类', { example: 'acceptance' })
  transferKind!: string;

  @TextField('内容种类（中文）', { example: '受理' })
  transferKindZh!: string;

  @ChoiceField('错误类别', 'ErrorWord', ERROR_WORDS)
  errorWord!: ErrorWord;

  @TextField('错误代码', { nullable: true, example: 'http-422' })
  errorCode!: string | null;

  @NumberField('对方的 HTTP 状态码', { nullable: true })
  httpStatus!: number | null;

  @TextField('失败所指的契约字段', { nullable: true, example: 'applicant.certType' })
  field!: string | null;

  @TextField('归一后的错误说明；<*> 处各条不同，<字段> 处为 field')
  text!: string;

  @ChoiceField('责任方', 'FailureClass', wordsOf(FAILURE_CLASSES))
  class!: FailureClass;

  @TextField('责任方（中文）', { example: '中心' })
  classZh!: string;

  @ChoiceField('状态', 'FailureGroupStatus', wordsOf(GROUP_STATUSES))
  status!: GroupStatus;

  @TextField('状态（中文）', { example: '新' })
  statusZh!: string;

  @TextField('负责人', { nullable: true })
  owner!: string | null;

  @NumberField('现在失败着的投递条数')
  failedNow!: number;

  @NumberField('其涉及的办件数')
  casesNow!: number;

  @FlagField('为 true 时上面两个数是“至少”')
  capped!: boolean;

  @NumberField('其中在 since 之后失败的条数；没有给 since 时为 null', { nullable: true })
  newSince!: number | null;

  @NumberField('历来失败的次数，不论后来如何')
  occurrences!: number;

  @NumberField('解决之后又复发的次数')
  recurrences!: number;

  @InstantField('第一次失败（本系统时钟）')
  firstSeenAt!: string;

  @InstantField('最近一次失败（本系统时钟）')
  lastSeenAt!: string;

  @InstantField('最近一次解决的时间；复发后仍保留', { nullable: true })
  resolvedAt!: string | null;

  @ApiProperty({ type: [Number], description: '最近 24 小时每小时的失败次数，本小时在最后' })
  hours!: number[];
}

/** Groups put together by one field. */
export class FailureBucketAnswer {
  @TextField('共同之处：内容种类、大厅代码、HTTP 状态码或契约字段；没有时为 null', { nullable: true })
  key!: string | null;

  @TextField('共同之处（中文）')
  keyZh!: string;

  @NumberField('失败分组数')
  groups!: number;

  @NumberField('现在失败着的投递条数')
  failedNow!: number;

  @InstantField('其中第一次失败')
  firstSeenAt!: string;

  @InstantField('其中最近一次失败')
  lastSeenAt!: string;

  @ApiProperty({ type: [String], description: '失败分组编号，最近失败的在前，至多 50 个' })
  groupIds!: string[];
}

/** One page of failure groups, those that failed last first. */
export class FailureGroupPage {
  @ChoiceField('按什么归并', 'FailureGrouping', GROUPINGS)
  by!: (typeof GROUPINGS)[number];

  @ApiProperty({ type: [FailureGroupAnswer], description: 'by=signature 时的各组，否则为空' })
  items!: FailureGroupAnswer[];

  @ApiProperty({ type: [FailureBucketAnswer], description: 'by 为其余时的归并，失败最多的在前，否则为空' })
  buckets!: FailureBucketAnswer[];

  @FlagField('buckets 没有列全')
  moreBuckets!: boolean;

  @NumberField('翻页期间又失败过的组数：它们已排到前面，要看请从第一页重来')
  struckMeanwhile!: number;

  @TextField('下一页的游标；没有下一页时为 null', { nullable: true })
  nextCursor!: string | null;
}
