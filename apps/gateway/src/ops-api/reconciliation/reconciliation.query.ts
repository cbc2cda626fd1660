import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsOptional, Matches, ValidateBy } from 'class-validator';
import { isDayOrInstant } from '../beijing-time.ts';
import { PageQuery } from '../paging/page.query.ts';
import { ChoiceFilter, saying, TextFilter } from '../query-fields.ts';
import { ReasonedBody } from '../reasoned.body.ts';
import { HallFilter } from '../shared-filters.ts';
import { wordsOf } from '../words.ts';
import { LIST_KINDS } from './list-kinds.ts';
import type { ListKind } from './list-kinds.ts';
import { STAGES } from './stages.ts';
import type { Stage } from './stages.ts';

const DAY_TEXT = saying({ zh: '须为日期，如 2026-11-22（北京时间）', en: 'must be a day such as 2026-11-22 (in Beijing)' });
const isDay = (text: unknown): boolean => typeof text === 'string' && text.length === 10 && isDayOrInstant(text);
const DAY_RULE = { name: 'isDay', validator: { validate: isDay } };
const MISSING_STAGES = wordsOf(STAGES).filter((stage) => stage !== 'received');
const KINDS = wordsOf(LIST_KINDS);

function Side(): PropertyDecorator {
  return applyDecorators(
    ApiProperty({ description: '哪一方：centre 或 hall:大厅代码', example: 'hall:410204' }),
    Matches(/^(?:centre|hall:\d{6})$/, saying({ zh: '须为 centre 或 hall:大厅代码', en: 'must be centre or hall:<hall code>' })),
  );
}

function Kind(): PropertyDecorator {
  return applyDecorators(
    ApiProperty({ enum: KINDS, enumName: 'ListKind', description: 'sent 大厅送出的收件；received 对方收到的（中心：工单，大厅：全部进度）；returned 中心已答复的' }),
    IsIn(KINDS, saying({ zh: `须为以下之一：${KINDS.join('、')}`, en: `must be one of: ${KINDS.join(', ')}` })),
  );
}

/** The path of one day. */
export class DayParams {
  @ApiProperty({ description: '日期（北京时间）；办件算在入账那一天', example: '2026-11-22' })
  @ValidateBy(DAY_RULE, DAY_TEXT)
  day!: string;
}

/** The path of one side's list of a day. */
export class ListParams extends DayParams {
  @Side()
  side!: 'centre' | `hall:${string}`;

  @Kind()
  kind!: ListKind;
}

/** Filters of `GET /api/reconciliation/{day}/missing`. */
export class MissingQuery extends PageQuery {
  @ApiProperty({ enum: MISSING_STAGES, enumName: 'MissingStage', description: '没有到达的环节' })
  @IsIn(MISSING_STAGES, saying({ zh: `须为以下之一：${MISSING_STAGES.join('、')}`, en: `must be one of: ${MISSING_STAGES.join(', ')}` }))
  stage!: Stage;

  @HallFilter()
  hall?: string;
}

/** Which side of a comparison. */
export class ComparisonQuery extends PageQuery {
  @ChoiceFilter('missing=here：对方有、台账没有；there：台账有、对方没有', 'MissingWhere', ['here', 'there'])
  missing: 'here' | 'there' = 'here';
}

/** The last day of the strip. */
export class StripQuery {
  @IsOptional()
  @TextFilter('最后一天，默认今天', /^\d{4}-\d{2}-\d{2}$/, { zh: '须为日期，如 2026-11-22', en: 'must be a day such as 2026-11-22' }, '2026-11-22')
  @ValidateBy(DAY_RULE, DAY_TEXT)
  to?: string;
}

/** What somebody signs. */
export class SignOffBody extends ReasonedBody {
  @ApiProperty({ description: '所见对账板的 digest' })
  @Matches(/^[0-9a-f]{64}$/, saying({ zh: '须为所见对账板的 digest', en: 'must be the digest of the board that you have seen' }))
  digest!: string;
}
