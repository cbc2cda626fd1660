import { ApiProperty } from '@nestjs/swagger';
import { CIRCUIT_STATES } from '#contracts';
import type { CircuitState } from '#contracts';
import { ChoiceField, InstantField, NumberField, TextField } from '../answer-fields.ts';
import { DIRECTIONS, wordsOf } from '../words.ts';
import type { Direction } from '../words.ts';

/** `draining`: it goes on, and what it held goes out step by step. */
export const CHANNEL_STATES = { running: '通行', paused: '已暂停', draining: '恢复中（放行积存的件）' } as const;
export type ChannelState = keyof typeof CHANNEL_STATES;

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

  @NumberField('因暂停而等着的投递数（最多数到 100000）')
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
