import { ApiProperty } from '@nestjs/swagger';
import { ChoiceField, FlagField, InstantField, NumberField, TextField } from '../answer-fields.ts';
import { PROBLEMS } from '../problems/problem-codes.ts';
import { TransferAnswer } from './transfer.answer.ts';

/** One attempt of a transfer, as its adapter reported it. */
export class TransferAttemptAnswer {
  @NumberField('第几次尝试，从 1 起')
  attempt!: number;

  @InstantField('开始时间（适配器时钟）')
  startedAt!: string;

  @InstantField('结束时间（适配器时钟）')
  finishedAt!: string;

  @NumberField('耗时毫秒数')
  latencyMs!: number;

  @TextField('结果', { example: 'permanent' })
  outcome!: string;

  @TextField('结果（中文）', { example: '对方拒收' })
  outcomeZh!: string;

  @NumberField('对方的 HTTP 状态码', { nullable: true })
  httpStatus!: number | null;

  @TextField('错误代码', { nullable: true })
  errorCode!: string | null;

  @TextField('错误说明（长数字已脱敏）', { nullable: true })
  errorDetail!: string | null;

  @TextField('对方应答内容的 SHA-256；内容本身不保存', { nullable: true })
  responseDigest!: string | null;
}

/** An operation a transfer was part of. */
export class TransferOperationAnswer {
  @TextField('批量操作编号')
  operationId!: string;

  @TextField('做什么', { example: 'replay' })
  kind!: string;

  @TextField('其中该投递的状态', { example: 'delivered' })
  state!: string;

  @TextField('预检结论', { nullable: true })
  verdict!: string | null;
}

/** Why a hall's correction did not mend what was returned to it. */
export class ReturnProblemAnswer {
  @ChoiceField('原因', 'MendProblem', ['edited-money-differs', 'not-translatable', 'not-deliverable', 'changes-nothing', 'under-way'])
  code!: string;

  @TextField('原因和办法（中文）')
  zh!: string;

  @TextField('原因和办法（英文）')
  en!: string;

  @ApiProperty({ type: [String], description: '所涉字段，不含值' })
  fields!: string[];
}

/** One transfer with all that a person needs to decide what becomes of it. */
export class TransferDetailAnswer extends TransferAnswer {
  @FlagField('现在可以重新投递')
  replayable!: boolean;

  @ChoiceField('不能重新投递的原因', 'ReplayRefusal', Object.keys(PROBLEMS), { nullable: true })
  replayRefusal!: string | null;

  @TextField('不能重新投递的原因（中文）', { nullable: true })
  replayRefusalZh!: string | null;

  @TextField('正在处理它的批量操作', { nullable: true })
  claimedBy!: string | null;

  @TextField('同一办件同一目的地前面第一条未送达的投递', { nullable: true })
  behind!: string | null;

  @ApiProperty({ type: ReturnProblemAnswer, nullable: true, description: '已退回大厅而大厅的更正没有使它发出的原因；没有退回、或还没有更正时为 null' })
  returnProblem!: ReturnProblemAnswer | null;

  @ApiProperty({ type: [TransferAttemptAnswer], description: '历次尝试，最新 200 次' })
  attemptList!: TransferAttemptAnswer[];

  @ApiProperty({ type: [TransferOperationAnswer], description: '它参与过的批量操作，最新 50 个' })
  operations!: TransferOperationAnswer[];
}

/** What a replay or discard came to. */
export class TransferActionAnswer {
  @ChoiceField('结果', 'TransferActionOutcome', ['replayed', 'discarded', 'discarded-into-history'])
  outcome!: 'replayed' | 'discarded' | 'discarded-into-history';

  @TextField('结果（中文）', { example: '已重新投递' })
  outcomeZh!: string;

  @TextField('投递编号')
  transferId!: string;

  @NumberField('重新投递的尝试序号；放弃时为 null', { nullable: true })
  attempt!: number | null;

  @TextField('因此发出的下一条投递', { nullable: true })
  releasedTransferId!: string | null;
}
