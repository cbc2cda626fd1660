import { ApiProperty } from '@nestjs/swagger';
import { ChoiceField, InstantField, NumberField, TextField } from '../answer-fields.ts';
import { SendingWindowBody } from '../sending-hours.body.ts';

/** How fast and when a channel sends (限速和投递时段). */
export class ChannelSettingsAnswer {
  @TextField('通道', { example: 'intake:410204' })
  channel!: string;

  @NumberField('每秒至多发出条数；不限为 null', { nullable: true })
  ratePerSecond!: number | null;

  @ApiProperty({ type: [SendingWindowBody], nullable: true, description: '投递时段（北京时间）；不限为 null' })
  hours!: SendingWindowBody[] | null;

  @InstantField('现在不在投递时段的，下次开始的时间；否则为 null', { nullable: true })
  opensAt!: string | null;

  @TextField('最近一次更改的人；从未更改过为 null', { nullable: true })
  changedBy!: string | null;

  @InstantField('最近一次更改的时间', { nullable: true })
  changedAt!: string | null;

  @TextField('最近一次更改的理由', { nullable: true })
  reason!: string | null;

  @TextField('工单号', { nullable: true })
  ticket!: string | null;

  @NumberField('版本：更改时以 If-Match 带上（与通道的版本各计各的）；从未更改过为 0')
  version!: number;
}

/** What came of setting them. */
export class ChannelSettingsActionAnswer extends ChannelSettingsAnswer {
  @ChoiceField('结果', 'ChannelSettingsOutcome', ['set'])
  outcome!: 'set';

  @TextField('结果（中文）', { example: '通道设置已更改' })
  outcomeZh!: string;
}

/** One thing that became different. */
export class ChannelDifferenceAnswer {
  @ChoiceField('哪一项', 'ChannelChangedField', ['state', 'until', 'ratePerSecond', 'hours'])
  field!: 'state' | 'until' | 'ratePerSecond' | 'hours';

  @TextField('哪一项（中文）', { example: '每秒条数' })
  fieldZh!: string;

  @TextField('原来；没有为 null', { nullable: true })
  from!: string | null;

  @TextField('现在；没有为 null', { nullable: true, example: '5' })
  to!: string | null;
}

/** One change of a channel: who, when, why, what. */
export class ChannelChangeAnswer {
  @NumberField('操作记录的序号')
  seq!: number;

  @InstantField('时间')
  at!: string;

  @TextField('谁')
  by!: string;

  @TextField('做了什么', { example: 'channel.settings-changed' })
  action!: string;

  @TextField('做了什么（中文）')
  actionZh!: string;

  @TextField('理由')
  reason!: string;

  @TextField('工单号', { nullable: true })
  ticket!: string | null;

  @ApiProperty({ type: [ChannelDifferenceAnswer], description: '哪些项从什么变成什么' })
  differences!: ChannelDifferenceAnswer[];
}

/** One page of a channel's changes, newest first. */
export class ChannelChangePage {
  @ApiProperty({ type: [ChannelChangeAnswer] })
  items!: ChannelChangeAnswer[];

  @TextField('下一页的游标；没有下一页时为 null', { nullable: true })
  nextCursor!: string | null;
}
