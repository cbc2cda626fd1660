import { ApiProperty } from '@nestjs/swagger';
import type { ItemState, ItemVerdict, OperationKind, OperationSelection, OperationStatus, Rung } from '../../ledger/operation-tables.ts';
import { ChoiceField, FlagField, InstantField, NumberField, TextField } from '../answer-fields.ts';
import { wordsOf } from '../words.ts';
import { ITEM_STATES, ITEM_VERDICTS, OPERATION_KINDS, OPERATION_STATUSES } from './operation-words.ts';

/** What the preflight found (预检). The first two kinds are going to be sent. */
export class PreflightAnswer {
  @NumberField('已预检条数')
  examined!: number;

  @NumberField('将要投递的条数：可投加端点不通的')
  toSend!: number;

  @NumberField('可投')
  sendable!: number;

  @NumberField('可投，但端点现在不通')
  endpointDown!: number;

  @NumberField('重复')
  duplicate!: number;

  @NumberField('已过时')
  stale!: number;

  @NumberField('不合现行契约')
  invalid!: number;

  @NumberField('超出对方识别重复的期限')
  beyondWindow!: number;

  @NumberField('按此速率约需秒数')
  estimatedSeconds!: number;
}

/** How far an operation is. */
export class OperationProgressAnswer {
  @NumberField('冻结条数')
  frozen!: number;

  @NumberField('已发出（含已有结果的）')
  sent!: number;

  @NumberField('已送达')
  delivered!: number;

  @NumberField('又失败')
  failed!: number;

  @NumberField('已放弃')
  discarded!: number;

  @NumberField('跳过')
  skipped!: number;

  @NumberField('没有一次送达的')
  troubled!: number;

  @NumberField('现在在途')
  underWay!: number;

  @NumberField('尚未处理')
  remaining!: number;
}

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

  @TextField('发起人')
  creator!: string;

  @TextField('理由')
  reason!: string;

  @TextField('工单号', { nullable: true })
  ticket!: string | null;

  @ApiProperty({ type: Object, description: '选了哪些投递' })
  selection!: OperationSelection;

  @InstantField('截止时间：此后失败的不会加入')
  cutoff!: string;

  @NumberField('每秒至多投递条数')
  ratePerSecond!: number;

  @NumberField('同时在途至多条数')
  maxInFlight!: number;

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

/** One operation with what belongs to it. */
export class OperationDetailAnswer extends OperationAnswer {
  @NumberField('截止以后又失败、条件相同而不会加入的条数；至多数到 1001')
  newSince!: number;

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
