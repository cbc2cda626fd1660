import { ApiProperty } from '@nestjs/swagger';
import { Matches } from 'class-validator';
import { PageQuery } from '../paging/page.query.ts';
import { ChoiceFilter, saying } from '../query-fields.ts';

/** Filters of `GET /api/api-tokens`. */
export class ApiTokenQuery extends PageQuery {
  @ChoiceFilter('谁的令牌：mine 为本人（默认），everybody 为所有人（须有 manage-access 权限）', 'ApiTokenOwner', ['mine', 'everybody'])
  of?: 'mine' | 'everybody';
}

/** The path of one token. */
export class ApiTokenParams {
  @ApiProperty({ description: '令牌标识' })
  @Matches(/^[0-9a-f-]{36}$/, saying({ zh: '须为令牌标识', en: 'must be the id of a token' }))
  tokenId!: string;
}
