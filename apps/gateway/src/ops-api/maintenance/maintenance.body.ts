import type { Destination } from '#contracts';
import { ApiProperty } from '@nestjs/swagger';
import { Matches } from 'class-validator';
import { InstantBody } from '../instant-field.ts';
import { PageQuery } from '../paging/page.query.ts';
import { ChoiceFilter, saying } from '../query-fields.ts';
import { ReasonedBody } from '../reasoned.body.ts';
import { DestinationFilter } from '../shared-filters.ts';

/** The path of one plan. */
export class MaintenanceParams {
  @ApiProperty({ description: '计划维护编号', example: 'mt_Zk3JhQ0cXq8mP0b7' })
  @Matches(/^mt_[A-Za-z0-9_-]{1,40}$/, saying({ zh: '须为计划维护编号', en: 'must be the id of a plan' }))
  planId!: string;
}

/** Filters of `GET /api/maintenance`. */
export class MaintenanceQuery extends PageQuery {
  @ChoiceFilter('true 只看待开始和进行中的，false 只看其余', 'YesOrNo', ['true', 'false'])
  open?: 'true' | 'false';

  @DestinationFilter()
  destination?: Destination;
}

/** Body of `POST /api/maintenance`. */
export class PlanBody extends ReasonedBody {
  @ApiProperty({ type: String, description: '谁停机：centre 或 hall:大厅代码', example: 'centre' })
  @Matches(/^(?:centre|hall:\d{6})$/, saying({ zh: '须为 centre 或 hall:大厅代码', en: 'must be centre or hall:<hall code>' }))
  destination!: Destination;

  @InstantBody('开始（带时区）；不写即现在', { required: false })
  from?: string;

  @InstantBody('结束（带时区）；至多 7 天', { required: true })
  to!: string;
}

/** Body of `PATCH /api/maintenance/{planId}`; what is left out stays as it is. */
export class PlanChangeBody extends ReasonedBody {
  @InstantBody('新的开始；已开始的不能改', { required: false })
  from?: string;

  @InstantBody('新的结束', { required: false })
  to?: string;
}
