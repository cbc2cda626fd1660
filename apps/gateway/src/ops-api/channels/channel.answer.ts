import { ApiProperty } from '@nestjs/swagger';
import { CIRCUIT_STATES } from '#contracts';
import type { CircuitState } from '#contracts';
import { ChoiceField, FlagField, InstantField, NumberField, TextField } from '../answer-fields.ts';
import { SendingWindowBody } from '../sending-hours.body.ts';
import { DIRECTIONS, wordsOf } from '../words.ts';
import type { Direction } from '../words.ts';
import type { ChannelTone } from './judge-channel.ts';

/** `limited`: more waits than its rate lets out at once; `draining`: it goes on, and what it held goes out step by step. */
export const CHANNEL_STATES = { 'running': '通行', 'paused': '已暂停', 'outside-hours': '不在投递时段', 'limited': '限速放行', 'draining': '恢复中（放行积存的件）' } as const;
export type ChannelState = keyof typeof CHANNEL_STATES;

/** How a channel looks from afar. */
export const CHANNEL_TONES: Readonly<Record<ChannelTone, string>> = { good: '正常', warn: '留意', bad: '有问题' };

/** The queue that leads to the receiver, as the broker sees it. */
export class ChannelQueueAnswer {
  @TextField('队列', { example: 'centre-adapter.work-items' })
  queue!: string;

  @FlagField('是否存在')
  exists!: boolean;

  @NumberField('等消费者取的条数；发往中心的队列为各大厅合用')
  ready!: number;

  @NumberField('现有的消费者数')
  consumersPresent!: number;

  @NumberField('应有的消费者数')
  consumersExpected!: number;
}

/** One hall in one direction (通道). */
export class ChannelAnswer {
  @TextField('通道', { example: 'intake:410204' })
  channel!: string;

  @TextField('通道（中文）', { example: '鼓楼区政务服务大厅·收件（大厅→中心）' })
  channelZh!: string;

  @TextField('大厅代码', { example: '410204' })
  hallCode!: string;

  @ChoiceField('方向', 'ChannelDirection', wordsOf(DIRECTIONS))
  direction!: Direction;

  @TextField('投往', { example: 'centre' })
  destination!: string;

  @ChoiceField('状态', 'ChannelState', wordsOf(CHANNEL_STATES))
  state!: ChannelState;

  @TextField('状态（中文）', { example: '通行' })
  stateZh!: string;

  @TextField('暂停的理由；没有暂停时为 null', { nullable: true })
  reason!: string | null;

  @TextField('工单号', { nullable: true })
  ticket!: string | null;

  @TextField('暂停的人', { nullable: true })
  pausedBy!: string | null;

  @InstantField('暂停的时间', { nullable: true })
  pausedAt!: string | null;

  @InstantField('自动恢复的时间；没有定时为 null', { nullable: true })
  until!: string | null;

  @InstantField('上次恢复的时间', { nullable: true })
  resumedAt!: string | null;

  @NumberField('每秒至多发出条数；不限为 null', { nullable: true })
  ratePerSecond!: number | null;

  @ApiProperty({ type: [SendingWindowBody], nullable: true, description: '投递时段（北京时间）；不限为 null' })
  hours!: SendingWindowBody[] | null;

  @InstantField('现在不在投递时段的，下次开始的时间；否则为 null', { nullable: true })
  opensAt!: string | null;

  @NumberField('因暂停、限速或不在投递时段而等着的投递数（最多数到 100000）')
  held!: number;

  @InstantField('其中最早的一条的生成时间', { nullable: true })
  oldestHeldAt!: string | null;

  @NumberField('已派发、还没有回执的投递数（最多数到 100000）')
  inFlight!: number;

  @InstantField('其中最早派发的时间', { nullable: true })
  oldestInFlightAt!: string | null;

  @NumberField('最近一分钟生成的投递数（台账）')
  inLastMinute!: number;

  @NumberField('最近一分钟送达的投递数（台账）')
  outLastMinute!: number;

  @ChoiceField('目的地的熔断状态，各进程中最差的；没有进程上报时为 null', 'CircuitState', CIRCUIT_STATES, { nullable: true })
  circuit!: CircuitState | null;

  @NumberField('在等下一次重试的投递数（每个接收方最多数到 10000）')
  retrying!: number;

  @NumberField('失败待处理的投递数（每个接收方最多数到 10000）')
  failed!: number;

  @FlagField('接收方的重试或失败超过 10000 条，retrying、failed 是下限')
  capped!: boolean;

  @InstantField('还没送达也没失败的投递中最早一条的生成时间；排在失败之后的不算', { nullable: true })
  oldestAt!: string | null;

  @ApiProperty({ type: Number, nullable: true, description: '近 15 分钟送达的，95% 从入口到送达不超过这么多秒；没有送达的为 null' })
  p95Seconds!: number | null;

  @NumberField('目标（秒）：CHANNEL_TARGET_MS')
  targetSeconds!: number;

  @ApiProperty({ type: ChannelQueueAnswer, nullable: true, description: '通往接收方的队列；问不到 RabbitMQ 时为 null' })
  queue!: ChannelQueueAnswer | null;

  @ChoiceField('总的情况，取最差的一项', 'ChannelTone', ['good', 'warn', 'bad'])
  tone!: ChannelTone;

  @TextField('总的情况（中文）', { example: '有问题' })
  toneZh!: string;

  @ApiProperty({ type: [String], description: '为什么，逐项', example: ['队列有 312 条，0 个消费者（应有 2 个）'] })
  whyZh!: string[];

  @NumberField('版本：改动时以 If-Match 带上；从未暂停过为 0')
  version!: number;
}

/** Every channel: not paged, for there are two for each hall. */
export class ChannelList {
  @InstantField('查询时刻')
  asOf!: string;

  @ApiProperty({ type: [ChannelAnswer] })
  items!: ChannelAnswer[];
}

/** What came of a command on a channel. */
export class ChannelActionAnswer {
  @ChoiceField('结果', 'ChannelOutcome', ['paused', 'resumed'])
  outcome!: 'paused' | 'resumed';

  @TextField('结果（中文）', { example: '通道已暂停' })
  outcomeZh!: string;

  @TextField('通道', { example: 'intake:410204' })
  channel!: string;

  @InstantField('自动恢复的时间', { nullable: true })
  until!: string | null;

  @NumberField('新的版本')
  version!: number;
}
