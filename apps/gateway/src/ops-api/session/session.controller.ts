import { Body, Delete, Get, HttpCode, Inject, Post, Put, Req, Res } from '@nestjs/common';
import { Calling } from '../../access/caller.ts';
import type { CalledRequest, Caller } from '../../access/caller.ts';
import { ChangeOwnPassword } from '../../access/change-own-password.ts';
import { refuseOtherPages } from '../../access/csrf.ts';
import { LogIn } from '../../access/log-in.ts';
import { Needs } from '../../access/needs.ts';
import { PublicAddress } from '../../access/public-address.ts';
import { Sessions } from '../../access/sessions.ts';
import { recordAction } from '../../evidence/record-action.ts';
import { deleteSession } from '../../ledger/access-session-rows.ts';
import { OpsLedger } from '../ops-ledger.ts';
import { ApiProblem, OpsAnswer, OpsResource } from '../ops-resource.ts';
import { OpsProblem } from '../problems/ops-problem.ts';
import type { Reply } from '../reply.ts';
import { LoggedInAnswer, LoggedOutAnswer, PasswordChangedAnswer, SessionAnswer } from './session.answer.ts';
import { ChangePasswordBody, LogInBody } from './session.body.ts';
import { showSession } from './show-session.ts';

/** Logging in and out (登录、退出), and who one is. */
@OpsResource('api/session', '登录')
export class SessionController {
  constructor(
    @Inject(LogIn) private readonly logIn: LogIn,
    @Inject(ChangeOwnPassword) private readonly changeOwnPassword: ChangeOwnPassword,
    @Inject(Sessions) private readonly sessions: Sessions,
    @Inject(PublicAddress) private readonly address: PublicAddress,
    @Inject(OpsLedger) private readonly ledger: OpsLedger,
  ) {}

  @Get()
  @Needs('login')
  @OpsAnswer('getSession', '我是谁、有哪些权限，以及写操作用的防伪令牌', SessionAnswer)
  read(@Calling() caller: Caller): SessionAnswer {
    return showSession(caller);
  }

  @Post()
  @Needs('nothing')
  @HttpCode(200)
  @OpsAnswer('logIn', '用用户名和密码登录；成功后以 Cookie 保持会话', LoggedInAnswer)
  @ApiProblem(400, '请求体不是 JSON')
  @ApiProblem(415, '请求体须为 application/json')
  @ApiProblem(429, '从这个地址登录过于频繁')
  async open(@Body() { name, password }: LogInBody, @Req() request: CalledRequest, @Res({ passthrough: true }) reply: Reply): Promise<LoggedInAnswer> {
    // Somebody else's page must not log a browser in either: the person would work under a stranger's account.
    refuseOtherPages(request, this.address.origin);
    const { setCookie, csrfToken, mustChangePassword } = await this.logIn.run(name, password, request);
    reply.header('set-cookie', setCookie);
    return { outcome: 'logged-in', outcomeZh: mustChangePassword ? '已登录，请先修改密码' : '已登录', csrfToken, mustChangePassword };
  }

  @Delete()
  @Needs('login')
  @OpsAnswer('logOut', '退出登录', LoggedOutAnswer)
  async close(@Calling() caller: Caller, @Res({ passthrough: true }) reply: Reply): Promise<LoggedOutAnswer> {
    const { session } = caller;
    if (session === undefined) throw new OpsProblem('session-needed', { detail: 'A token has no session; revoke it instead.', detailZh: '用令牌访问时没有会话；不再使用请撤销令牌。' });
    await this.ledger.write(async (trx) => {
      await deleteSession(trx, session.digest);
      await recordAction(trx, { caller, action: 'session.closed', subjectKind: 'account', subject: session.accountId, reason: '', result: 'done' });
    });
    reply.header('set-cookie', this.sessions.forgetting);
    return { outcome: 'logged-out', outcomeZh: '已退出' };
  }

  @Put('password')
  @Needs('login')
  @OpsAnswer('changeOwnPassword', '修改自己的密码；此账号的其他会话随即结束，令牌随即撤销', PasswordChangedAnswer)
  @ApiProblem(400, '请求体不是 JSON')
  @ApiProblem(409, '该账号的密码不在本系统')
  @ApiProblem(415, '请求体须为 application/json')
  async password(
    @Calling() caller: Caller, @Body() { currentPassword, newPassword }: ChangePasswordBody, @Req() request: CalledRequest, @Res({ passthrough: true }) reply: Reply,
  ): Promise<PasswordChangedAnswer> {
    const { setCookie, csrfToken, sessionsEnded, tokensRevoked } = await this.changeOwnPassword.run(caller, currentPassword, newPassword, request);
    reply.header('set-cookie', setCookie);
    return { outcome: 'password-changed', outcomeZh: '密码已修改，其他会话已结束，令牌已撤销', csrfToken, mustChangePassword: false, sessionsEnded, tokensRevoked };
  }
}
