import { ApiProperty } from '@nestjs/swagger';
import { ROLES } from '../../access/rights.ts';
import type { Role } from '../../access/rights.ts';
import { ChoiceField, FlagField, InstantField, NumberField, TextField } from '../answer-fields.ts';
import { wordsOf } from '../words.ts';

/** An account (账号). */
export class AccountAnswer {
  @TextField('账号标识')
  accountId!: string;

  @TextField('用户名', { example: 'zhiban1' })
  name!: string;

  @TextField('显示名称')
  displayName!: string;

  @ApiProperty({ enum: wordsOf(ROLES), enumName: 'Role', isArray: true, description: '角色' })
  roles!: Role[];

  @ChoiceField('账号来源：built-in 为本系统账号，oidc 为统一身份认证', 'AccountSource', ['built-in', 'oidc'])
  source!: 'built-in' | 'oidc';

  @FlagField('下次登录须先修改密码')
  mustChangePassword!: boolean;

  @NumberField('最近一次登录以来密码错误的次数')
  failedLogins!: number;

  @InstantField('因密码连续错误，从没有登录过的地址暂不受理登录，至此时为止；本人用过的地址不受影响', { nullable: true })
  lockedUntil!: string | null;

  @InstantField('停用时间；在用时为 null', { nullable: true })
  disabledAt!: string | null;

  @InstantField('创建时间')
  createdAt!: string;

  @InstantField('最近一次登录', { nullable: true })
  lastLoginAt!: string | null;

  @NumberField('版本号，即 ETag；修改时放在 If-Match 中')
  version!: number;
}

/** One page of accounts, by name. */
export class AccountPage {
  @ApiProperty({ type: [AccountAnswer] })
  items!: AccountAnswer[];

  @TextField('下一页的游标；没有下一页时为 null', { nullable: true })
  nextCursor!: string | null;
}

const OUTCOMES = {
  created: '账号已创建；请把一次性密码当面或经可靠渠道告诉本人，登录后须修改',
  'roles-changed': '角色已更改，即时生效',
  disabled: '账号已停用，其会话已结束，令牌已撤销',
  enabled: '账号已启用',
  'password-reset': '密码已重置，其会话已结束，令牌已撤销；请把一次性密码当面或经可靠渠道告诉本人',
  unlocked: '账号已解锁',
} as const;
export type AccountOutcome = keyof typeof OUTCOMES;

/** What came of a command. */
export class AccountChangeAnswer {
  @ChoiceField('结果', 'AccountOutcome', wordsOf(OUTCOMES))
  outcome!: AccountOutcome;

  @TextField('结果（中文）')
  outcomeZh!: string;

  @ApiProperty({ type: AccountAnswer })
  account!: AccountAnswer;

  @NumberField('因此结束的会话数')
  sessionsEnded!: number;

  @NumberField('因此撤销的令牌数')
  tokensRevoked!: number;

  @TextField('一次性密码：只在此处显示一次；没有时为 null', { nullable: true })
  oneTimePassword!: string | null;
}

export function outcomeZh(outcome: AccountOutcome): string {
  return OUTCOMES[outcome];
}
