import { Body, Get, HttpCode, Inject, Post, Query, Redirect, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse } from '@nestjs/swagger';
import type { CalledRequest } from '../../access/caller.ts';
import { refuseOtherPages } from '../../access/csrf.ts';
import { Needs } from '../../access/needs.ts';
import { OidcLogIn } from '../../access/oidc/oidc-log-in.ts';
import { TerminalLogIn } from '../../access/oidc/terminal-log-in.ts';
import { PublicAddress } from '../../access/public-address.ts';
import { ApiProblem, OpsAnswer, OpsResource } from '../ops-resource.ts';
import type { Reply } from '../reply.ts';
import { loopbackIn, OidcStartQuery } from './oidc.query.ts';
import { LoggedInAnswer, LogInMethodsAnswer } from './session.answer.ts';
import { LogInByCodeBody } from './session.body.ts';

/** The page somebody comes to who has signed in at the identity provider. */
const AFTER_LOGIN = '/api/docs';

interface Elsewhere {
  readonly url: string;
}

/** Logging in by an identity provider (统一身份认证). */
@OpsResource('api/session', '登录')
export class OidcController {
  constructor(
    @Inject(OidcLogIn) private readonly oidc: OidcLogIn,
    @Inject(TerminalLogIn) private readonly terminal: TerminalLogIn,
    @Inject(PublicAddress) private readonly address: PublicAddress,
  ) {}

  @Get('methods')
  @Needs('nothing')
  @OpsAnswer('getLogInMethods', '可用的登录方式', LogInMethodsAnswer)
  methods(): LogInMethodsAnswer {
    const oidcUrl = this.oidc.startUrl;
    return { password: true, oidc: oidcUrl !== null, oidcUrl };
  }

  @Get('oidc')
  @Needs('nothing')
  @Redirect()
  @ApiOperation({ operationId: 'startOidcLogIn', summary: '转到统一身份认证登录；终端登录（bridgectl login --oidc）另给出 port、state、challenge，登录后带一次性代码转到终端' })
  @ApiResponse({ status: 302, description: '转到统一身份认证' })
  @ApiProblem(404, '未配置统一身份认证')
  @ApiProblem(429, '从这个地址登录过于频繁')
  async begin(@Query() query: OidcStartQuery, @Req() request: CalledRequest, @Res({ passthrough: true }) reply: Reply): Promise<Elsewhere> {
    const { url, setCookie } = await this.oidc.begin(request, loopbackIn(query));
    reply.header('set-cookie', setCookie);
    return { url };
  }

  @Get('oidc/callback')
  @Needs('nothing')
  @Redirect()
  @ApiOperation({ operationId: 'finishOidcLogIn', summary: '统一身份认证登录后回到这里' })
  @ApiResponse({ status: 302, description: '已登录；终端登录则带一次性代码（或出错的代码）转到终端' })
  @ApiProblem(404, '未配置统一身份认证')
  async end(@Req() request: CalledRequest & { readonly url: string }, @Res({ passthrough: true }) reply: Reply): Promise<Elsewhere> {
    const start = request.url.indexOf('?');
    const { setCookies, url } = await this.oidc.end(start < 0 ? '' : request.url.slice(start), request);
    reply.header('set-cookie', setCookies);
    return { url: url ?? AFTER_LOGIN };
  }

  @Post('code')
  @Needs('nothing')
  @HttpCode(200)
  @OpsAnswer('logInByCode', '终端登录：用一次性代码和 PKCE 的 code_verifier 换取会话', LoggedInAnswer)
  @ApiProblem(400, '请求体不是 JSON')
  @ApiProblem(415, '请求体须为 application/json')
  @ApiProblem(429, '从这个地址登录过于频繁')
  async byCode(@Body() { code, verifier }: LogInByCodeBody, @Req() request: CalledRequest, @Res({ passthrough: true }) reply: Reply): Promise<LoggedInAnswer> {
    refuseOtherPages(request, this.address.origin);
    const { setCookie, csrfToken } = await this.terminal.run(code, verifier, request);
    reply.header('set-cookie', setCookie);
    return { outcome: 'logged-in', outcomeZh: '已登录', csrfToken, mustChangePassword: false };
  }
}
