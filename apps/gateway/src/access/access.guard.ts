import { Inject, Injectable } from '@nestjs/common';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { OpsProblem } from '../ops-api/problems/ops-problem.ts';
import { Authenticate } from './authenticate.ts';
import type { CalledRequest, Caller } from './caller.ts';
import { Needs } from './needs.ts';
import type { Need } from './needs.ts';
import { RIGHTS } from './rights.ts';

/** Lets a request through when its caller is proven and has the right that the route names. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    @Inject(Reflector) private readonly reflector: Reflector,
    @Inject(Authenticate) private readonly authenticate: Authenticate,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<CalledRequest>();
    const needed = this.neededBy(context, request.method);
    if (needed === 'nothing') return true;
    const caller = await this.authenticate.run(request);
    refuseWithout(needed, caller);
    request.caller = caller;
    return true;
  }

  /** What a resource as a whole asks for is enough to read it. A route that does something names its own right, or stays closed. */
  private neededBy(context: ExecutionContext, method: string): Need | undefined {
    const own = this.reflector.get(Needs, context.getHandler());
    return own ?? (method === 'GET' || method === 'HEAD' ? this.reflector.get(Needs, context.getClass()) : undefined);
  }
}

/** @throws OpsProblem `password-must-change` or `forbidden` */
function refuseWithout(needed: Exclude<Need, 'nothing'> | undefined, { rights, session }: Caller): void {
  if (needed === 'login') return;
  if (needed === undefined) throw new OpsProblem('forbidden', { detail: 'Nobody may use this address.', detailZh: '该地址未开放。' });
  if (rights.has(needed)) return;
  if (session?.mustChangePassword === true) throw new OpsProblem('password-must-change', {
    detail: 'Change the password first (PUT /api/session/password): whoever gave it to you knows it.',
    detailZh: '请先修改密码（PUT /api/session/password）：现在的密码还有别人知道。',
  });
  throw new OpsProblem('forbidden', {
    detail: `This needs the right "${needed}", which you do not have; ask an administrator.`,
    detailZh: `需要权限“${RIGHTS[needed].zh}”（${needed}），您没有；请联系管理员。`,
  });
}
