import { Inject, Injectable } from '@nestjs/common';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { OpsProblem } from '../ops-api/problems/ops-problem.ts';
import { Authenticate } from './authenticate.ts';
import type { CalledRequest } from './caller.ts';
import { Needs } from './needs.ts';
import { RIGHTS } from './rights.ts';
import type { Right } from './rights.ts';

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
    const caller = await this.authenticate.run(request);
    if (needed === undefined || !caller.rights.has(needed)) throw forbidden(needed);
    request.caller = caller;
    return true;
  }

  /** What a resource as a whole asks for is enough to read it. A route that does something names its own right, or stays closed. */
  private neededBy(context: ExecutionContext, method: string): Right | undefined {
    const own = this.reflector.get(Needs, context.getHandler());
    return own ?? (method === 'GET' ? this.reflector.get(Needs, context.getClass()) : undefined);
  }
}

function forbidden(needed: Right | undefined): OpsProblem {
  if (needed === undefined) return new OpsProblem('forbidden', { detail: 'Nobody may use this address.', detailZh: '该地址未开放。' });
  return new OpsProblem('forbidden', {
    detail: `This needs the right "${needed}", which you do not have; ask an administrator.`,
    detailZh: `需要权限“${RIGHTS[needed].zh}”（${needed}），您没有；请联系管理员。`,
  });
}
