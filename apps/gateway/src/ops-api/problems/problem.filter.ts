import { randomBytes } from 'node:crypto';
import { Catch, Inject, ServiceUnavailableException } from '@nestjs/common';
import type { ArgumentsHost, ExceptionFilter } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { throwError } from 'rxjs';
import type { Logger } from '#runtime';
import { LOGGER } from '../../logger.token.ts';
import type { OpsProblem } from './ops-problem.ts';
import { PROBLEMS } from './problem-codes.ts';
import type { ProblemAnswer } from './problem.answer.ts';
import { toProblem } from './to-problem.ts';

/** The media type of every problem (RFC 9457). */
export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';

const RETRY_AFTER_SECONDS = 5;

/** Turns everything thrown while answering an HTTP request into problem details; what is our own fault is also logged. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(
    @Inject(HttpAdapterHost) private readonly host: HttpAdapterHost,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  catch(error: unknown, host: ArgumentsHost): unknown {
    if (host.getType() !== 'http') return throwError(() => error);
    const response = host.switchToHttp().getResponse<unknown>();
    // The readiness check answers 503 with its own report; every other failure becomes a problem.
    if (error instanceof ServiceUnavailableException) return this.host.httpAdapter.reply(response, error.getResponse(), error.getStatus());
    const traceId = randomBytes(16).toString('hex');
    const problem = toProblem(error);
    if (problem.status >= 500) this.logger.error({ event: 'ops-request-failed', traceId, code: problem.code, err: error }, 'an ops request failed');
    return this.reply(response, problem, traceId);
  }

  private reply(response: unknown, problem: OpsProblem, traceId: string): void {
    const http = this.host.httpAdapter;
    http.setHeader(response, 'content-type', PROBLEM_TYPE);
    if (problem.status === 401) http.setHeader(response, 'www-authenticate', challengeOf(problem));
    const retryAfter = problem.retryAfterSeconds ?? (problem.status === 503 ? RETRY_AFTER_SECONDS : null);
    if (retryAfter !== null) http.setHeader(response, 'retry-after', String(retryAfter));
    http.reply(response, bodyOf(problem, traceId), problem.status);
  }
}

/** RFC 6750 section 3: an error attribute only when a token was sent. */
function challengeOf(problem: OpsProblem): string {
  return problem.code === 'token-wrong' || problem.code === 'token-unconfirmed' ? 'Bearer realm="jiujin-ops", error="invalid_token"' : 'Bearer realm="jiujin-ops"';
}

function bodyOf(problem: OpsProblem, traceId: string): ProblemAnswer {
  const { title, titleZh } = PROBLEMS[problem.code];
  return {
    type: `urn:jiujin:problem:${problem.code}`,
    title, titleZh,
    status: problem.status,
    detail: problem.text.detail, detailZh: problem.text.detailZh,
    code: problem.code,
    errors: [...problem.errors],
    traceId,
  };
}
