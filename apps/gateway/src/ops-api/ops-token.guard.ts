import { Inject, Injectable } from '@nestjs/common';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { bearerOf, OpsToken } from './ops-token.ts';
import { OpsProblem } from './problems/ops-problem.ts';

/** Lets only requests with the operators' token through. */
@Injectable()
export class OpsTokenGuard implements CanActivate {
  constructor(@Inject(OpsToken) private readonly token: OpsToken) {}

  canActivate(context: ExecutionContext): boolean {
    const { headers } = context.switchToHttp().getRequest<{ headers: Record<string, unknown> }>();
    const presented = bearerOf(headers['authorization']);
    if (presented === null) throw new OpsProblem('token-missing', {
      detail: 'Send "Authorization: Bearer <token>"; the token is the OPS_TOKEN of the gateway.',
      detailZh: '请在请求头中带上 “Authorization: Bearer <令牌>”，令牌即网关的 OPS_TOKEN。',
    });
    if (!this.token.matches(presented)) throw new OpsProblem('token-wrong', {
      detail: 'This is not the OPS_TOKEN of this gateway; it may have been changed.',
      detailZh: '该令牌与本网关的 OPS_TOKEN 不符，可能已更换。',
    });
    return true;
  }
}
