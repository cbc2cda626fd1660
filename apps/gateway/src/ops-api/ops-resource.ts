import type { Type } from '@nestjs/common';
import { applyDecorators, Controller, UseGuards, UsePipes } from '@nestjs/common';
import { ApiBearerAuth, ApiCookieAuth, ApiExtraModels, ApiOkResponse, ApiOperation, ApiResponse, ApiTags, getSchemaPath } from '@nestjs/swagger';
import { AccessGuard } from '../access/access.guard.ts';
import { Needs } from '../access/needs.ts';
import { ProblemAnswer } from './problems/problem.answer.ts';
import { validateQuery } from './validate-query.ts';

/** A controller of the ops API: behind the guard, with checked parameters and documented refusals. Routes that do more than read name the right they need. */
export function OpsResource(path: string, tag: string): ClassDecorator {
  return applyDecorators(
    Controller(path),
    Needs('see-metadata'),
    UseGuards(AccessGuard),
    UsePipes(validateQuery),
    ApiTags(tag),
    ApiBearerAuth('ops-token'),
    ApiCookieAuth('session'),
    ApiExtraModels(ProblemAnswer),
    ApiProblem(401, '未登录也未带令牌，或已失效、不正确'),
    ApiProblem(403, '没有所需的权限，或请求可能是伪造的'),
    ApiProblem(422, '参数不合要求，errors 中逐个列出'),
    ApiProblem(503, '台账数据库暂时无法访问，或查询超时；可稍后重试'),
  );
}

/** Names an operation and says what it answers, for the OpenAPI document. */
export function OpsAnswer(operationId: string, summary: string, type: Type): MethodDecorator {
  return applyDecorators(ApiOperation({ operationId, summary }), ApiOkResponse({ description: '成功', type }));
}

/** An answer with problem details, for the OpenAPI document. */
export function ApiProblem(status: number, description: string): MethodDecorator & ClassDecorator {
  return ApiResponse({ status, description, content: { 'application/problem+json': { schema: { $ref: getSchemaPath(ProblemAnswer) } } } });
}
