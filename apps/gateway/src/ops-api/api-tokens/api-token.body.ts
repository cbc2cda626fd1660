import { ApiProperty } from '@nestjs/swagger';
import { ArrayNotEmpty, ArrayUnique, IsArray, IsIn, IsInt, Matches, Max, Min } from 'class-validator';
import { ALL_RIGHTS } from '../../access/rights.ts';
import type { Right } from '../../access/rights.ts';
import { saying } from '../query-fields.ts';
import { ReasonedBody } from '../reasoned.body.ts';

const LONGEST_DAYS = 365;
const RIGHTS_TEXT = saying({ zh: `须为以下权限的列表，至少一项，不重复：${ALL_RIGHTS.join('、')}`, en: `must be a list of different rights, at least one: ${ALL_RIGHTS.join(', ')}` });
const DAYS_TEXT = saying({ zh: `须为 1 到 ${LONGEST_DAYS} 的整数`, en: `must be a whole number from 1 to ${LONGEST_DAYS}` });

/** Body of `POST /api/api-tokens`. */
export class MakeApiTokenBody extends ReasonedBody {
  @ApiProperty({ description: '用途；本人在用的令牌中不重复', minLength: 1, maxLength: 60, example: '夜间巡检脚本' })
  @Matches(/^[\p{L}\p{N} ._:()（）-]{1,60}$/u, saying({ zh: '须为 1–60 个字母、汉字、数字或 . _ : - ( )', en: 'must be 1 to 60 letters, digits, spaces or . _ : - ( )' }))
  name!: string;

  @ApiProperty({ enum: ALL_RIGHTS, enumName: 'Right', isArray: true, description: '权限；不能超出本人现有的权限' })
  @ArrayUnique(RIGHTS_TEXT)
  @ArrayNotEmpty(RIGHTS_TEXT)
  @IsIn(ALL_RIGHTS, { ...RIGHTS_TEXT, each: true })
  @IsArray(RIGHTS_TEXT)
  rights!: Right[];

  @ApiProperty({ type: 'integer', minimum: 1, maximum: LONGEST_DAYS, description: '有效天数' })
  @IsInt(DAYS_TEXT)
  @Min(1, DAYS_TEXT)
  @Max(LONGEST_DAYS, DAYS_TEXT)
  validDays!: number;
}
