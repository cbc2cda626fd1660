import { ApiProperty } from '@nestjs/swagger';
import { ALL_RIGHTS } from '../../access/rights.ts';
import type { Right } from '../../access/rights.ts';
import { ChoiceField, FlagField, InstantField, NumberField, TextField } from '../answer-fields.ts';

/** How the caller was proven. */
const CALLER_METHODS = ['password', 'oidc', 'token'] as const;

/** Who asks, and what they may do. */
export class SessionAnswer {
  @TextField('操作人标识：account:账号、token:令牌或 service:ops-token', { example: 'account:5b0c…' })
  caller!: string;

  @TextField('责任人：账号及其全部令牌为同一人')
  person!: string;

  @TextField('显示名称')
  name!: string;

  @ChoiceField('登录方式', 'CallerMethod', CALLER_METHODS)
  method!: (typeof CALLER_METHODS)[number];

  @ApiProperty({ enum: ALL_RIGHTS, enumName: 'Right', isArray: true, description: '权限' })
  rights!: Right[];

  @FlagField('须先修改密码；在此之前没有任何权限')
  mustChangePassword!: boolean;

  @TextField('浏览器会话的防伪令牌：写操作须放在请求头 X-CSRF-Token 中；用令牌访问时为 null', { nullable: true })
  csrfToken!: string | null;

  @InstantField('最迟何时须重新登录；用令牌访问时为 null', { nullable: true })
  expiresAt!: string | null;
}

/** Somebody logged in. */
export class LoggedInAnswer {
  @ChoiceField('结果', 'LogInOutcome', ['logged-in'])
  outcome!: 'logged-in';

  @TextField('结果（中文）')
  outcomeZh!: string;

  @TextField('防伪令牌：写操作须放在请求头 X-CSRF-Token 中')
  csrfToken!: string;

  @FlagField('须先修改密码；在此之前没有任何权限')
  mustChangePassword!: boolean;
}

/** Somebody has a new password. */
export class PasswordChangedAnswer {
  @ChoiceField('结果', 'PasswordChangedOutcome', ['password-changed'])
  outcome!: 'password-changed';

  @TextField('结果（中文）')
  outcomeZh!: string;

  @TextField('新会话的防伪令牌：写操作须放在请求头 X-CSRF-Token 中')
  csrfToken!: string;

  @FlagField('须先修改密码；在此之前没有任何权限')
  mustChangePassword!: boolean;

  @NumberField('因此结束的会话数，含修改时所用的')
  sessionsEnded!: number;

  @NumberField('因此撤销的令牌数')
  tokensRevoked!: number;
}

/** Somebody logged out. */
export class LoggedOutAnswer {
  @ChoiceField('结果', 'LogOutOutcome', ['logged-out'])
  outcome!: 'logged-out';

  @TextField('结果（中文）')
  outcomeZh!: string;
}

/** The ways to log in here. */
export class LogInMethodsAnswer {
  @FlagField('可用用户名和密码登录')
  password!: boolean;

  @FlagField('可用统一身份认证（OIDC）登录：打开 /api/session/oidc')
  oidc!: boolean;

  @TextField('统一身份认证登录的完整地址（PUBLIC_URL）；未配置时为 null', { nullable: true })
  oidcUrl!: string | null;
}
