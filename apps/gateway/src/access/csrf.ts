import { createHmac, timingSafeEqual } from 'node:crypto';
import { OpsProblem } from '../ops-api/problems/ops-problem.ts';
import type { CalledRequest } from './caller.ts';

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/** The token of a session against forged requests: only who can read answers of this server has it, and it does not give the session away. */
export function csrfTokenOf(sessionId: string): string {
  return createHmac('sha256', sessionId).update('csrf').digest('base64url');
}

/** @throws OpsProblem `csrf-refused` when a cookie could have been sent along by somebody else's page */
export function refuseForged(request: CalledRequest, csrfToken: string, origin: string): void {
  if (SAFE_METHODS.has(request.method)) return;
  refuseOtherPages(request, origin);
  if (!sameText(request.headers['x-csrf-token'], csrfToken)) throw new OpsProblem('csrf-refused', {
    detail: 'Send the csrfToken of GET /api/session in the header X-CSRF-Token.',
    detailZh: '请把 GET /api/session 给出的 csrfToken 放在请求头 X-CSRF-Token 中。',
  });
}

/**
 * Browsers say where a request comes from: `Sec-Fetch-Site` cannot be set by a page, and is told where it is known; `Origin` is told by all.
 *
 * @throws OpsProblem `csrf-refused` when it is not a page of this server, or not said
 */
export function refuseOtherPages({ headers }: Pick<CalledRequest, 'headers'>, origin: string): void {
  const site = headers['sec-fetch-site'];
  const ours = site === undefined ? headers['origin'] === origin : site === 'same-origin';
  if (!ours) throw new OpsProblem('csrf-refused', {
    detail: `Only pages of ${origin} may do this (PUBLIC_URL of the gateway).`,
    detailZh: `只接受来自 ${origin} 页面的操作（网关的 PUBLIC_URL）；请用该地址打开。`,
  });
}

function sameText(given: unknown, expected: string): boolean {
  if (typeof given !== 'string' || given.length !== expected.length) return false;
  const [one, other] = [Buffer.from(given), Buffer.from(expected)];
  return one.length === other.length && timingSafeEqual(one, other);
}
