import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, Matches, Max, Min } from 'class-validator';
import { InstantBody } from '../instant-field.ts';
import { PageQuery } from '../paging/page.query.ts';
import { DayFilter, saying } from '../query-fields.ts';
import { ReasonedBody } from '../reasoned.body.ts';
import { DEFAULT_HOURS, MOST_HOURS } from './shift-period.ts';

const HOURS_TEXT = saying({ zh: `须为 1 到 ${MOST_HOURS} 的整数`, en: `must be a whole number from 1 to ${MOST_HOURS}` });

/** The period of `GET /api/shifts/note`. */
export class ShiftNoteQuery {
  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: MOST_HOURS, description: `最近几小时；都不写为 ${DEFAULT_HOURS}` })
  @IsOptional()
  @Type(() => Number)
  @IsInt(HOURS_TEXT)
  @Min(1, HOURS_TEXT)
  @Max(MOST_HOURS, HOURS_TEXT)
  hours?: number;

  @DayFilter('起；日期按北京时间零点')
  from?: string;

  @DayFilter('止（不含）；写日期时含当日，不晚于现在')
  to?: string;
}

/** The list of signed notes takes no more than every list. */
export class ShiftQuery extends PageQuery {}

/** The path of a signed note. */
export class ShiftParams {
  @ApiProperty({ description: '交班编号', example: '12' })
  @Matches(/^\d{1,15}$/, saying({ zh: '须为交班编号', en: 'must be the number of a signed note' }))
  shiftId!: string;
}

/** Body of `POST /api/shifts`: the reason is what is left to the next shift in one's own words. */
export class SignBody extends ReasonedBody {
  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: MOST_HOURS, description: `最近几小时；都不写为 ${DEFAULT_HOURS}` })
  @IsOptional()
  @IsInt(HOURS_TEXT)
  @Min(1, HOURS_TEXT)
  @Max(MOST_HOURS, HOURS_TEXT)
  hours?: number;

  @InstantBody('起（带时区）', { required: false })
  from?: string;

  @InstantBody('止（带时区，不含）；不写为现在', { required: false })
  to?: string;
}
