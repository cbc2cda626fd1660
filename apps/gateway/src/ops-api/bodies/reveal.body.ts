import { ApiProperty } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize, ArrayUnique, IsArray, Matches } from 'class-validator';
import { saying } from '../query-fields.ts';
import { ReasonedBody } from '../reasoned.body.ts';

const MOST = 20;
const COUNT_TEXT = saying({ zh: `须列出 1–${MOST} 个不重复的字段`, en: `must list 1 to ${MOST} different fields` });

/** Body of a request to reveal: why, and exactly which fields. */
export class RevealBody extends ReasonedBody {
  @ApiProperty({ type: [String], description: '要揭示的字段，取自脱敏报文的 masked[].path', example: ['data.applicant.mobile'], minItems: 1, maxItems: MOST })
  @Matches(/^[+-]?[A-Za-z0-9_.[\]]{1,200}$/, { each: true, ...saying({ zh: '须为脱敏报文中 masked 所列的 path', en: 'must be paths that "masked" of the body lists' }) })
  @ArrayUnique(COUNT_TEXT)
  @ArrayMaxSize(MOST, COUNT_TEXT)
  @ArrayMinSize(1, COUNT_TEXT)
  @IsArray(COUNT_TEXT)
  fields!: string[];
}
