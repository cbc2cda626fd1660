import type { FieldProblem } from '#contracts';
import { ValidationPipe } from '@nestjs/common';
import type { ValidationError } from 'class-validator';
import { brokenQuery } from './problems/ops-problem.ts';

/** Checks parameters and bodies against their class; unknown ones are refused, because a filter that is silently ignored lies. */
export const validateQuery = new ValidationPipe({
  transform: true,
  whitelist: true,
  forbidNonWhitelisted: true,
  stopAtFirstError: true,
  validationError: { target: false, value: false },
  exceptionFactory: (errors: ValidationError[]) => brokenQuery(errors.flatMap((error) => fieldProblems(error))),
});

function fieldProblems(error: ValidationError, at = ''): FieldProblem[] {
  const field = at === '' ? error.property : `${at}.${error.property}`;
  const own = Object.keys(error.constraints ?? {}).map((rule) => ({ field, rule, ...textOf(error, rule) }));
  return [...own, ...(error.children ?? []).flatMap((child) => fieldProblems(child, field))];
}

function textOf(error: ValidationError, rule: string): { zh: string; en: string } {
  if (rule === 'whitelistValidation') return { zh: '没有这个参数', en: 'there is no such parameter' };
  const text = (error.contexts?.[rule] ?? {}) as { zh?: string; en?: string };
  return { zh: text.zh ?? '不合要求', en: text.en ?? 'breaks a rule' };
}
