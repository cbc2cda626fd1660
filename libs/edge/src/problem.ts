import { HttpException } from '@nestjs/common';
import type { FieldProblem } from '#contracts';
import { DOOR_CODES, DoorError, type DoorCode } from './door-error.ts';

export const PROBLEM_MEDIA_TYPE = 'application/problem+json; charset=utf-8';

/** Problem details (RFC 9457) with the bridge's extensions: a stable `code`, Chinese text, broken fields, the trace. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: DoorCode;
  readonly titleZh: string;
  readonly detailZh: string;
  readonly errors: readonly FieldProblem[];
  readonly traceId: string | null;
}

/** The answer for a refusal. */
export function problemOf(error: DoorError, traceId: string | null): Problem {
  const { en, zh, status } = DOOR_CODES[error.code];
  return {
    type: `urn:jiujin:problem:${error.code}`,
    title: en,
    status,
    detail: error.details.en ?? en,
    code: error.code,
    titleZh: zh,
    detailZh: error.details.zh ?? zh,
    errors: error.details.problems ?? [],
    traceId,
  };
}

/** `Retry-After` in whole seconds (RFC 9110 §10.2.3), at least 1; `null` when the refusal names no time. */
export function retryAfterSeconds(error: DoorError): string | null {
  const wait = error.details.retryAfterMs;
  return wait === undefined ? null : String(Math.max(1, Math.ceil(wait / 1000)));
}

/** Fastify's own refusals, which come before any controller, by its error codes. */
const FASTIFY_CODES: ReadonlyMap<string, DoorCode> = new Map([
  ['FST_ERR_CTP_BODY_TOO_LARGE', 'too-large'],
  ['FST_ERR_CTP_INVALID_MEDIA_TYPE', 'unsupported-media-type'],
  ['FST_ERR_CTP_EMPTY_TYPE', 'unsupported-media-type'],
  ['FST_ERR_CTP_INVALID_CONTENT_LENGTH', 'bad-request'],
]);

const STATUS_CODES: ReadonlyMap<number, DoorCode> = new Map([
  [404, 'not-found'],
  [413, 'too-large'],
  [415, 'unsupported-media-type'],
]);

/** Any error as a refusal: our own as it is, the framework's by its code or status, all else as `internal`. */
export function toDoorError(error: unknown): DoorError {
  if (error instanceof DoorError) return error;
  const known = frameworkCode(error);
  if (known !== null) return new DoorError(known);
  const status = statusOf(error);
  return new DoorError(status >= 400 && status < 500 ? 'bad-request' : 'internal');
}

function frameworkCode(error: unknown): DoorCode | null {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  return FASTIFY_CODES.get(code) ?? STATUS_CODES.get(statusOf(error)) ?? null;
}

function statusOf(error: unknown): number {
  if (error instanceof HttpException) return error.getStatus();
  return typeof error === 'object' && error !== null && 'statusCode' in error ? Number(error.statusCode) : 0;
}
