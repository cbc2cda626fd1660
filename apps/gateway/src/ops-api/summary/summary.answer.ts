import { CASE_STATUSES } from '#contracts';
import type { CaseStatus } from '#contracts';
import { ApiProperty } from '@nestjs/swagger';
import type { TransferStatus } from '../../ledger/tables.ts';
import { ChoiceField, FlagField, InstantField, NumberField, TextField } from '../answer-fields.ts';
import { TRANSFER_STATUSES, wordsOf } from '../words.ts';

export class CaseCountAnswer {
  @TextField('大厅代码', { example: '410204' })
  hallCode!: string;

  @TextField('大厅', { example: '鼓楼区政务服务大厅' })
  hallZh!: string;

  @ChoiceField('办件状态', 'CaseStatus', wordsOf(CASE_STATUSES))
  status!: CaseStatus;

  @TextField('办件状态（中文）', { example: '待受理' })
  statusZh!: string;

  @NumberField('件数')
  count!: number;
}

export class TransferCountAnswer {
  @TextField('目的地', { example: 'hall:410204' })
  destination!: string;

  @TextField('目的地（中文）', { example: '鼓楼区政务服务大厅' })
  destinationZh!: string;

  @ChoiceField('状态', 'TransferStatus', wordsOf(TRANSFER_STATUSES))
  status!: TransferStatus;

  @TextField('状态（中文）', { example: '已送达' })
  statusZh!: string;

  @NumberField('条数')
  count!: number;
}

export class RefusalCountAnswer {
  @NumberField('入口拒收')
  door!: number;

  @NumberField('违反办件规则而被拒')
  lifecycle!: number;
}

export class DuplicateCountAnswer {
  @NumberField('重复到达并已抑制')
  suppressed!: number;

  @NumberField('其中同一标识、内容不同的（须核查）')
  conflicting!: number;
}

export class OldestEventAnswer {
  @TextField('事件标识')
  eventId!: string;

  @TextField('事件类型（中文）', { example: '受理' })
  typeZh!: string;

  @TextField('办件编号', { nullable: true })
  projectNo!: string | null;

  @InstantField('入账时间')
  recordedAt!: string;

  @NumberField('已等待的秒数')
  waitingSeconds!: number;
}

export class OldestTransferAnswer {
  @TextField('投递编号')
  transferId!: string;

  @TextField('办件编号')
  projectNo!: string;

  @TextField('目的地（中文）', { example: '市住房公积金管理中心' })
  destinationZh!: string;

  @ChoiceField('状态', 'TransferStatus', wordsOf(TRANSFER_STATUSES))
  status!: TransferStatus;

  @InstantField('生成时间')
  createdAt!: string;

  @NumberField('已等待的秒数')
  waitingSeconds!: number;
}

export class WaitingEventsAnswer {
  @NumberField('等待前序事件的事件数')
  count!: number;

  @ApiProperty({ description: '等待最久的一个', type: OldestEventAnswer, nullable: true })
  oldest!: OldestEventAnswer | null;
}

export class RecentWorkAnswer {
  @NumberField('统计的秒数', { example: 10 })
  seconds!: number;

  @ApiProperty({ type: Number, description: '每秒入账的事件' })
  eventsPerSecond!: number;

  @ApiProperty({ type: Number, description: '每秒送达的投递' })
  deliveredPerSecond!: number;

  @NumberField('失败的投递尝试次数')
  failedAttempts!: number;

  @NumberField('送达耗时中位数，毫秒', { nullable: true })
  p50Ms!: number | null;

  @NumberField('送达耗时 99 分位，毫秒', { nullable: true })
  p99Ms!: number | null;
}

export const SERVER_STATES = { good: '正常', partly: '部分网关有问题', bad: '有问题', unknown: '不明' } as const;

/** One of the servers that the bridge stands on. */
export class ServerAnswer {
  @ChoiceField('服务器', 'ServerName', ['postgresql', 'rabbitmq', 'redis'])
  server!: 'postgresql' | 'rabbitmq' | 'redis';

  @ChoiceField('情况', 'ServerState', wordsOf(SERVER_STATES))
  state!: keyof typeof SERVER_STATES;

  @TextField('情况（中文）', { example: '正常' })
  stateZh!: string;

  @TextField('问题；没有为 null', { nullable: true })
  detailZh!: string | null;
}

export class DeadlinesTodayAnswer {
  @NumberField('承诺今日办结、到时没有办结的')
  breached!: number;

  @NumberField('今日还要到期、尚未办结的')
  due!: number;
}

export class NextMaintenanceAnswer {
  @TextField('计划维护编号', { example: 'mt_Zk3JhQ0cXq8mP0b7' })
  planId!: string;

  @TextField('谁停机（中文）', { example: '市住房公积金管理中心' })
  destinationZh!: string;

  @FlagField('正在进行')
  running!: boolean;

  @InstantField('开始')
  from!: string;

  @InstantField('结束')
  to!: string;
}

/** The state of the bridge on one page (总览). */
export class SummaryAnswer {
  @TextField('环境；没有设置（ENVIRONMENT_NAME）为空', { example: '生产' })
  environment!: string;

  @ApiProperty({ description: '三种服务器，按各网关所见', type: [ServerAnswer] })
  servers!: ServerAnswer[];

  @ApiProperty({ description: '承诺今日办结的办件', type: DeadlinesTodayAnswer })
  deadlines!: DeadlinesTodayAnswer;

  @ApiProperty({ description: '进行中的，或下一个计划维护', type: NextMaintenanceAnswer, nullable: true })
  nextMaintenance!: NextMaintenanceAnswer | null;

  @InstantField('统计时刻')
  asOf!: string;

  @InstantField('起算时刻：已结束的办件和投递、拒收、死信、重复均自此时起统计；未结束的不论何时全部计入')
  since!: string;

  @FlagField('数量过大，部分计数为下限')
  capped!: boolean;

  @ApiProperty({ type: [CaseCountAnswer] })
  cases!: CaseCountAnswer[];

  @ApiProperty({ type: [TransferCountAnswer] })
  transfers!: TransferCountAnswer[];

  @ApiProperty({ description: '未送达的投递中最早的一条', type: OldestTransferAnswer, nullable: true })
  oldestUndelivered!: OldestTransferAnswer | null;

  @ApiProperty({ type: WaitingEventsAnswer })
  waitingEvents!: WaitingEventsAnswer;

  @ApiProperty({ type: RefusalCountAnswer })
  refusals!: RefusalCountAnswer;

  @ApiProperty({ type: DuplicateCountAnswer })
  duplicates!: DuplicateCountAnswer;

  @NumberField('死信数')
  deadLetters!: number;

  @ApiProperty({ type: RecentWorkAnswer })
  recent!: RecentWorkAnswer;
}
