import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, Length, Matches, ValidateIf } from 'class-validator';
import { GROUP_STATUSES } from '../../failures/group-status.ts';
import type { GroupStatus } from '../../failures/group-status.ts';
import { saying } from '../query-fields.ts';
import { ReasonedBody } from '../reasoned.body.ts';
import { wordsOf } from '../words.ts';
import { NoControlCharacters, NoPersonalNumber } from '../written-text.ts';

const CHOSEN = wordsOf(GROUP_STATUSES).filter((status) => status !== 'new');
const given = (_: unknown, value: unknown): boolean => value !== null && value !== undefined;

/** What somebody makes of a failure group; what is left out stays as it is. */
export class FailureGroupBody extends ReasonedBody {
  @ApiPropertyOptional({ enum: CHOSEN, enumName: 'FailureGroupChoice', description: '新的状态' })
  @IsOptional()
  @IsIn(CHOSEN, saying({ zh: `须为以下之一：${CHOSEN.join('、')}`, en: `must be one of: ${CHOSEN.join(', ')}` }))
  status?: GroupStatus;

  @ApiPropertyOptional({ type: String, nullable: true, maxLength: 64, description: '负责人；null 为无人负责' })
  @ValidateIf((body: FailureGroupBody) => given(body, body.owner))
  @NoPersonalNumber()
  @Matches(/^[\p{L}\p{N} ._:@-]{1,64}$/u, saying({ zh: '须为 1–64 位的姓名或账号', en: 'must be a name of 1 to 64 characters' }))
  owner?: string | null;

  @ApiPropertyOptional({ type: String, nullable: true, maxLength: 2000, description: '备注，给下一班看；null 为清空' })
  @ValidateIf((body: FailureGroupBody) => given(body, body.note))
  @NoPersonalNumber()
  @NoControlCharacters()
  @Length(1, 2000, saying({ zh: '须为 1–2000 字', en: 'must be 1 to 2000 characters' }))
  note?: string | null;

  @ApiPropertyOptional({ type: String, nullable: true, maxLength: 500, description: '处置手册的网址，以 https:// 或 docs/ 开头；null 为按错误代码' })
  @ValidateIf((body: FailureGroupBody) => given(body, body.runbook))
  @NoControlCharacters()
  @Matches(/^(?:https?:\/\/|docs\/)[^\s<>"']{1,480}$/, saying({ zh: '须为 https:// 或 docs/ 开头的网址', en: 'must be an address that begins with https:// or docs/' }))
  runbook?: string | null;
}
