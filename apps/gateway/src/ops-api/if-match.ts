import { createParamDecorator } from '@nestjs/common';
import type { ExecutionContext } from '@nestjs/common';
import type { CalledRequest } from '../access/caller.ts';
import { brokenQuery, OpsProblem } from './problems/ops-problem.ts';

const TAG = /^"(\d{1,9})"$/;

/** Parameter of a route: the version its `If-Match` header names, which is the one the caller has seen. */
export const IfMatch = createParamDecorator((_: unknown, context: ExecutionContext): number => {
  const given = context.switchToHttp().getRequest<CalledRequest>().headers['if-match'];
  if (given === undefined) throw new OpsProblem('if-match-missing', {
    detail: 'Read it first, and send the ETag of that answer as If-Match.',
    detailZh: '请先读取，并把应答中的 ETag 放在请求头 If-Match 中。',
  });
  const version = typeof given === 'string' ? TAG.exec(given)?.[1] : undefined;
  if (version === undefined) throw brokenQuery([{ field: 'If-Match', rule: 'etag', zh: '须为应答中的 ETag，形如 "3"', en: 'must be the ETag of an answer, such as "3"' }]);
  return Number(version);
});

/** The version as answers carry it. */
export function etagOf(version: number): string {
  return `"${version}"`;
}

/** @throws OpsProblem `changed-meanwhile`, which says what is there now, when the caller has seen another version. `now` and `nowZh` are whole sentences. */
export function refuseChanged(seen: number, version: number, now: string, nowZh: string): void {
  if (seen === version) return;
  throw new OpsProblem('changed-meanwhile', {
    detail: `You have seen version ${seen}; version ${version} is there now. ${now}`,
    detailZh: `您看到的是第 ${seen} 版，现在是第 ${version} 版。${nowZh}`,
  });
}
