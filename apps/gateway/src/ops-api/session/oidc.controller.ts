import { Get, Inject, Redirect, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse } from '@nestjs/swagger';
import type { CalledRequest } from '../../access/caller.ts';
import { Needs } from '../../access/needs.ts';
import { OidcLogIn } from '../../access/oidc/oidc-log-in.ts';
import { ApiProblem, OpsAnswer, OpsResource } from '../ops-resource.ts';
import type { Reply } from '../reply.ts';
import { LogInMethodsAnswer } from './session.answer.ts';

/** The page somebody comes to who has signed in at the identity provider. */
const AFTER_LOGIN = '/api/docs';

interface Elsewhere {
  readonly url: string;
}

/** Logging in by an identity provider (统一身份认证). */
@OpsResource('api/session', '登录')
export class OidcController {
  constructor(@Inject(OidcLogIn) private readonly oidc: OidcLogIn) {}

  @Get('methods')
  @Needs('nothing')
  @OpsAnswer('getLogInMethods', '可用的登录方式', LogInMethodsAnswer)
  methods(): LogInMethodsAnswer {
    return { password: true, oidc: this.oidc.offered };
  }

  @Get('oidc')
  @Needs('nothing')
  @Redirect()
  @ApiOperation({ operationId: 'startOidcLogIn', summary: '转到统一身份认证登录' })
  @ApiResponse({ status: 302, description: '转到统一身份认证' })
  @ApiProblem(404, '未配置统一身份认证')
  async begin(@Res({ passthrough: true }) reply: Reply): Promise<Elsewhere> {
    const { url, setCookie } = await this.oidc.begin();
    reply.header('set-cookie', setCookie);
    return { url };
  }

  @Get('oidc/callback')
  @Needs('nothing')
  @Redirect(AFTER_LOGIN)
  @ApiOperation({ operationId: 'finishOidcLogIn', summary: '统一身份认证登录后回到这里' })
  @ApiResponse({ status: 302, description: '已登录' })
  @ApiProblem(404, '未配置统一身份认证')
  async end(@Req() request: CalledRequest & { readonly url: string }, @Res({ passthrough: true }) reply: Reply): Promise<void> {
    const start = request.url.indexOf('?');
    reply.header('set-cookie', await this.oidc.end(start < 0 ? '' : request.url.slice(start), request));
  }
}
