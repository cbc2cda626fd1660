import type { Destination } from '#contracts';
import { ApiProperty } from '@nestjs/swagger';
import { Matches } from 'class-validator';
import { FAILURE_CLASSES } from '../../failures/failure-class.ts';
import type { FailureClass } from '../../failures/failure-class.ts';
import { GROUP_STATUSES } from '../../failures/group-status.ts';
import type { GroupStatus } from '../../failures/group-status.ts';
import { PageQuery } from '../paging/page.query.ts';
import type { BucketField } from '../queries/bucket-failure-groups.ts';
import { ChoiceFilter, DayFilter, saying } from '../query-fields.ts';
import { DestinationFilter, HallFilter } from '../shared-filters.ts';
import { wordsOf } from '../words.ts';

/** What a list can be put together by. */
export const GROUPINGS = ['signature', 'type', 'hall', 'http-status', 'field'] as const satisfies readonly ('signature' | BucketField)[];

/** Filters of `GET /api/failure-groups`; those given must all hold. */
export class FailureGroupQuery extends PageQuery {
  @ChoiceFilter('按什么归并：signature 为失败特征（逐组列出），其余把各组再归并', 'FailureGrouping', GROUPINGS)
  by: (typeof GROUPINGS)[number] = 'signature';

  @ChoiceFilter('状态', 'FailureGroupStatus', wordsOf(GROUP_STATUSES))
  status?: GroupStatus;

  @ChoiceFilter('责任方', 'FailureClass', wordsOf(FAILURE_CLASSES))
  class?: FailureClass;

  @DestinationFilter()
  destination?: Destination;

  @HallFilter()
  hall?: string;

  @DayFilter('此后（含）还失败过的；也是 newSince 的起点。日期按北京时间')
  since?: string;
}

/** The path of one failure group. */
export class FailureGroupParams {
  @ApiProperty({ description: '失败分组编号', example: 'fg_ed1be26d32a3e2a581efca03' })
  @Matches(/^fg_[0-9a-f]{24}$/, saying({ zh: '须为失败分组编号', en: 'must be the id of a failure group' }))
  groupId!: string;
}

/** What one group can be asked. */
export class FailureGroupDetailQuery {
  @DayFilter('newSince 的起点：此后新失败的条数单独给出。日期按北京时间')
  since?: string;
}
