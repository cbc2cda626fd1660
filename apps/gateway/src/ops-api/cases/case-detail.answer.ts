import { ApiExtraModels, ApiProperty, getSchemaPath } from '@nestjs/swagger';
import { FlagField, InstantField, NumberField } from '../answer-fields.ts';
import { CaseAnswer } from './case.answer.ts';
import { ActionEntry, AttemptEntry, DeadLetterEntry, DuplicateEntry, EventEntry, RefusalEntry, TransferEntry } from './timeline.answer.ts';
import type { TimelineEntry } from './timeline.answer.ts';

const ENTRIES = { event: EventEntry, duplicate: DuplicateEntry, transfer: TransferEntry, attempt: AttemptEntry, refusal: RefusalEntry, 'dead-letter': DeadLetterEntry, action: ActionEntry };

const paths = Object.entries(ENTRIES).map(([kind, entry]) => [kind, getSchemaPath(entry)] as const);

/** Everything the ledger may show of one case. */
@ApiExtraModels(...Object.values(ENTRIES))
export class CaseDetailAnswer extends CaseAnswer {
  @NumberField('已补正轮次')
  supplementRounds!: number;

  @NumberField('大厅一侧的数据版本号')
  hallVersion!: number;

  @NumberField('中心一侧的数据版本号')
  centreVersion!: number;

  @NumberField('大厅事件的最近序号；大厅不编号时为 null', { nullable: true })
  hallSequence!: number | null;

  @NumberField('中心事件的最近序号；中心不编号时为 null', { nullable: true })
  centreSequence!: number | null;

  @NumberField('已向平台发出的办件进度条数')
  updateSequence!: number;

  @FlagField('审核决定是否准予；尚无决定时为 null', { nullable: true })
  approved!: boolean | null;

  @InstantField('受理时间（中心时钟）', { nullable: true })
  acceptedAt!: string | null;

  @InstantField('办结时间（中心时钟）', { nullable: true })
  completedAt!: string | null;

  @ApiProperty({
    description: '全过程，按本系统时钟从早到晚：事件、重复事件、投递、每次投递尝试、入口拒收、死信、人的操作',
    type: 'array',
    items: { oneOf: paths.map(([, path]) => ({ $ref: path })), discriminator: { propertyName: 'kind', mapping: Object.fromEntries(paths) } },
  })
  timeline!: TimelineEntry[];

  @FlagField('条目过多，时间线未列全（每类最多 1000 条）')
  timelineTruncated!: boolean;
}
