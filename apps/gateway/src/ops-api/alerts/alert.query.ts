import { ApiProperty } from '@nestjs/swagger';
import { Matches } from 'class-validator';
import { PageQuery } from '../paging/page.query.ts';
import { ChoiceFilter, DayFilter, saying, TextFilter } from '../query-fields.ts';
import { CONDITION_NAMES } from './alert.answer.ts';

/** The path of one alert. */
export class AlertParams {
  @ApiProperty({ description: '告警编号', example: '7' })
  @Matches(/^\d{1,15}$/, saying({ zh: '须为告警编号', en: 'must be the number of an alert' }))
  alertId!: string;
}

/** Filters of `GET /api/alerts`; those given must all hold. */
export class AlertQuery extends PageQuery {
  @ChoiceFilter('true 只看持续中的，false 只看已结束的', 'YesOrNo', ['true', 'false'])
  open?: 'true' | 'false';

  @ChoiceFilter('true 只看有人确认过的，false 只看没有的', 'YesOrNo', ['true', 'false'])
  acknowledged?: 'true' | 'false';

  @ChoiceFilter('true 只看静音的，false 只看没有静音的', 'YesOrNo', ['true', 'false'])
  muted?: 'true' | 'false';

  @ChoiceFilter('告警条件', 'AlertCondition', CONDITION_NAMES)
  condition?: string;

  @TextFilter('对象：队列、目的地、程序、通道', /^[A-Za-z0-9:._/-]{1,200}$/, { zh: '须为 1–200 位的对象名', en: 'must be a subject of 1 to 200 characters' }, 'hall:410204')
  subject?: string;

  @DayFilter('开始时间不早于；日期按北京时间整日计')
  from?: string;

  @DayFilter('开始时间早于；写日期时含当日')
  to?: string;
}
