import { applyDecorators } from '@nestjs/common';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString, Length } from 'class-validator';
import { saying } from '../query-fields.ts';

export const LONGEST_SEARCH = 400;

const TEXT = saying({ zh: `须为 1–${LONGEST_SEARCH} 个字的检索式`, en: `must be a search text of 1 to ${LONGEST_SEARCH} characters` });

/** A parameter that is a search text; what it says is read by `parseSearch`. */
export function SearchText(description: string, example: string): PropertyDecorator {
  return applyDecorators(
    ApiPropertyOptional({ type: String, description: `${description}。写法见 docs/search.md；姓名、证件号码和手机号不得写入，按证件号码查询请用 POST /api/cases/search-by-identity`, maxLength: LONGEST_SEARCH, example }),
    IsOptional(), Length(1, LONGEST_SEARCH, TEXT), IsString(TEXT),
  );
}
