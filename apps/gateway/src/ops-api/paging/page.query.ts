import { ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, Max, Min } from 'class-validator';
import { saying, TextFilter } from '../query-fields.ts';

const MAX_LIMIT = 200;
const DEFAULT_LIMIT = 50;
const LIMIT_TEXT = saying({ zh: `须为 1 到 ${MAX_LIMIT} 的整数`, en: `must be a whole number from 1 to ${MAX_LIMIT}` });

/** What every list takes. */
export class PageQuery {
  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: MAX_LIMIT, default: DEFAULT_LIMIT, description: '每页条数' })
  @IsOptional()
  @Type(() => Number)
  @IsInt(LIMIT_TEXT)
  @Min(1, LIMIT_TEXT)
  @Max(MAX_LIMIT, LIMIT_TEXT)
  limit: number = DEFAULT_LIMIT;

  @TextFilter(
    '上一页给出的 nextCursor，原样带回', /^[A-Za-z0-9_-]{1,400}$/,
    { zh: '须原样使用上一页给出的 nextCursor', en: 'must be the nextCursor of the page before, unchanged' }, 'WyIyMDI2LTExLTIyIl0',
  )
  cursor?: string;
}
