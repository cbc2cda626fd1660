import { ApiProperty, OmitType } from '@nestjs/swagger';
import { ActionAnswer } from '../audit/action.answer.ts';
import { AlertAnswer } from '../alerts/alert.answer.ts';
import { ChoiceField, FlagField, InstantField, NumberField, TextField } from '../answer-fields.ts';
import { CircuitChangeAnswer } from '../circuits/circuit.answer.ts';
import { FailureGroupAnswer } from '../failure-groups/failure-group.answer.ts';
import { MaintenanceAnswer } from '../maintenance/maintenance.answer.ts';
import { OperationAnswer } from '../operations/operation.answer.ts';

export class NoteFailedAnswer {
  @TextField('目的地', { example: 'centre' })
  destination!: string;

  @TextField('目的地（中文）', { example: '市住房公积金管理中心' })
  destinationZh!: string;

  @NumberField('失败待处理的投递数（最多数到 10000）')
  count!: number;
}

/** How things are when the note is made, whatever its period. */
export class NoteNowAnswer {
  @ApiProperty({ description: '失败待处理的投递', type: [NoteFailedAnswer] })
  failed!: NoteFailedAnswer[];

  @NumberField('待处理的死信（最多数到 10000）')
  deadLetters!: number;

  @NumberField('等前序事件的事件（最多数到 10000）')
  waitingEvents!: number;

  @NumberField('待第二人批准的更正')
  pendingEdits!: number;
}

export class NotePausedAnswer {
  @TextField('通道', { example: 'intake:410204' })
  channel!: string;

  @TextField('通道（中文）', { example: '鼓楼区政务服务大厅·收件（大厅→中心）' })
  channelZh!: string;

  @TextField('暂停的人')
  pausedBy!: string;

  @InstantField('暂停的时间')
  pausedAt!: string;

  @TextField('理由')
  reason!: string;

  @TextField('工单号', { nullable: true })
  ticket!: string | null;

  @InstantField('自动恢复的时间；没有定时为 null', { nullable: true })
  until!: string | null;

  @NumberField('因暂停而等着的投递数（最多数到 100000）')
  held!: number;
}

export class NoteCountAnswer {
  @TextField('操作', { example: 'transfer.replayed' })
  action!: string;

  @TextField('操作（中文）', { example: '重新投递' })
  actionZh!: string;

  @NumberField('次数')
  count!: number;
}

export class NoteDeadlineAnswer {
  @TextField('办件编号')
  projectNo!: string;

  @TextField('大厅', { example: '鼓楼区政务服务大厅' })
  hallZh!: string;

  @TextField('事项')
  itemName!: string;

  @TextField('办件状态（中文）', { example: '审核中' })
  statusZh!: string;

  @InstantField('承诺办结的时间')
  dueAt!: string;

  @FlagField('已经超期')
  overdue!: boolean;
}

/** An action without where it was done from and its details: these are for auditors. */
export class NoteActionAnswer extends OmitType(ActionAnswer, ['address', 'facts'] as const) {}

/** What one shift leaves to the next, or what happened in an incident (交班记录). */
export class ShiftNoteAnswer {
  @InstantField('起')
  from!: string;

  @InstantField('止')
  to!: string;

  @InstantField('生成的时间')
  madeAt!: string;

  @TextField('环境；没有设置为空', { example: '生产' })
  environment!: string;

  @ApiProperty({ description: '生成时的情况', type: NoteNowAnswer })
  now!: NoteNowAnswer;

  @ApiProperty({ description: '持续中的，及其间开始或结束的告警', type: [AlertAnswer] })
  alerts!: AlertAnswer[];

  @ApiProperty({ description: '未解决的，及其间新出现或解决的失败分组', type: [FailureGroupAnswer] })
  failureGroups!: FailureGroupAnswer[];

  @ApiProperty({ description: '其间各方接口熔断的变化，最新的在前', type: [CircuitChangeAnswer] })
  circuitChanges!: CircuitChangeAnswer[];

  @ApiProperty({ description: '其间进行过的，和还没有人确认其结果的批量操作', type: [OperationAnswer] })
  operations!: OperationAnswer[];

  @ApiProperty({ description: '现在暂停着的通道', type: [NotePausedAnswer] })
  pausedChannels!: NotePausedAnswer[];

  @ApiProperty({ description: '其间的，及今后 24 小时的计划维护', type: [MaintenanceAnswer] })
  maintenance!: MaintenanceAnswer[];

  @ApiProperty({ description: '要盯的期限：7 天来已超期的和今后 24 小时到期的办件，至多 100 件', type: [NoteDeadlineAnswer] })
  deadlines!: NoteDeadlineAnswer[];

  @ApiProperty({ description: '其间各种操作的次数（登录、查看不计）', type: [NoteCountAnswer] })
  actionCounts!: NoteCountAnswer[];

  @ApiProperty({ description: '其间的操作，最新的在前，至多 200 条', type: [NoteActionAnswer] })
  actions!: NoteActionAnswer[];
}

/** A note that was signed. */
export class ShiftAnswer {
  @NumberField('交班编号')
  shiftId!: number;

  @InstantField('起')
  from!: string;

  @InstantField('止')
  to!: string;

  @InstantField('签字的时间')
  signedAt!: string;

  @TextField('签字的人')
  signedBy!: string;

  @TextField('交待的话')
  note!: string;

  @TextField('工单号', { nullable: true })
  ticket!: string | null;

  @TextField('交班记录全文的 SHA-256；操作记录（证据链）里有同一个值')
  digest!: string;
}

export class ShiftPage {
  @ApiProperty({ type: [ShiftAnswer] })
  items!: ShiftAnswer[];

  @TextField('下一页的游标；没有下一页时为 null', { nullable: true })
  nextCursor!: string | null;
}

/** A signed note as it was signed. */
export class ShiftDetailAnswer extends ShiftAnswer {
  @FlagField('全文与签字时一致')
  intact!: boolean;

  @ApiProperty({ description: '签字时的交班记录', type: ShiftNoteAnswer })
  document!: ShiftNoteAnswer;
}

/** What came of signing. */
export class ShiftSignedAnswer extends ShiftAnswer {
  @ChoiceField('结果', 'ShiftOutcome', ['signed'])
  outcome!: 'signed';

  @TextField('结果（中文）', { example: '已签字' })
  outcomeZh!: string;
}
