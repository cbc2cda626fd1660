import { ApiProperty } from '@nestjs/swagger';
import { ChoiceField, FlagField, InstantField, NumberField, TextField } from '../answer-fields.ts';
import { wordsOf } from '../words.ts';
import type { ForecastVerdict } from './forecast.ts';

export const FORECAST_VERDICTS: Readonly<Record<ForecastVerdict, string>> = {
  clear: '没有积压', clearing: '能清空', growing: '进多出少，清不完', standing: '有积压而没有送出', held: '通道暂停，不知何时能清空',
};

/** What is to come in one channel. */
export class ForecastAnswer {
  @TextField('通道', { example: 'intake:410204' })
  channel!: string;

  @TextField('通道（中文）', { example: '鼓楼区政务服务大厅·收件（大厅→中心）' })
  channelZh!: string;

  @NumberField('等着的投递数：排队、在途、等重试；不含排在失败投递之后的')
  waiting!: number;

  @NumberField('涉及的办件数')
  casesWaiting!: number;

  @ApiProperty({ type: Number, description: '每分钟生成的投递，近 5 分钟平均' })
  inPerMinute!: number;

  @ApiProperty({ type: Number, description: '每分钟送达的投递，近 5 分钟平均' })
  outPerMinute!: number;

  @ApiProperty({ type: Number, nullable: true, description: '近来最忙的一分钟送达数：暂停或不在时段的通道恢复后按它推算；限速的不超过其速率；近来没有送达过为 null' })
  busiestMinute!: number | null;

  @InstantField('暂停到何时，不在投递时段的到时段开始；没有暂停，或没有定恢复时间，为 null', { nullable: true })
  pausedUntil!: string | null;

  @ChoiceField('结论', 'ForecastVerdict', wordsOf(FORECAST_VERDICTS))
  verdict!: ForecastVerdict;

  @TextField('一句话的结论', { example: '按现在的速度 11-23 16:40 清空；其间 37 件将超期，最早 15:10' })
  sayZh!: string;

  @InstantField('按现在的速度何时清空；清不完为 null', { nullable: true })
  clearsAt!: string | null;

  @InstantField('期限看到何时为止：清空之时；清不完的看今后 24 小时')
  horizon!: string;

  @NumberField('已经超期的办件数（承诺办结，或纸质材料在大厅的期限）')
  overdue!: number;

  @NumberField('轮到之前就将超期的办件数')
  breaches!: number;

  @InstantField('其中最早的期限', { nullable: true })
  firstBreachAt!: string | null;
}

/** What is to come in every channel: not paged, for there are two for each hall. */
export class ForecastList {
  @InstantField('查询时刻')
  asOf!: string;

  @FlagField('积压过大，只看了最早的一部分，计数为下限')
  capped!: boolean;

  @ApiProperty({ type: [ForecastAnswer] })
  items!: ForecastAnswer[];
}
