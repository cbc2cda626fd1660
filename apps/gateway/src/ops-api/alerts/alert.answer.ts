import { ApiProperty } from '@nestjs/swagger';
import { wordsOf } from '../words.ts';
import { CONDITIONS } from '../../watch/conditions.ts';
import { ChoiceField, FlagField, InstantField, NumberField, TextField } from '../answer-fields.ts';
import { ALERT_LINKS } from './alert-links.ts';
import type { AlertLinkKind } from './alert-links.ts';

/** Every condition, for filters and documentation. */
export const CONDITION_NAMES = wordsOf(CONDITIONS);

/** How far an alert has got. Nobody resolves one by hand: it is over when its condition is. */
export const ALERT_STATUSES = { open: '待确认', acknowledged: '已确认', resolved: '已结束' } as const;
export type AlertStatus = keyof typeof ALERT_STATUSES;

/** Who has seen an alert. */
export class AlertAcknowledgedAnswer {
  @InstantField('确认的时间')
  at!: string;

  @TextField('确认的人')
  by!: string;

  @TextField('确认时写下的话')
  note!: string;
}

/** A mute that is in force. */
export class AlertMuteAnswer {
  @InstantField('静音的时间')
  at!: string;

  @InstantField('到此时自动结束')
  until!: string;

  @TextField('静音的人')
  by!: string;

  @TextField('理由')
  reason!: string;
}

/** The downtime that explains an alert. */
export class AlertMaintenanceAnswer {
  @TextField('计划维护编号', { example: 'mt_Zk3JhQ0cXq8mP0b7' })
  planId!: string;

  @InstantField('维护到何时')
  until!: string;
}

/** Where an alert leads. */
export class AlertLinkAnswer {
  @ChoiceField('去看什么', 'AlertLinkKind', wordsOf(ALERT_LINKS))
  kind!: AlertLinkKind;

  @TextField('去看什么（中文）', { example: '失败分组' })
  kindZh!: string;

  @TextField('本接口的地址', { example: '/api/failure-groups?destination=centre' })
  path!: string;
}

/** An alert (告警): one condition of one subject, from when it began to when it was over. */
export class AlertAnswer {
  @NumberField('告警编号')
  alertId!: number;

  @TextField('告警条件；处置见值班手册的同名一节', { example: 'consumer-missing' })
  condition!: string;

  @TextField('告警条件（中文）', { example: '队列缺少消费者' })
  conditionZh!: string;

  @TextField('对象：队列、目的地、程序、通道', { example: 'hall:410204' })
  subject!: string;

  @TextField('对象（中文）', { example: '鼓楼区政务服务大厅' })
  subjectZh!: string;

  @FlagField('是否仍在持续')
  open!: boolean;

  @ChoiceField('状态', 'AlertStatus', wordsOf(ALERT_STATUSES))
  status!: AlertStatus;

  @TextField('状态（中文）', { example: '待确认' })
  statusZh!: string;

  @InstantField('开始时间')
  openedAt!: string;

  @InstantField('最近一次核对仍存在的时间（精确到约 15 秒）')
  lastSeenAt!: string;

  @InstantField('结束时间；持续中为 null', { nullable: true })
  closedAt!: string | null;

  @NumberField('共持续的秒数；持续中为 null', { nullable: true })
  durationSeconds!: number | null;

  @NumberField('此前同一条件、同一对象的告警数（保存 90 天）；0 为头一次')
  recurrence!: number;

  @TextField('情况和处置')
  detailZh!: string;

  @TextField('情况和处置（英文）')
  detailEn!: string;

  @ApiProperty({ type: 'object', additionalProperties: true, description: '依据的事实，各条件不同' })
  facts!: Record<string, unknown>;

  @ApiProperty({ description: '谁确认的；没有人确认为 null', type: AlertAcknowledgedAnswer, nullable: true })
  acknowledged!: AlertAcknowledgedAnswer | null;

  @ApiProperty({ description: '生效中的静音：不再通知，照样列出；没有为 null', type: AlertMuteAnswer, nullable: true })
  mute!: AlertMuteAnswer | null;

  @ApiProperty({ description: '由进行中的计划维护引起：不再通知，照样列出；不是为 null', type: AlertMaintenanceAnswer, nullable: true })
  maintenance!: AlertMaintenanceAnswer | null;

  @ApiProperty({ description: '相关的通道、队列、失败分组、批量操作等', type: [AlertLinkAnswer] })
  links!: AlertLinkAnswer[];

  @NumberField('版本：改动时以 If-Match 带上')
  version!: number;
}

/** One page of alerts, last opened first. */
export class AlertPage {
  @ApiProperty({ type: [AlertAnswer] })
  items!: AlertAnswer[];

  @TextField('下一页的游标；没有下一页时为 null', { nullable: true })
  nextCursor!: string | null;
}

/** What came of a command on an alert. */
export class AlertActionAnswer {
  @ChoiceField('结果', 'AlertOutcome', ['acknowledged', 'muted', 'unmuted'])
  outcome!: 'acknowledged' | 'muted' | 'unmuted';

  @TextField('结果（中文）', { example: '已确认' })
  outcomeZh!: string;

  @NumberField('告警编号')
  alertId!: number;

  @InstantField('静音到何时；不是静音为 null', { nullable: true })
  until!: string | null;

  @NumberField('新的版本')
  version!: number;
}
