import { ApiProperty } from '@nestjs/swagger';
import type { Destination } from '#contracts';
import { InstantField, NumberField, TextField } from '../answer-fields.ts';
import { DestinationFilter } from '../shared-filters.ts';

/** Filter of `GET /api/retry-ladder`. */
export class RetryLadderQuery {
  @DestinationFilter()
  destination?: Destination;
}

/** The transfers to one destination that wait after the same attempt (阶梯的一级). */
export class RungAnswer {
  @TextField('目的地', { example: 'centre' })
  destination!: string;

  @TextField('目的地（中文）', { example: '市住房公积金管理中心' })
  destinationZh!: string;

  @NumberField('第几次投递失败之后在等')
  attempt!: number;

  @NumberField('在等的投递数')
  waiting!: number;

  @NumberField('其中已到时间、正在开始的')
  due!: number;

  @InstantField('其中最先的一条何时发')
  nextAt!: string;

  @InstantField('其中最早生成的一条的生成时间')
  oldestAt!: string;
}

/** Every rung on which something waits, by destination. What a paused channel holds waits for its channel and for no time: see `/api/channels`. */
export class RetryLadder {
  @InstantField('查询时刻')
  asOf!: string;

  @NumberField('共有多少条在等重试')
  waiting!: number;

  @InstantField('其中最先的一条何时发；没有在等的为 null', { nullable: true })
  nextAt!: string | null;

  @ApiProperty({ type: [RungAnswer] })
  items!: RungAnswer[];
}
