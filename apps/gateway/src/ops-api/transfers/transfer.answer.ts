import { ERROR_WORDS } from '#contracts';
import type { ErrorWord } from '#contracts';
import { ApiProperty } from '@nestjs/swagger';
import type { TransferStatus } from '../../ledger/tables.ts';
import { ChoiceField, InstantField, NumberField, TextField } from '../answer-fields.ts';
import { DISCARD_CODES, TRANSFER_STATUSES, wordsOf } from '../words.ts';
import type { DiscardCode } from '../words.ts';

/** One transfer (投递): a message that must reach one destination exactly once in effect. */
export class TransferAnswer {
  @TextField('投递编号，也是对方看到的 Idempotency-Key', { example: 'tr_k3JhQ0cXq8mP0b7yQbqv5nWw2aE' })
  transferId!: string;

  @TextField('办件编号', { example: 'KF20261122000001' })
  projectNo!: string;

  @TextField('目的地', { example: 'hall:410204' })
  destination!: string;

  @TextField('目的地（中文）', { example: '鼓楼区政务服务大厅' })
  destinationZh!: string;

  @TextField('内容种类', { example: 'acceptance' })
  transferKind!: string;

  @TextField('内容种类（中文）', { example: '受理' })
  transferKindZh!: string;

  @NumberField('办件内次序')
  ordinal!: number;

  @ChoiceField('状态', 'TransferStatus', wordsOf(TRANSFER_STATUSES))
  status!: TransferStatus;

  @TextField('状态（中文）', { example: '已送达' })
  statusZh!: string;

  @NumberField('已发出的投递尝试次数')
  attempts!: number;

  @NumberField('因迟迟没有回执而重发当前尝试的次数')
  redispatches!: number;

  @TextField('起因事件的标识')
  causedByEventId!: string;

  @TextField('起因事件的类型', { example: 'case.accepted' })
  causedByType!: string;

  @TextField('起因事件的类型（中文）', { example: '受理' })
  causedByTypeZh!: string;

  @TextField('链路标识', { nullable: true })
  traceId!: string | null;

  @InstantField('生成时间（本系统时钟）')
  createdAt!: string;

  @InstantField('最近一次发出时间（本系统时钟）', { nullable: true })
  dispatchedAt!: string | null;

  @InstantField('下次尝试时间（本系统时钟）', { nullable: true })
  nextAttemptAt!: string | null;

  @InstantField('送达时间（适配器时钟）', { nullable: true })
  deliveredAt!: string | null;

  @InstantField('终结时间：送达、失败或放弃', { nullable: true })
  finishedAt!: string | null;

  @NumberField('从生成到送达的毫秒数', { nullable: true })
  latencyMs!: number | null;

  @ChoiceField('错误类别', 'ErrorWord', ERROR_WORDS, { nullable: true })
  errorWord!: ErrorWord | null;

  @TextField('错误代码', { nullable: true, example: 'http-503' })
  errorCode!: string | null;

  @TextField('错误说明（长数字已脱敏）', { nullable: true })
  errorDetail!: string | null;

  @NumberField('对方的 HTTP 状态码', { nullable: true })
  httpStatus!: number | null;

  @NumberField('最近一次重新投递之前的尝试次数；重试次数从这里重新计算')
  attemptsBeforeReplay!: number;

  @ChoiceField('如何放弃：given-up 不再投递；stale 后面的进度已发出，只记入办件历史', 'DiscardCode', wordsOf(DISCARD_CODES), { nullable: true })
  discardCode!: DiscardCode | null;

  @TextField('如何放弃（中文）', { nullable: true, example: '不再投递' })
  discardCodeZh!: string | null;

  @TextField('放弃的理由', { nullable: true })
  discardReason!: string | null;

  @NumberField('报文的修订号；未更正过为 1')
  revision!: number;

  @InstantField('退回大厅更正的时间；没有退回、或已收到更正时为 null', { nullable: true })
  returnedAt!: string | null;

  @InstantField('放弃之后得知其实已送达的时间；没有这回事时为 null', { nullable: true })
  deliveredLateAt!: string | null;
}

/** One page of transfers, newest first. */
export class TransferPage {
  @ApiProperty({ type: [TransferAnswer] })
  items!: TransferAnswer[];

  @TextField('下一页的游标；没有下一页时为 null', { nullable: true })
  nextCursor!: string | null;
}
