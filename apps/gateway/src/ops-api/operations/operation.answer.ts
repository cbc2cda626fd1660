import { ApiProperty } from '@nestjs/swagger';
import type { ItemState, ItemVerdict, OperationKind, OperationSelection, OperationStatus, Rung } from '../../ledger/operation-tables.ts';
import { ChoiceField, FlagField, InstantField, NumberField, TextField } from '../answer-fields.ts';
import { SendingWindowBody } from '../sending-hours.body.ts';
import { wordsOf } from '../words.ts';
import { OperationProgressAnswer, PreflightAnswer } from './operation-figures.answer.ts';
import { ITEM_STATES, ITEM_VERDICTS, OPERATION_KINDS, OPERATION_STATUSES } from './operation-words.ts';

/** A selection: transfers that were named are listed where one looks at that operation alone, and counted elsewhere, for there may be a thousand of them. */
export type SelectionShown = OperationSelection | { readonly transferCount: number };

/** One bulk operation (批量操作). */
export class OperationAnswer {
  @TextField('批量操作编号')
  operationId!: string;

  @ChoiceField('做什么', 'OperationKind', wordsOf(OPERATION_KINDS))
  kind!: OperationKind;

  @TextField('做什么（中文）')
  kindZh!: string;

  @ChoiceField('状态', 'OperationStatus', wordsOf(OPERATION_STATUSES))
  status!: OperationStatus;

  @TextField('状态（中文）')
  statusZh!: string;

  @TextField('为何如此', { nullable: true })
  statusReason!: string | null;

  @TextField('为何如此（中文）', { nullable: true })
  statusReasonZh!: string | null;

  @NumberField('这一步已连续出错几次；0 为没有')
  stepFailures!: number;

  @TextField('最近一次出错的代码；没有个人信息', { nullable: true })
  stepError!: string | null;

  @InstantField('暂停的时间；没有暂停则为 null', { nullable: true })
  pausedAt!: string | null;

  @TextField('发起人')
  creator!: string;

  @TextField('理由')
  reason!: string;

  @TextField('工单号', { nullable: true })
  ticket!: string | null;

  @ApiProperty({ type: Object, description: '选了哪些投递；以编号选的，列表等处只有条数（transferCount），详情中有全部编号' })
  selection!: SelectionShown;

  @InstantField('截止时间：此后失败的不会加入')
  cutoff!: string;

  @NumberField('每秒至多投递条数')
  ratePerSecond!: number;

  @NumberField('同时在途至多条数')
  maxInFlight!: number;

  @ApiProperty({ type: [SendingWindowBody], nullable: true, description: '时段（北京时间）：只在其中发出；不限为 null' })
  hours!: SendingWindowBody[] | null;

  @InstantField('不在时段内而等着的，下次继续的时间；否则为 null', { nullable: true })
  waitsUntil!: string | null;

  @ApiProperty({ type: 'array', items: { oneOf: [{ type: 'integer' }, { type: 'string' }] }, description: '金丝雀阶梯' })
  ladder!: Rung[];

  @NumberField('已上的级数')
  rung!: number;

  @ApiProperty({ type: Number, description: '失败比例超过多少即中止' })
  abortRatio!: number;

  @FlagField('出现新的失败特征即中止')
  abortOnNewSignature!: boolean;

  @FlagField('超出对方识别重复期限的也投')
  override!: boolean;

  @FlagField('须由另一人批准；预检结束前为 null', { nullable: true })
  needsApproval!: boolean | null;

  @TextField('批准人', { nullable: true })
  approvedBy!: string | null;

  @TextField('开始人', { nullable: true })
  startedBy!: string | null;

  @InstantField('发起时间')
  createdAt!: string;

  @InstantField('开始时间', { nullable: true })
  startedAt!: string | null;

  @InstantField('全部有了结果的时间', { nullable: true })
  finishedAt!: string | null;

  @FlagField('置顶：还在进行，或已结束而没有人确认')
  pinned!: boolean;

  @InstantField('有人确认知悉其结果的时间', { nullable: true })
  acknowledgedAt!: string | null;

  @TextField('确认人', { nullable: true })
  acknowledgedBy!: string | null;

  @ApiProperty({ type: PreflightAnswer, description: '预检结果' })
  preflight!: PreflightAnswer;

  @ApiProperty({ type: OperationProgressAnswer, description: '进度' })
  progress!: OperationProgressAnswer;
}

/** One entry of an operation's history. */
export class OperationHistoryAnswer {
  @InstantField('时间')
  at!: string;

  @TextField('谁')
  actor!: string;

  @TextField('做了什么', { example: 'operation.paused' })
  action!: string;

  @TextField('理由')
  reason!: string;

  @TextField('结果')
  result!: string;

  @ApiProperty({ type: Object, description: '细节' })
  facts!: Record<string, unknown>;
}

/** One thing that halls are asked to correct. */
export class OperationReturnItemAnswer {
  @TextField('字段路径', { nullable: true })
  path!: string | null;

  @TextField('材料编码', { nullable: true })
  materialCode!: string | null;

  @TextField('存在的问题：告知大厅的原文')
  problem!: string;
}

/** What a return asks halls for. */
export class OperationReturnAnswer {
  @ApiProperty({ type: [OperationReturnItemAnswer] })
  items!: OperationReturnItemAnswer[];
}

/** One operation with what belongs to it. */
export class OperationDetailAnswer extends OperationAnswer {
  @NumberField('截止以后又失败、条件相同而不会加入的条数；至多数到 1001')
  newSince!: number;

  @ApiProperty({ type: OperationReturnAnswer, nullable: true, description: '退回大厅的：请大厅更正什么' })
  return!: OperationReturnAnswer | null;

  @ApiProperty({ type: [OperationHistoryAnswer], description: '经过：谁、何时、为何' })
  history!: OperationHistoryAnswer[];
}

/** What a command about an operation came to. */
export class OperationActionAnswer extends OperationAnswer {
  @TextField('结果', { example: 'started' })
  outcome!: string;

  @TextField('结果（中文）', { example: '已开始' })
  outcomeZh!: string;
}

/** One page of operations, newest first. */
export class OperationPage {
  @ApiProperty({ type: [OperationAnswer] })
  items!: OperationAnswer[];

  @TextField('下一页的游标；没有下一页时为 null', { nullable: true })
  nextCursor!: string | null;
}

/** One transfer of an operation. */
export class OperationItemAnswer {
  @NumberField('其中的序号')
  seq!: number;

  @TextField('投递编号')
  transferId!: string;

  @TextField('办件编号')
  projectNo!: string;

  @TextField('目的地')
  destination!: string;

  @ChoiceField('状态', 'OperationItemState', wordsOf(ITEM_STATES))
  state!: ItemState;

  @TextField('状态（中文）')
  stateZh!: string;

  @ChoiceField('预检结论', 'OperationItemVerdict', wordsOf(ITEM_VERDICTS), { nullable: true })
  verdict!: ItemVerdict | null;

  @TextField('预检结论（中文）', { nullable: true })
  verdictZh!: string | null;

  @TextField('详因', { nullable: true })
  note!: string | null;

  @TextField('详因（中文）', { nullable: true })
  noteZh!: string | null;

  @TextField('退回大厅的通知的投递编号', { nullable: true })
  noticeTransferId!: string | null;

  @NumberField('以第几次尝试发出', { nullable: true })
  attempt!: number | null;

  @FlagField('没有一次送达')
  troubled!: boolean;

  @InstantField('发出时间', { nullable: true })
  sentAt!: string | null;

  @InstantField('有结果的时间', { nullable: true })
  endedAt!: string | null;
}

/** One page of an operation's transfers, in their order. */
export class OperationItemPage {
  @ApiProperty({ type: [OperationItemAnswer] })
  items!: OperationItemAnswer[];

  @TextField('下一页的游标；没有下一页时为 null', { nullable: true })
  nextCursor!: string | null;
}
