import type { Destination } from '#contracts';
import { ApiProperty } from '@nestjs/swagger';
import type { MaintenanceState } from '../../ledger/maintenance-rows.ts';
import { ChoiceField, InstantField, NumberField, TextField } from '../answer-fields.ts';
import { wordsOf } from '../words.ts';

export const MAINTENANCE_STATES: Readonly<Record<MaintenanceState, string>> = { planned: '待开始', running: '进行中', ended: '已结束', cancelled: '已取消' };

/** What a downtime leaves behind. */
export class CatchUpAnswer {
  @NumberField('到维护结束时预计积存的投递数')
  waitingAtEnd!: number;

  @InstantField('预计何时补送完；速度未知，或进多出少，为 null', { nullable: true })
  caughtUpAt!: string | null;

  @TextField('一句话', { example: '结束时约积存 330 条，按近来最忙时的速度 11-24 08:36 补送完' })
  sayZh!: string;
}

/** A planned downtime of the centre, or of one hall's endpoint (计划维护). */
export class MaintenanceAnswer {
  @TextField('计划维护编号', { example: 'mt_Zk3JhQ0cXq8mP0b7' })
  planId!: string;

  @TextField('谁停机', { example: 'centre' })
  destination!: Destination;

  @TextField('谁停机（中文）', { example: '市住房公积金管理中心' })
  destinationZh!: string;

  @InstantField('开始')
  from!: string;

  @InstantField('结束')
  to!: string;

  @ChoiceField('状态', 'MaintenanceState', wordsOf(MAINTENANCE_STATES))
  state!: MaintenanceState;

  @TextField('状态（中文）', { example: '待开始' })
  stateZh!: string;

  @TextField('理由')
  reason!: string;

  @TextField('工单号', { nullable: true })
  ticket!: string | null;

  @TextField('登记的人')
  createdBy!: string;

  @InstantField('登记的时间')
  createdAt!: string;

  @InstantField('网关开始照办的时间；还没有，或其间没有网关运行，为 null', { nullable: true })
  startedAt!: string | null;

  @InstantField('网关善后完的时间', { nullable: true })
  endedAt!: string | null;

  @InstantField('取消的时间', { nullable: true })
  cancelledAt!: string | null;

  @TextField('取消的人', { nullable: true })
  cancelledBy!: string | null;

  @TextField('取消的理由', { nullable: true })
  cancelReason!: string | null;

  @ApiProperty({ description: '其间停发的通道；由人暂停着的不动', type: [String], example: ['intake:410204'] })
  channels!: string[];

  @ApiProperty({ description: '结束后的补送；已结束、已取消的，或一时算不出的，为 null', type: CatchUpAnswer, nullable: true })
  catchUp!: CatchUpAnswer | null;

  @NumberField('版本：改动时以 If-Match 带上')
  version!: number;
}

/** One page of plans, the latest begin first. */
export class MaintenancePage {
  @ApiProperty({ type: [MaintenanceAnswer] })
  items!: MaintenanceAnswer[];

  @TextField('下一页的游标；没有下一页时为 null', { nullable: true })
  nextCursor!: string | null;
}

/** What came of a command on a plan. */
export class MaintenanceActionAnswer extends MaintenanceAnswer {
  @ChoiceField('结果', 'MaintenanceOutcome', ['planned', 'changed', 'cancelled'])
  outcome!: 'planned' | 'changed' | 'cancelled';

  @TextField('结果（中文）', { example: '已登记' })
  outcomeZh!: string;
}
