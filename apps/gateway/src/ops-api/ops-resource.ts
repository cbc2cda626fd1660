import { applyDecorators, Controller, UseGuards, UsePipes } from '@nestjs/common';
import { ApiBearerAuth, ApiResponse, ApiTags } from '@nestjs/swagger';
import { OpsTokenGuard } from './ops-token.guard.ts';
import { ProblemAnswer } from './problems/problem.answer.ts';
import { validateQuery } from './validate-query.ts';

/** An answer with problem details, for the OpenAPI document. */
export function ApiProblem(status: number, description: string): MethodDecorator & ClassDecorator {
  return ApiResponse({ status, description, type: ProblemAnswer });
}

/** A controller of the ops API: behind the token, with checked parameters and documented refusals. */
export function OpsResource(path: string, tag: string): ClassDecorator {
  return applyDecorators(
    Controller(path),
    UseGuards(OpsTokenGuard),
    UsePipes(validateQuery),
    ApiTags(tag),
    ApiBearerAuth('ops-token'),
    ApiProblem(401, '未带令牌，或令牌不正确'),
    ApiProblem(422, '参数不合要求，errors 中逐个列出'),
    ApiProblem(503, '台账数据库暂时无法访问，或查询超时；可稍后重试'),
  );
}
