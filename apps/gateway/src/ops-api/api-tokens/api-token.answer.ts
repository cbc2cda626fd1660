import { ApiProperty } from '@nestjs/swagger';
import { ALL_RIGHTS } from '../../access/rights.ts';
import type { Right } from '../../access/rights.ts';
import { ChoiceField, InstantField, TextField } from '../answer-fields.ts';

const STATES = ['good', 'waiting', 'expired', 'revoked'] as const;

/** A token for scripts (访问令牌), without the token. */
export class ApiTokenAnswer {
  @TextField('令牌标识（不是令牌本身）')
  tokenId!: string;

  @TextField('用途', { example: '夜间巡检脚本' })
  name!: string;

  @TextField('所属账号')
  accountId!: string;

  @TextField('所属人员')
  person!: string;

  @ApiProperty({ enum: ALL_RIGHTS, enumName: 'Right', isArray: true, description: '创建时选定的权限；本人失去的权限，令牌同时失去' })
  rights!: Right[];

  @ChoiceField('状态：waiting 为本人须先用统一身份认证登录一次', 'ApiTokenState', STATES)
  state!: (typeof STATES)[number];

  @InstantField('创建时间')
  createdAt!: string;

  @InstantField('到期时间')
  expiresAt!: string;

  @InstantField('撤销时间', { nullable: true })
  revokedAt!: string | null;

  @InstantField('最近使用（精确到分钟）', { nullable: true })
  lastUsedAt!: string | null;
}

/** One page of tokens, newest first. */
export class ApiTokenPage {
  @ApiProperty({ type: [ApiTokenAnswer] })
  items!: ApiTokenAnswer[];

  @TextField('下一页的游标；没有下一页时为 null', { nullable: true })
  nextCursor!: string | null;
}

/** A new token. */
export class ApiTokenMadeAnswer {
  @ChoiceField('结果', 'ApiTokenMadeOutcome', ['created'])
  outcome!: 'created';

  @TextField('结果（中文）')
  outcomeZh!: string;

  @TextField('令牌标识')
  tokenId!: string;

  @TextField('令牌：只在此处显示一次，请立即存好')
  token!: string;

  @InstantField('到期时间')
  expiresAt!: string;
}

/** A token that is no longer good. */
export class ApiTokenRevokedAnswer {
  @ChoiceField('结果', 'ApiTokenRevokedOutcome', ['revoked'])
  outcome!: 'revoked';

  @TextField('结果（中文）')
  outcomeZh!: string;
}
