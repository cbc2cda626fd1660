import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { ArrayMaxSize, ArrayMinSize, ArrayUnique, IsArray, IsInt, Matches, Max, Min, ValidateBy, ValidateIf, ValidateNested } from 'class-validator';
import type { ValidationArguments } from 'class-validator';
import { saying } from './query-fields.ts';

/** A week has that many half days. */
const MOST_WINDOWS = 14;
const DAYS_TEXT = saying({ zh: '须为 1–7 个互不相同的星期几（1 为星期一，7 为星期日）', en: 'must be 1 to 7 days of the week, each once (1 Monday to 7 Sunday)' });
const FROM_TEXT = saying({ zh: '须为时刻 00:00–23:59（北京时间）', en: 'must be a time of day from 00:00 to 23:59 (Beijing)' });
const TO_TEXT = saying({ zh: '须为时刻 00:01–24:00（北京时间）', en: 'must be a time of day from 00:01 to 24:00 (Beijing)' });
const ORDER_TEXT = saying({ zh: '须晚于 from；跨午夜的时段请拆成两段（前一天到 24:00，后一天从 00:00 起）', en: 'must be after "from"; split a window across midnight in two (until 24:00, and from 00:00 of the next day)' });
const HOURS_TEXT = saying({ zh: `须为 1–${MOST_WINDOWS} 个时段；不限时段写 null`, en: `must be 1 to ${MOST_WINDOWS} windows; null for no limit` });
const TIME = /^(?:[01]\d|2[0-3]):[0-5]\d$/;

/** A time of day on some days of the week, in Beijing (时段). */
export class SendingWindowBody {
  @ApiProperty({ type: 'array', items: { type: 'integer', minimum: 1, maximum: 7 }, description: '星期几：1 为星期一，7 为星期日', example: [1, 2, 3, 4, 5] })
  @IsArray(DAYS_TEXT) @ArrayMinSize(1, DAYS_TEXT) @ArrayMaxSize(7, DAYS_TEXT) @ArrayUnique(DAYS_TEXT)
  @IsInt({ each: true, ...DAYS_TEXT }) @Min(1, { each: true, ...DAYS_TEXT }) @Max(7, { each: true, ...DAYS_TEXT })
  days!: number[];

  @ApiProperty({ type: String, description: '从几点（北京时间）', example: '08:30' })
  @Matches(TIME, FROM_TEXT)
  from!: string;

  @ApiProperty({ type: String, description: '到几点之前（北京时间），24:00 为当日结束', example: '17:30' })
  @Matches(/^(?:(?!00:00)(?:[01]\d|2[0-3]):[0-5]\d|24:00)$/, TO_TEXT)
  @ValidateBy({ name: 'afterFrom', validator: { validate: isAfterFrom } }, ORDER_TEXT)
  to!: string;
}

/** When is sent: windows, or null for always. Who may leave it out says so with `optional`. */
export function HoursField(description: string, { optional = false } = {}): PropertyDecorator {
  return applyDecorators(
    ApiProperty({ type: [SendingWindowBody], nullable: true, required: !optional, maxItems: MOST_WINDOWS, description }),
    ValidateIf((_, value) => value !== null && !(optional && value === undefined)),
    IsArray(HOURS_TEXT), ArrayMinSize(1, HOURS_TEXT), ArrayMaxSize(MOST_WINDOWS, HOURS_TEXT),
    ValidateNested({ each: true }),
    Type(() => SendingWindowBody),
  );
}

/** As text, one after the other: both have two digits for each part. */
function isAfterFrom(to: unknown, given?: ValidationArguments): boolean {
  const { from } = given?.object as Partial<SendingWindowBody>;
  return typeof to === 'string' && typeof from === 'string' && from < to;
}
