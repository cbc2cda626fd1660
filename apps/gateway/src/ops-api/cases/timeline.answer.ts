import { CASE_STATUSES } from '#contracts';
import type { CaseStatus, ErrorWord } from '#contracts';
import type { EventOutcome } from '../../ledger/tables.ts';
import { ChoiceField, FlagField, InstantField, KindField, NumberField, TextField } from '../answer-fields.ts';
import { ActionAnswer } from '../audit/action.answer.ts';
import { DeadLetterAnswer } from '../dead-letters/dead-letter.answer.ts';
import { RefusalAnswer } from '../refusals/refusal.answer.ts';
import { TransferAnswer } from '../transfers/transfer.answer.ts';
import { ATTEMPT_OUTCOMES, EVENT_OUTCOMES, wordsOf } from '../words.ts';

const AT = '排序所用的时间（本系统时钟）';

/** An event (事件) as it came in, and what became of it. */
export class EventEntry {
  @KindField('event')
  kind!: 'event';

  @InstantField(AT)
  at!: string;

  @NumberField('事件编号：查看报文用 GET /api/events/{seq}/body')
  seq!: number;

  @TextField('事件标识')
  eventId!: string;

  @TextField('来源', { example: '/halls/410204' })
  source!: string;

  @TextField('事件类型', { example: 'case.received' })
  type!: string;

  @TextField('事件类型（中文）', { example: '收件' })
  typeZh!: string;

  @TextField('经签名证实的发送方', { example: 'hall:410204' })
  sender!: string;

  @TextField('发送方（中文）', { example: '鼓楼区政务服务大厅' })
  senderZh!: string;

  @NumberField('数据版本号')
  dataVersion!: number;

  @NumberField('发送方给出的办件内序号', { nullable: true })
  sequence!: number | null;

  @TextField('链路标识', { nullable: true })
  traceId!: string | null;

  @InstantField('发生时间（发送方时钟）')
  occurredAt!: string;

  @InstantField('入口收到时间（适配器时钟）')
  doorAt!: string;

  @InstantField('入账时间（本系统时钟）')
  recordedAt!: string;

  @ChoiceField('处理结果', 'EventOutcome', wordsOf(EVENT_OUTCOMES))
  outcome!: EventOutcome;

  @TextField('处理结果（中文）', { example: '已入账' })
  outcomeZh!: string;

  @InstantField('得出处理结果的时间；暂存后才入账的事件晚于入账时间')
  outcomeAt!: string;

  @TextField('未入账的原因代码', { nullable: true, example: 'illegal-transition' })
  code!: string | null;

  @TextField('未入账的原因（中文）', { nullable: true })
  reasonZh!: string | null;

  @ChoiceField('处理后的办件状态', 'CaseStatus', wordsOf(CASE_STATUSES), { nullable: true })
  statusAfter!: CaseStatus | null;

  @TextField('处理后的办件状态（中文）', { nullable: true })
  statusAfterZh!: string | null;
}

/** The same event again (重复事件), suppressed. */
export class DuplicateEntry {
  @KindField('duplicate')
  kind!: 'duplicate';

  @InstantField(AT)
  at!: string;

  @TextField('所重复的事件标识')
  eventId!: string;

  @TextField('事件类型', { example: 'case.received' })
  type!: string;

  @TextField('事件类型（中文）', { example: '收件' })
  typeZh!: string;

  @TextField('经签名证实的发送方', { example: 'hall:410204' })
  sender!: string;

  @TextField('发送方（中文）', { example: '鼓楼区政务服务大厅' })
  senderZh!: string;

  @InstantField('入口收到时间（适配器时钟）')
  doorAt!: string;

  @InstantField('入账时间（本系统时钟）')
  recordedAt!: string;

  @FlagField('内容与首次相同；为 false 时是同一标识两种内容，须核查')
  sameBody!: boolean;
}

/** A transfer (投递), at the moment it was made. */
export class TransferEntry extends TransferAnswer {
  @KindField('transfer')
  kind!: 'transfer';

  @InstantField(AT)
  at!: string;
}

/** One attempt (投递尝试) as the adapter reported it. */
export class AttemptEntry {
  @KindField('attempt')
  kind!: 'attempt';

  @InstantField(AT)
  at!: string;

  @TextField('投递编号')
  transferId!: string;

  @TextField('目的地', { example: 'centre' })
  destination!: string;

  @TextField('目的地（中文）', { example: '市住房公积金管理中心' })
  destinationZh!: string;

  @NumberField('第几次尝试，从 1 起')
  attempt!: number;

  @InstantField('开始时间（适配器时钟）')
  startedAt!: string;

  @InstantField('结束时间（适配器时钟）')
  finishedAt!: string;

  @InstantField('回执入账时间（本系统时钟）')
  recordedAt!: string;

  @NumberField('耗时毫秒数（适配器测得）')
  latencyMs!: number;

  @ChoiceField('结果', 'AttemptOutcome', wordsOf(ATTEMPT_OUTCOMES))
  outcome!: 'delivered' | ErrorWord;

  @TextField('结果（中文）', { example: '送达' })
  outcomeZh!: string;

  @NumberField('对方的 HTTP 状态码', { nullable: true })
  httpStatus!: number | null;

  @TextField('错误代码', { nullable: true, example: 'http-503' })
  errorCode!: string | null;

  @TextField('错误说明（长数字已脱敏）', { nullable: true })
  errorDetail!: string | null;

  @TextField('对方应答的摘要（SHA-256）', { nullable: true })
  responseDigest!: string | null;
}

/** A refusal at a door that named this case. */
export class RefusalEntry extends RefusalAnswer {
  @KindField('refusal')
  kind!: 'refusal';

  @InstantField(AT)
  at!: string;
}

/** A dead letter that named this case. */
export class DeadLetterEntry extends DeadLetterAnswer {
  @KindField('dead-letter')
  kind!: 'dead-letter';

  @InstantField(AT)
  at!: string;
}

/** What a person did to one of the case's transfers, or looked at. */
export class ActionEntry extends ActionAnswer {
  @KindField('action')
  kind!: 'action';
}

export type TimelineEntry = ActionEntry | EventEntry | DuplicateEntry | TransferEntry | AttemptEntry | RefusalEntry | DeadLetterEntry;
